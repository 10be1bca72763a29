using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prebake.Codings;
using Prebake.Http;
using Prebake.Http.Multipart;

namespace Prebake;

/// <summary>
/// A request. It belongs to its handler: it may be used until the handler has returned, or the task that it returned
/// has completed, and not after that; copy what you need to keep. A request for <see cref="Server.FetchAsync(Request,
/// CancellationToken)"/> is made with a constructor.
/// </summary>
public sealed class Request
{
    private RequestContext? _context;
    private string? _path;
    private Headers? _headers;
    private Cookies? _cookies;
    private Extras? _extras;

    /// <summary>What few requests are asked for, or consist of.</summary>
    private sealed class Extras
    {
        public Uri? Url;
        public Headers? ResponseTrailers;
        public Headers? UpgradeHeaders;
        public FormData? Form;
        public OutgoingRequest? Outgoing;
        public IDisposable? AtEnd;
        public TimeSpan? IdleTimeout;
        public string? Id;
    }

    /// <summary>One that came over a connection. New for each, and never used again: whoever keeps it keeps something dead.</summary>
    internal Request(RequestContext context) => _context = context;

    /// <summary>A GET request, for <see cref="Server.FetchAsync(Request, CancellationToken)"/>.</summary>
    /// <inheritdoc cref="Request(string, string)"/>
    public Request(string url) : this("GET", url) { }

    /// <summary>A request for <see cref="Server.FetchAsync(Request, CancellationToken)"/>.</summary>
    /// <param name="method">The method, such as POST.</param>
    /// <param name="url">
    /// A path such as <c>/users/5?x=1</c>, or a whole http URL. Spaces and what is not ASCII are percent-encoded as
    /// UTF-8; a fragment is not sent.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The method is not a token; or the URL is neither, contains a control character or user information, or does not
    /// name a valid host.
    /// </exception>
    public Request(string method, string url)
    {
        Own.Outgoing = new OutgoingRequest(method, url);
        _headers = new Headers();
    }

    /// <summary>The body of a request made with a constructor.</summary>
    /// <exception cref="InvalidOperationException">Set on a request that was received.</exception>
    public ReadOnlyMemory<byte> Content
    {
        get => Outgoing?.Content ?? default;
        init => (Outgoing ?? throw new InvalidOperationException(
            "Only a request made with a constructor has Content; read a received one with Body, TextAsync, "
                + "JsonAsync, BytesAsync or FormAsync.")).Content = value;
    }

    /// <summary>The method as sent, such as <c>GET</c>; a HEAD request that a GET handler answers says <c>HEAD</c>.</summary>
    public string Method => Outgoing?.Method ?? Alive(MethodName.Of(Head));

    /// <summary>
    /// The whole address: the scheme, the authority from the target or Host (or localhost, if an HTTP/1.0 client sent
    /// none), the canonical path as in <see cref="Path"/>, and the query.
    /// </summary>
    public Uri Url
    {
        get
        {
            ThrowIfOver();
            return Own.Url ??= Alive(MakeUrl());
        }
    }

    /// <summary>
    /// The canonical path, without query: dot segments and double slashes removed, needless percent-escapes decoded,
    /// others left, and what an address cannot have, such as a backslash, percent-encoded. C# can <c>switch</c> on it.
    /// Valid as long as the request.
    /// </summary>
    public ReadOnlySpan<char> Path
    {
        get
        {
            RequestContext context = Context;
            if (_path is not null) return _path;

            ReadOnlySpan<byte> path = context.Head.Path;
            if (context.SharedCharacters(path.Length) is { } shared) return shared.AsSpan(0, Encoding.ASCII.GetChars(path, shared));
            return _path = Alive(Encoding.ASCII.GetString(path));
        }
    }

    /// <summary>The part after the <c>?</c>.</summary>
    public QueryString Query
    {
        get
        {
            ThrowIfOver();
            return new QueryString(this);
        }
    }

    /// <summary>The headers of the request; read-only on a request that was received.</summary>
    public Headers Headers
    {
        get
        {
            ThrowIfOver();
            return _headers ??= new Headers(this);
        }
    }

    /// <summary>The cookies that came, and those to be set with the response.</summary>
    public Cookies Cookies
    {
        get
        {
            ThrowIfOver();
            return _cookies ??= new Cookies(Headers);
        }
    }

    /// <summary>The value of Content-Type, or null.</summary>
    public string? ContentType => Headers["Content-Type"];

    /// <summary>The declared length of the body in bytes: 0 when there is none, null when it comes in chunks.</summary>
    public long? ContentLength => Alive(Context.Body.Length);

