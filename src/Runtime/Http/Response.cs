using System.IO.Pipelines;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prebake.Http;

namespace Prebake;

/// <summary>What the body of a response is made of.</summary>
internal enum ResponseBodyKind : byte { None, Text, Bytes, Stream, File, Switch }

/// <summary>
/// A response. One of text or bytes may be returned again and again; one of a stream is used up the first time.
/// </summary>
/// <example><code>[Get("/users/{id}")] Response User(int id) => id == 0 ? new("Not here") { Status = 404 } : Response.Text("Hello");</code></example>
public sealed partial class Response
{
    private int _status;
    private Headers? _headers;
    private StreamSource? _stream;
    private Headers? _trailers;

    /// <summary>An empty response, with <c>Content-Length: 0</c>: 200, or what <see cref="Status"/> says of <c>[Error]</c> handlers.</summary>
    public Response() { }

    /// <summary>Text as <c>text/plain;charset=utf-8</c>.</summary>
    public Response(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        TextBody = text;
        BodyKind = ResponseBodyKind.Text;
        ContentType = "text/plain;charset=utf-8";
    }

    /// <summary>200 to 599. Default 200; from an <c>[Error]</c> handler that of the <see cref="HttpException"/> that it got, else 500.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Any other number.</exception>
    public int Status
    {
        get => StatusOr(200);
        set => _status = value is >= 200 and <= 599
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(value), $"The status provided ({value}) must be in the range of [200, 599]");
    }

    /// <summary>
    /// Headers to send with those that the server sets. A Content-Type here replaces the body's own; Content-Length and
    /// Transfer-Encoding are set by the server.
    /// </summary>
    public Headers Headers => _headers ??= new Headers(FieldsOf.Response);

    /// <summary>
    /// Headers to send after a streamed body (RFC 9110 section 6.5); may be set until the body's producer has returned.
    /// Those that are set when the head is sent are announced in it. Not sent where the body is not chunked: to
    /// HTTP/1.0 clients, and with bodies that are not streams.
    /// </summary>
    public Headers Trailers => _trailers ??= new Headers(FieldsOf.Trailer);

    /// <summary>Text as <c>text/plain;charset=utf-8</c>.</summary>
    public static Response Text(string text, int status = 0) => new(text) { _status = Checked(status) };

    /// <summary>A whole document as <c>text/html;charset=utf-8</c>, sent as it is.</summary>
    public static Response Html(string html, int status = 0) => new(html) { _status = Checked(status), ContentType = "text/html;charset=utf-8" };

    /// <summary>
    /// <c>text/html;charset=utf-8</c> from an interpolated string. Interpolated values are encoded, except those of
    /// type <see cref="HtmlText"/>.
    /// </summary>
    /// <example><code>Response.Html($"&lt;h1&gt;{name}&lt;/h1&gt;")</code></example>
    public static Response Html(ref HtmlInterpolatedStringHandler html, int status = 0) => Html(html.ToStringAndClear(), status);

    /// <summary>JSON as <c>application/json;charset=utf-8</c>, with the metadata of the app's <c>JsonSerializerContext</c>.</summary>
    /// <exception cref="InvalidOperationException">No context of a started app knows <typeparamref name="T"/>.</exception>
    public static Response Json<T>(T value, int status = 0) => Json(value, JsonMetadata.Of<T>(), status);

    /// <summary>JSON as <c>application/json;charset=utf-8</c>, with metadata that you pass.</summary>
    public static Response Json<T>(T value, JsonTypeInfo<T> type, int status = 0) =>
        Bytes(JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json;charset=utf-8", status);

    /// <summary>Bytes, by default as <c>application/octet-stream</c>. They must not change until they have been sent.</summary>
    public static Response Bytes(ReadOnlyMemory<byte> bytes, string contentType = "application/octet-stream", int status = 0) =>
        new() { BytesBody = bytes, BodyKind = ResponseBodyKind.Bytes, ContentType = CheckedType(contentType), _status = Checked(status) };

    /// <summary>
    /// A redirect. Characters that a URL cannot contain (spaces, backslashes, anything that is not ASCII) are
    /// percent-encoded as UTF-8; the rest is sent as it is, so check a location that comes from a request:
    /// <c>//evil.example</c> is another host.
    /// </summary>
    /// <param name="location">A path or a URL.</param>
    /// <param name="status">301, 302, 303, 307 or 308; default 302.</param>
    /// <exception cref="ArgumentOutOfRangeException">Any other status.</exception>
    /// <exception cref="ArgumentException">The location contains a control character.</exception>
    public static Response Redirect(string location, int status = 302)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (status is not (301 or 302 or 303 or 307 or 308))
            throw new ArgumentOutOfRangeException(
                nameof(status), $"The status of a redirect must be 301, 302, 303, 307 or 308. Received {status}");

        var response = new Response { _status = status };
        response.Headers["Location"] = EncodeLocation(location);
        return response;
    }

    /// <summary>What went wrong, as <c>application/problem+json</c> (RFC 9457).</summary>
    /// <param name="status">400 to 599.</param>
    /// <param name="detail">A sentence for the client; null for the status alone.</param>
    /// <param name="title">A short name of the problem; null for the status's standard phrase.</param>
    /// <param name="type">An address that names the kind of problem; null for <c>about:blank</c>.</param>
    public static Response Problem(int status, string? detail = null, string? title = null, string? type = null) =>
        Bytes(ProblemDetails.Write(Checked(status), detail, title, type), "application/problem+json", status);

    /// <summary>
    /// A refusal as <c>application/problem+json</c> (RFC 9457): its status, its sentence if it has one, and what is wrong with single fields as the member
    /// <c>errors</c>. For an <c>[Error]</c> method, so that 404, 405 and all else that is refused have a body, too. The headers of the refusal are
    /// sent with every response of its status, so they need not be copied.
    /// </summary>
    /// <param name="refusal">What an <c>[Error]</c> method was given.</param>
    /// <param name="instance">
    /// Which occurrence it was, as a URI reference (RFC 9457 section 3.1.5), such as <c>request.Id</c>, by which the log is searched; null for none.
    /// </param>
    /// <example><code>[Error] Response OnRefusal(HttpException refusal, Request request) => Response.Problem(refusal, request.Id);</code></example>
    public static Response Problem(HttpException refusal, string? instance = null)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return Problem(refusal.Status, refusal.Detail, refusal.Errors, instance);
    }

    /// <summary>The same of its parts.</summary>
    internal static Response Problem(int status, string? detail, IReadOnlyList<FieldError> errors, string? instance = null)
    {
        var pairs = new List<KeyValuePair<string, string>>(errors.Count);
        foreach (FieldError error in errors) pairs.Add(new(error.Name, error.Message));
        return Bytes(ProblemDetails.Write(Checked(status), detail, title: null, type: null, pairs, instance), "application/problem+json", status);
    }

    /// <summary>A new empty response: 200 with <c>Content-Length: 0</c>; 204 and 304 without it.</summary>
    public static Response Empty(int status = 0) => new() { _status = Checked(status) };

    /// <summary>
    /// A body that is written piece by piece: chunked, or with a length if it is finished before it had to wait. The producer runs on the thread
    /// pool; each flush is sent, and waits while the client does not read. When the client leaves, the token fires.
    /// </summary>
    /// <example><code>Response.Stream(async (body, aborted) => { await body.WriteAsync("hello "u8.ToArray(), aborted); … }, "text/plain")</code></example>
    public static Response Stream(Func<PipeWriter, CancellationToken, Task> produce, string contentType = "application/octet-stream", int status = 0)
    {
        ArgumentNullException.ThrowIfNull(produce);
        return Streamed(new DelegateSource(produce), contentType, status);
    }

    /// <summary>A body that is copied from a stream, which is disposed of at its end.</summary>
    public static Response Stream(Stream content, string contentType = "application/octet-stream", int status = 0)
    {
        ArgumentNullException.ThrowIfNull(content);
        return Streamed(new CopySource(content), contentType, status);
    }

    /// <summary>
    /// Text, piece by piece as it is yielded. When the client leaves, the sequence is disposed of, so that its <c>finally</c> runs, and the token of its
    /// <c>[EnumeratorCancellation]</c> parameter fires. A handler may also return the sequence itself.
    /// </summary>
    public static Response Stream(IAsyncEnumerable<string> pieces, string contentType = "text/plain;charset=utf-8", int status = 0)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        return Streamed(new TextSource(pieces), contentType, status);
    }

    /// <summary>The same for bytes.</summary>
    public static Response Stream(IAsyncEnumerable<byte[]> pieces, string contentType = "application/octet-stream", int status = 0)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        return Streamed(new ArraySource(pieces), contentType, status);
    }

    /// <summary>The same for memory, which must not change until the sequence is asked for the next piece.</summary>
    public static Response Stream(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, string contentType = "application/octet-stream", int status = 0)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        return Streamed(new MemorySource(pieces), contentType, status);
    }

    /// <summary>One JSON text on each line, as <c>application/x-ndjson</c>, with the metadata of the app's <c>JsonSerializerContext</c>.</summary>
    /// <exception cref="InvalidOperationException">No context of a started app knows <typeparamref name="T"/>.</exception>
    public static Response JsonLines<T>(IAsyncEnumerable<T> items, int status = 0) => JsonLines(items, JsonMetadata.Of<T>(), status);

    /// <summary>One JSON text on each line, as <c>application/x-ndjson</c>, with metadata that you pass.</summary>
    public static Response JsonLines<T>(IAsyncEnumerable<T> items, JsonTypeInfo<T> type, int status = 0)
    {
        ArgumentNullException.ThrowIfNull(items);
        return Streamed(new JsonLineSource<T>(items, type), "application/x-ndjson", status);
    }

    /// <summary>
    /// Server-sent events as <c>text/event-stream</c>: the head is sent at once, each event as it is yielded, and a
    /// comment after <see cref="ServeOptions.HeartbeatInterval"/> of silence, so that it is noticed when a client has
    /// left. When the server stops, the stream ends and clients connect again by themselves. Sent with
    /// <c>Cache-Control: no-cache</c> and, for nginx, <c>X-Accel-Buffering: no</c>.
    /// </summary>
    public static Response Events(IAsyncEnumerable<ServerSentEvent> events, int status = 0)
    {
        ArgumentNullException.ThrowIfNull(events);
        Response response = Streamed(new EventSource(events), "text/event-stream", status);
        response.Headers["Cache-Control"] = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
        return response;
    }

    /// <summary>
    /// Passes on the response of another server as it arrives: status, headers except those of the connection, body.
    /// </summary>
    public static Response From(HttpResponseMessage message)
    {
        var source = new UpstreamSource(message);
        Response response = Streamed(source, "application/octet-stream", (int)message.StatusCode);
        source.Response = response;
        response.ContentType = null;
        UpstreamFields.Copy(message, response.Headers);
        return response;
    }

    /// <summary>
    /// Reads the response of another server to its end, so that it can be sent again and again, also as a
    /// <c>[Static]</c>.
    /// </summary>
    public static async Task<Response> BufferAsync(HttpResponseMessage message)
    {
        using (message)
        {
            Response response = Bytes(await message.Content.ReadAsByteArrayAsync().ConfigureAwait(false), status: (int)message.StatusCode);
            response.ContentType = null;
            UpstreamFields.Copy(message, response.Headers);
            return response;
        }
    }

    /// <summary>The text of a body that is not a stream, for tests and hooks; "" when there is none.</summary>
    public string BodyText => BodyKind switch
    {
        ResponseBodyKind.Text => TextBody!,
        ResponseBodyKind.Bytes => Encoding.UTF8.GetString(BytesBody.Span),
        ResponseBodyKind.None => "",
        ResponseBodyKind.File => throw new InvalidOperationException(
            "The body of this response is a file, which is opened when it is sent."),
        _ => throw new InvalidOperationException(
            "The body of this response is a stream, which can be read only by its client."),
    };

    /// <summary>The bytes of a body that is not a stream; empty when there is none.</summary>
    public ReadOnlyMemory<byte> BodyBytes => BodyKind is ResponseBodyKind.Bytes ? BytesBody : Encoding.UTF8.GetBytes(BodyText);

    // ---- for the writers -------------------------------------------------------------------------------------------------

    internal ResponseBodyKind BodyKind { get; private set; }
    internal string? TextBody { get; }

    /// <summary>Of a body that is opened when it is sent.</summary>
    internal BodySource? Source { get; private init; }

    internal ReadOnlyMemory<byte> BytesBody { get; private set; }

    /// <summary>The body's own content type; a Content-Type among the headers replaces it.</summary>
    internal string? ContentType { get; private set; }

    internal Headers? HeadersOrNull => _headers;

    /// <summary>One that came over a connection, with all its fields.</summary>
    internal static Response Received(int status, Headers fields, ReadOnlyMemory<byte> body, Headers trailers) =>
        new() { _status = status, _headers = fields, _trailers = trailers, BytesBody = body, BodyKind = body.IsEmpty ? ResponseBodyKind.None : ResponseBodyKind.Bytes };

    /// <summary>101: in place of a body, who speaks then. What stands around the handler may add headers.</summary>
    internal static Response OfSwitch(object successor) => new() { Successor = successor, BodyKind = ResponseBodyKind.Switch, _status = 101 };

    internal object? Successor { get; private init; }

    /// <summary>
    /// The same for one request alone, so that changes of it reach no other that is answered with this object. A stream goes along.
    /// </summary>
    internal Response Own(int status)
    {
        var own = (Response)MemberwiseClone();
        own._status = status;
        own._headers = _headers?.Snapshot();
        if (BodyKind is not ResponseBodyKind.Stream) return own;

        own._stream = Interlocked.Exchange(ref _stream, null);
        // A producer may still add to them, through the object that it knows
        own._trailers = Trailers;
        return own;
    }

    internal bool HasStatus => _status != 0;

    /// <summary>Gives a response that has headers its body.</summary>
    internal Response Fill(byte[] bytes, string contentType)
    {
        (BytesBody, BodyKind, ContentType) = (bytes, ResponseBodyKind.Bytes, contentType);
        return this;
    }

    internal int StatusOr(int fallback) => _status == 0 ? fallback : _status;

    internal Headers? TrailersOrNull => _trailers;

    private static Response Streamed(StreamSource source, string contentType, int status) =>
        new() { _stream = source, BodyKind = ResponseBodyKind.Stream, ContentType = CheckedType(contentType), _status = Checked(status) };

    /// <summary>The producer, once.</summary>
    internal StreamSource TakeStream()
    {
        StreamSource? stream = Interlocked.Exchange(ref _stream, null);
        return stream ?? throw new InvalidOperationException(
            "This response has already been sent, and its stream can be sent only once; make a new response for each "
                + "request.");
    }

    /// <summary>It will not be sent: a stream that nobody has taken is let go.</summary>
    internal void Discard() => Interlocked.Exchange(ref _stream, null)?.Discard();

    // 0 stands for "not said"
    private static int Checked(int status) => status == 0 || status is >= 200 and <= 599
        ? status
        : throw new ArgumentOutOfRangeException(
            nameof(status), $"The status provided ({status}) must be in the range of [200, 599]");

    private static string CheckedType(string contentType)
    {
        ArgumentNullException.ThrowIfNull(contentType);
        foreach (char c in contentType)
        {
            if (c is < ' ' or > '~')
                throw new ArgumentException(
                    $"The content type '{contentType}' contains U+{(int)c:X4}, which cannot be sent; remove it.",
                    nameof(contentType));
        }

        if (contentType is [' ', ..] or [.., ' '])
            throw new ArgumentException(
                $"The content type '{contentType}' starts or ends with a space, which is lost on the way; trim it.",
                nameof(contentType));

        return contentType;
    }

    // What RFC 3986 has no place for; a browser would take "/\evil.example" for "//evil.example", which is another host
    private static string EncodeLocation(string location)
    {
        var encoded = new StringBuilder(location.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(location))
        {
            if (b < 0x80 && !"\\ \"<>^`{|}"u8.Contains(b)) encoded.Append((char)b);
            else encoded.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }
}