    /// <summary><c>HTTP/1.1</c> or <c>HTTP/1.0</c>.</summary>
    public string Protocol => Alive(Head.MinorVersion == 0 ? "HTTP/1.0" : "HTTP/1.1");

    /// <summary>
    /// The address that the request came from; null on unix sockets, in <see cref="Server.FetchAsync(Request,
    /// CancellationToken)"/>, and once the peer has left.
    /// </summary>
    public IPEndPoint? RemoteEndPoint => Alive(Context.RemoteEndPoint);

    /// <summary>
    /// The client's address, and the scheme and host that it used: as the proxies of <see
    /// cref="ServeOptions.TrustedProxies"/> say, where the request came through them; else those of the connection, which
    /// <see cref="RemoteEndPoint"/> and <see cref="Url"/> have in any case. Worked out at each call.
    /// </summary>
    public RequestClient Client => Alive(Context.Client);

    /// <summary>
    /// A name for this request, for logs and for other services: what a trusted proxy has put into <c>X-Request-Id</c>, if
    /// that is up to 128 letters, digits and <c>-_.:/+=@</c>; else 32 hexadecimal digits that sort by time. Sent back by
    /// <see cref="RequestIds"/>.
    /// </summary>
    public string Id
    {
        get
        {
            RequestContext context = Context;
            Extras own = Own;
            if (own.Id is { } known) return known;

            string id = context.IsFromTrustedProxy && Headers["X-Request-Id"] is { } given && RequestName.IsValid(given)
                ? given
                : RequestName.Make();
            return Alive(Interlocked.CompareExchange(ref own.Id, id, null) ?? id);
        }
    }

    /// <summary><see cref="Id"/>, if anybody has asked for it.</summary>
    internal string? KnownId => _extras?.Id;

    /// <summary>It came over TLS: <see cref="Url"/> begins with <c>https</c>. False for a request made with a constructor.</summary>
    public bool IsHttps => Outgoing is null && Alive(Context.Scheme) == "https";

    /// <summary>
    /// The certificate that the client has shown, which one of <see cref="TlsOptions.ClientCertificates"/> has issued; null
    /// if it has shown none. The requests of a connection share it: do not dispose of it.
    /// </summary>
    public X509Certificate2? ClientCertificate => Outgoing is null ? Alive(Context.ClientCertificate) : null;

    /// <summary>
    /// How long the connection may be silent while the body of this request is read; the time that the handler takes does not count. Default:
    /// <see cref="ServeOptions.IdleTimeout"/>. <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero, negative or above 24 days.</exception>
    public TimeSpan IdleTimeout
    {
        get => Alive(Context.IdleTimeout is var current && OwnIdleTimeout is { } own ? own : current);
        set
        {
            if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan || value > TimeSpan.FromDays(24))
                throw new ArgumentOutOfRangeException(
                    nameof(value),
                    "The value of \"Request.IdleTimeout\" is out of range. It must be > 0 and <= 24 days, or "
                        + $"Timeout.InfiniteTimeSpan. Received {value}");

            // Kept here, and not where the next request would find it: somebody may set it while this one ends
            RequestContext context = Context;
            Own.IdleTimeout = value;
            context.IdleTimeoutSet(this);
        }
    }

    /// <summary>
    /// Fires when the client leaves before the response: at once when the connection breaks, a second after the client
    /// has finished sending (it may only have closed its half). A response that is returned all the same is sent. The
    /// same token as a <c>CancellationToken</c> parameter.
    /// </summary>
    public CancellationToken Aborted => Alive(Context.Aborted);

    /// <summary>Cuts the connection without a response.</summary>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    public void Abort() => Context.Abort(this);

    /// <summary>The body as it arrives, for bodies that are too large to be held. Not together with the methods below.</summary>
    public PipeReader Body => OwnBody.Reader;

    /// <summary>The headers after a chunked body; null until the body has been read, and when there are none.</summary>
    public Headers? Trailers => Alive(Context.Body.Trailers);

    /// <summary>The id of the last event that a client of server-sent events saw before it connected again (<c>Last-Event-ID</c>), or null.</summary>
    public string? LastEventId => Headers["Last-Event-ID"] is { } id ? FieldText.Utf8OrLatin1(id) : null;

    /// <summary>
    /// Headers to send after a streamed response, for handlers that return a sequence; may be set until it has ended.
    /// Like <see cref="Response.Trailers"/>, which belongs to a response.
    /// </summary>
    public Headers ResponseTrailers
    {
        get
        {
            ThrowIfOver();
            return Own.ResponseTrailers ??= new Headers(FieldsOf.Trailer);
        }
    }

    /// <summary>
    /// Headers for the 101 of a <c>[WebSocket]</c> method, or for what is answered instead of it. Cookies go along from
    /// <see cref="Cookies"/>.
    /// </summary>
    public Headers UpgradeHeaders
    {
        get
        {
            ThrowIfOver();
            return Own.UpgradeHeaders ??= new Headers();
        }
    }

    /// <summary>The whole body as text: UTF-8 unless the content type says us-ascii, iso-8859-1 or utf-16; a byte order mark is dropped.</summary>
    /// <exception cref="HttpException">415: another charset. 413, 400, 408: the body is too long, malformed, too slow.</exception>
    /// <exception cref="IOException">The peer left before the body's end.</exception>
    public ValueTask<string> TextAsync()
    {
        RequestBody own = OwnBody;
        ValueTask<ReadOnlyMemory<byte>> body = own.ReadAllAsync();
        return body.IsCompletedSuccessfully ? new(Decode(own, body.Result)) : Wait(this, own, body);

        static async ValueTask<string> Wait(Request request, RequestBody own, ValueTask<ReadOnlyMemory<byte>> body) =>
            request.Decode(own, await body.ConfigureAwait(false));
    }

    /// <summary>
    /// The whole body as bytes, in an array of your own. Who asks again, in whatever form, may see what you have changed in it.
    /// </summary>
    /// <inheritdoc cref="TextAsync" path="/exception"/>
    public ValueTask<byte[]> BytesAsync()
    {
        RequestBody own = OwnBody;
        ValueTask<ReadOnlyMemory<byte>> body = own.ReadAllAsync();
        return body.IsCompletedSuccessfully ? new(own.TakeArray(body.Result)) : Wait(own, body);

        static async ValueTask<byte[]> Wait(RequestBody own, ValueTask<ReadOnlyMemory<byte>> body) =>
            own.TakeArray(await body.ConfigureAwait(false));
    }

    /// <summary>The whole body as JSON, with the metadata of the app's <c>JsonSerializerContext</c>.</summary>
    /// <exception cref="HttpException">415: the content type is not JSON. 400: it does not parse. 413, 408 as for text.</exception>
    /// <exception cref="InvalidOperationException">No context of the app knows <typeparamref name="T"/>.</exception>
    /// <exception cref="IOException">The peer left before the body's end.</exception>
    public ValueTask<T?> JsonAsync<T>() => JsonAsync(JsonMetadata.Of<T>(Context.Json));

    /// <summary>The whole body as JSON, with metadata that you pass.</summary>
    /// <inheritdoc cref="JsonAsync{T}()" path="/exception"/>
    public async ValueTask<T?> JsonAsync<T>(JsonTypeInfo<T> type)
    {
        if (!ContentTypeField.IsJson(Head.ValueOf(KnownField.ContentType)))
            throw new HttpException(415, "This route takes application/json.");

        RequestBody own = OwnBody;
        ReadOnlyMemory<byte> body = await own.ReadAllAsync().ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(BodyText.WithoutMark(body.Span), type);
        }
        catch (JsonException e)
        {
            throw new HttpException(400, "The body is not the JSON that this route takes.", e);
        }
        finally
        {
            own.GiveBack();
        }
    }

    /// <summary>
    /// The fields of a submitted form, application/x-www-form-urlencoded or multipart/form-data, files in memory
    /// included; where they may be large, use <see cref="PartsAsync"/>. May be called again.
    /// </summary>
    /// <exception cref="HttpException">
    /// 415: the content type is not that of a form. 413, 400, 408 as for text.
    /// </exception>
    /// <exception cref="IOException">The peer left before the body's end.</exception>
    public async ValueTask<FormData> FormAsync()
    {
        ThrowIfOver();
        if (_extras?.Form is { } form) return form;

        if (ContentTypeField.Is(Head.ValueOf(KnownField.ContentType), "multipart/form-data"u8)) return Own.Form = await FormData.ReadAsync(PartsAsync()).ConfigureAwait(false);
        if (!ContentTypeField.Is(Head.ValueOf(KnownField.ContentType), "application/x-www-form-urlencoded"u8))
            throw new HttpException(415, "This route takes application/x-www-form-urlencoded or multipart/form-data.");

        RequestBody own = OwnBody;
        ReadOnlyMemory<byte> body = await own.ReadAllAsync().ConfigureAwait(false);
        try
        {
            return Own.Form = FormData.ParseUrlEncoded(body.Span);
        }
        finally
        {
            own.GiveBack();
        }
    }

    /// <summary>
    /// The parts of a multipart/form-data body one after the other, while it arrives: an upload of any size is held a piece at a time.
    /// </summary>
    /// <exception cref="HttpException">
    /// 415: the content type is not that of a form. 400: malformed. 413, 408 as for text.
    /// </exception>
    /// <exception cref="IOException">The peer left before the body's end.</exception>
    public async IAsyncEnumerable<FormPart> PartsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var reader = new MultipartReader(Body, MultipartReader.BoundaryOf(Head.ValueOf(KnownField.ContentType)));
        FormPart? part = null;
        while ((part = await reader.NextAsync(part?.Content, cancellationToken).ConfigureAwait(false)) is not null) yield return part;
    }

    /// <summary>What a request made with a constructor consists of, or null.</summary>
    internal OutgoingRequest? Outgoing => _extras?.Outgoing;

    /// <summary>What the handler has set, or null.</summary>
    internal TimeSpan? OwnIdleTimeout => _extras?.IdleTimeout;

    /// <summary>The cookies to be set with the answer, or null.</summary>
    internal List<Cookie>? CookiesToSet => _cookies?.ToSet;

    /// <summary>The header lines of a 101, or null.</summary>
    internal Headers? UpgradeFields => _extras?.UpgradeHeaders;

    /// <summary>The trailers to be sent with the answer, or null.</summary>
    internal Headers? TrailersToSend => _extras?.ResponseTrailers;

    /// <summary>The request is over; whoever kept it hears so.</summary>
    internal void End()
    {
        // Before the head is used for another request (see Alive), and before the loop looks whether a token was asked for
        Interlocked.Exchange(ref _context, null);
        if (_extras is { } extras && Interlocked.Exchange(ref extras.AtEnd, null) is { } owned)
            ThreadPool.UnsafeQueueUserWorkItem(static owned => owned.Dispose(), owned, preferLocal: false);
    }

    /// <summary>Disposes of something when the request is over, or now if it is.</summary>
    internal void DisposeAtEnd(IDisposable owned)
    {
        Own.AtEnd = owned;
        Interlocked.MemoryBarrier();
        if (_context is null && Interlocked.Exchange(ref Own.AtEnd, null) is { } late) late.Dispose();
    }

    /// <summary>The body is multipart/form-data.</summary>
    internal bool IsMultipart => ContentTypeField.Is(Head.ValueOf(KnownField.ContentType), "multipart/form-data"u8);

    /// <summary>The head, for what is read out of it; <see cref="Alive"/> says whether that counts.</summary>
    internal RequestHead Head => Context.Head;

    /// <summary>
    /// What was just read, if the request is still alive. Somebody who kept it may ask on a thread of his own while it ends; what he read may then
    /// have been another request's already, and is not handed out.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    internal T Alive<T>(T read)
    {
        Volatile.ReadBarrier();
        ThrowIfOver();
        return read;
    }

    private void ThrowIfOver()
    {
        if (_context is null && Outgoing is null) throw Gone();
    }

    private Extras Own => _extras ??= new Extras();

    private RequestContext Context => _context ?? throw Gone();

    /// <summary>Something comes behind its head, or may.</summary>
    internal bool HasBody => !OwnBody.IsEmpty;

    /// <summary>The body is in a coding, which that takes off. Null, or why not.</summary>
    internal HttpException? DecodeBody(BodyDecoder decoder, int ratio) => OwnBody.Decode(decoder, Context.MaxRequestBodySize, ratio);

    // Bodies that a handler has asked for are its own for good, so it is enough to know that the right one was asked
    private RequestBody OwnBody => Alive(Context.Body);

    private Exception Gone() => Outgoing is not null
        ? new InvalidOperationException(
            "This request was made for server.FetchAsync, and only a request that a handler received has this member.")
        : new ObjectDisposedException(
            nameof(Request),
            "This request is over: a request may be used until its handler has returned or its task has completed. "
                + "Copy what you need to keep.");

    private Uri MakeUrl() =>
        Outgoing is { } made ? RequestUrl.Of(made.Authority, made.Target) : RequestUrl.Of(Head, Context.Scheme);

    private string Decode(RequestBody own, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            string? charset = Head.Has(KnownField.ContentType) ? ContentTypeField.Parameter(Head.ValueOf(KnownField.ContentType), "charset") : null;
            return BodyText.Decode(bytes.Span, charset);
        }
        finally
        {
            own.GiveBack();
        }
    }
}
