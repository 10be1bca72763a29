using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prebake.Development;
using Prebake.Files;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Http1;

/// <summary>
/// One request on an HTTP/1.1 connection and its answer. Lives on the loop until a handler awaits; from then on ("detached") it belongs to
/// the handler, and a reply is kept and posted back. Pooled by the loop's worker.
/// </summary>
internal sealed partial class Http1Exchange : Exchange
{
    private enum Outcome : byte { None, Text, Bytes, Memory, Response, Empty, Status, Fault, File, Declined }

    private static readonly Action<object?> s_postedBack = static state =>
    {
        var exchange = (Http1Exchange)state!;
        exchange.Connection?.Complete(exchange);
    };

    [ThreadStatic] private static ArrayBufferWriter<byte>? t_json;

    private readonly Context _context;
    private Request? _request;
    private bool _requestAttached;
    private byte[] _ownHead = [];
    private CancellationTokenSource? _aborted;
    private bool _peerLeft;
    private bool _detached;
    private bool _isError;
    private bool _fallsThrough;

    // For those who watch
    private long _started, _writtenBefore;
    private Activity? _activity;
    private Exception? _error;

    // A reply that waits for its turn on the loop
    private Outcome _outcome;
    private object? _result;
    private int _resultLength;
    private string? _resultType;

    public Http1Exchange() => _context = new Context(this);

    public RequestHead Head { get; } = new();
    public Http1Body HttpBody { get; } = new();
    public Http1Connection? Connection { get; private set; }
    public RouteTable Table { get; private set; } = null!;
    public int Route { get; set; }
    public RouteTraits Traits { get; set; }

    /// <summary>Everything of the answer has been written.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>The connection has answered by itself (413, 408 …); what the handler says no longer counts.</summary>
    public bool IsSuperseded { get; set; }

    /// <summary>The longest silence for this request alone, or null for the server's.</summary>
    public TimeSpan? OwnIdleTimeout { get; set; }

    public bool IsDetached => _detached;

    /// <summary>What was answered, 0 for nothing yet.</summary>
    public int Status { get; set; }

    /// <summary>A handler may still be looking at it although its request is over: it is not used again.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The span of this request, or null.</summary>
    public Activity? Activity => _activity;

    /// <summary>Somebody wants to know of this request.</summary>
    public bool IsObserved => _started != 0;

    private Http1Worker Worker => Connection!.Worker;

    // ---- what a handler may ask for ------------------------------------------------------------------------------------

    public override Request Request
    {
        get
        {
            if (_requestAttached) return _request!;

            _request ??= new Request();
            _request.Attach(_context);
            _requestAttached = true;
            return _request;
        }
    }

    public override Server Server => Worker.Service.Server;
    public override ReadOnlySpan<byte> Path => Head.Path;
    public override ReadOnlySpan<byte> Query => Head[Head.Query];
    public override ReadOnlySpan<byte> Body => HttpBody.Bytes;

    public override CancellationToken Aborted
    {
        get
        {
            if (Volatile.Read(ref _aborted) is { } made) return made.Token;

            var source = new CancellationTokenSource();
            source = Interlocked.CompareExchange(ref _aborted, source, null) ?? source;
            if (Volatile.Read(ref _peerLeft)) source.Cancel();
            return source.Token;
        }
    }

    public override bool TryGetField(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly FieldLine line in Head.Fields.AsSpan(0, Head.FieldCount))
        {
            if (line.Name.Length != name.Length || !Ascii.EqualsIgnoreCase(Head[line.Name], name)) continue;
            value = Head[line.Value];
            return true;
        }

        value = default;
        return false;
    }

    public override bool TryReadJson<T>(JsonTypeInfo<T> type, out T? value) where T : default
    {
        value = default;
        if (HttpBody.IsEmpty || Body.IsEmpty) return true;

        if (!ContentTypeField.IsJson(Head.ValueOf(KnownField.ContentType)))
        {
            Reply(Response.Problem(415, "This route takes application/json."));
            return false;
        }

        try
        {
            value = JsonSerializer.Deserialize(Body, type);
            return true;
        }
        catch (JsonException e)
        {
            Reply(Response.Problem(400, $"The body is not the JSON that this route takes: {Where(e)}"));
            return false;
        }
    }

    // What a JsonException says without the names of .NET types, which are none of the client's business
    private static string Where(JsonException e) =>
        e.Path is null ? "it does not parse." : $"at {e.Path}, line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.";

    // ---- life ----------------------------------------------------------------------------------------------------------

    /// <summary>A head has been parsed into <see cref="Head"/>: its request begins.</summary>
    public void Begin(Http1Connection connection, RouteTable table)
    {
        Connection = connection;
        Table = table;
        IsAnswered = false;
    }

    /// <summary>Somebody wants to know: the clock starts, and the span.</summary>
    public void Observe(int route)
    {
        Route = route;
        Status = 0;
        _started = Stopwatch.GetTimestamp();
        _writtenBefore = Connection!.Transport.BytesWritten;
        _activity = Worker.Service.Observer!.StartActivity(Head, Table, route, Connection.RemoteEndPoint);
    }

    /// <summary>The request is over.</summary>
    public void TellObserver()
    {
        Worker.Service.Observer!.Ended(Head, Table, Route, Status, _started, Math.Max(0, Connection!.Transport.BytesWritten - _writtenBefore), _activity, _error, Connection.RemoteEndPoint);
        _started = 0;
        _activity = null;
    }

    /// <summary>What is called from here on belongs to the request's span, on this thread.</summary>
    public void EnterActivity()
    {
        if (_activity is not null) System.Diagnostics.Activity.Current = _activity;
    }

    public void LeaveActivity()
    {
        if (_activity is not null) System.Diagnostics.Activity.Current = null;
    }

    /// <summary>The head moves into memory of its own, since the request may outlive the read that brought it.</summary>
    public void KeepHead()
    {
        if (Head.Buffer == _ownHead) return;
        if (_ownHead.Length < Head.Length) _ownHead = GC.AllocateUninitializedArray<byte>((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Head.Length));
        Head.CopyTo(_ownHead);
    }

    /// <summary>From here on replies are kept and posted back.</summary>
    public void Detach() => _detached = true;

    /// <summary>The peer has left: a handler that asked for the token hears of it, on the thread pool.</summary>
    public void PeerLeft()
    {
        if (_peerLeft) return;
        Volatile.Write(ref _peerLeft, true);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _aborted) is { } source)
            ThreadPool.UnsafeQueueUserWorkItem(static source => { try { source.Cancel(); } catch (AggregateException) { /* a callback of the handler's own threw */ } }, source, preferLocal: false);
    }

    /// <summary>The request is over: everything is given back or forgotten.</summary>
    public void End()
    {
        if (_requestAttached)
        {
            _request!.Detach();
            _requestAttached = false;
            if (_detached || _aborted is not null) _request = null;       // a handler that awaited may have kept it: then it stays dead for good
        }

        if (HasBody) HttpBody.Reset();
        HasBody = false;
        ReleaseResult();
        _aborted = null;
        _peerLeft = false;
        _detached = false;
        _isError = false;
        _fallsThrough = false;
        _error = null;
        IsSuperseded = false;
        OwnIdleTimeout = null;
        Connection = null;
        Table = null!;
        if (_ownHead.Length > 4 << 10) _ownHead = [];
    }

    /// <summary>Trailers that the handler set through the request, or null.</summary>
    public Headers? TrailersToSend => _requestAttached ? _request!.TrailersToSend : null;

    /// <summary>The request came with a body, so <see cref="HttpBody"/> was started.</summary>
    public bool HasBody { get; set; }

    // ---- replies -------------------------------------------------------------------------------------------------------

    public override void Reply(string? text)
    {
        if (text is null) ReplyNotFound();
        else if (_detached) Keep(Outcome.Text, text);
        else WriteText(text);
    }

    public override void ReplyUtf8(ReadOnlySpan<byte> text)
    {
        if (_detached) KeepCopy(text, ContentTypes.Text);
        else
        {
            ResponseWriter.WriteUtf8(Worker.Output, text, NewHead(DefaultStatus, ContentTypes.TextBytes, isText: true), Worker.Date);
            IsAnswered = true;
        }
    }

    public override void Reply(byte[]? bytes)
    {
        if (bytes is null) ReplyNotFound();
        else if (_detached) Keep(Outcome.Memory, bytes);
        else WriteMemory(bytes);
    }

    public override void Reply(Response? response)
    {
        if (response is null)
        {
            if (_isError) KeepOrWrite(Outcome.Fault, _result);
            else ReplyNotFound();
        }
        else if (_detached) Keep(Outcome.Response, response);
        else WriteResponse(response);
    }

    public override void ReplyOrNext(Response? file)
    {
        if (file is null)
        {
            Connection!.FallThrough(this);
            return;
        }

        _fallsThrough = true;
        Reply(file);
    }

    public override void ReplyJson<T>(T? value, JsonTypeInfo<T> type) where T : default
    {
        if (value is null) { ReplyNotFound(); return; }

        if (_detached)
        {
            // On the handler's thread: the loop has better things to do
            ArrayBufferWriter<byte> buffer = t_json ??= new ArrayBufferWriter<byte>(1 << 10);
            buffer.ResetWrittenCount();
            using (var writer = new Utf8JsonWriter(buffer)) JsonSerializer.Serialize(writer, value, type);
            KeepCopy(buffer.WrittenSpan, ContentTypes.Json);
        }
        else
        {
            Utf8JsonWriter writer = Worker.RentJson(out ArrayBufferWriter<byte> buffer);
            JsonSerializer.Serialize(writer, value, type);
            writer.Flush();
            ResponseWriter.WriteBytes(Worker.Output, buffer.WrittenSpan, NewHead(DefaultStatus, "application/json;charset=utf-8"u8), Worker.Date);
            IsAnswered = true;
        }
    }

    public override void ReplyEmpty() => ReplyStatus(204);

    public override void ReplyNotFound() => ReplyStatus(404);

    public override void ReplyMissingBody() => Reply(Response.Problem(400, "This route needs a body."));

    public override void ReplyBadParameter(string name) => Reply(Response.Problem(400, $"The parameter '{name}' is missing or has a value that does not fit."));

    /// <summary>A status and nothing else.</summary>
    public void ReplyStatus(int status)
    {
        _resultLength = status;
        if (_detached) Keep(Outcome.Status, null);
        else WriteStatus(status);
    }

    /// <summary>A handler threw, or what it returned cannot be written.</summary>
    public void Fault(Exception error)
    {
        if (IsAnswered) { Worker.Settings.LogError(error, Describe()); return; }

        if (!_isError && Table.HasErrorHandler && !(error is OperationCanceledException && _peerLeft))
        {
            _isError = true;
            _result = error;                    // for a handler that declines
            KeepHead();
            try
            {
                Table.RunError(this, error);
                return;
            }
            catch (Exception second)
            {
                error = second;
            }
        }

        KeepOrWrite(Outcome.Fault, error);
    }

    public override void ReplyWhenDone(ValueTask<string?> pending)
    {
        if (pending.IsCompletedSuccessfully) { Reply(pending.Result); return; }

        Detach();
        _ = Await(this, pending);

        static async Task Await(Http1Exchange exchange, ValueTask<string?> pending)
        {
            try { exchange.Reply(await pending.ConfigureAwait(false)); }
            catch (Exception e) { exchange.Fault(e); }
        }
    }

    public override void ReplyWhenDone(ValueTask<byte[]?> pending)
    {
        if (pending.IsCompletedSuccessfully) { Reply(pending.Result); return; }

        Detach();
        _ = Await(this, pending);

        static async Task Await(Http1Exchange exchange, ValueTask<byte[]?> pending)
        {
            try { exchange.Reply(await pending.ConfigureAwait(false)); }
            catch (Exception e) { exchange.Fault(e); }
        }
    }

    public override void ReplyWhenDone(ValueTask<Response?> pending)
    {
        if (pending.IsCompletedSuccessfully) { Reply(pending.Result); return; }

        Detach();
        _ = Await(this, pending);

        static async Task Await(Http1Exchange exchange, ValueTask<Response?> pending)
        {
            try { exchange.Reply(await pending.ConfigureAwait(false)); }
            catch (Exception e) { exchange.Fault(e); }
        }
    }

    public override void ReplyEmptyWhenDone(ValueTask pending)
    {
        if (pending.IsCompletedSuccessfully) { pending.GetAwaiter().GetResult(); ReplyEmpty(); return; }

        Detach();
        _ = Await(this, pending);

        static async Task Await(Http1Exchange exchange, ValueTask pending)
        {
            try
            {
                await pending.ConfigureAwait(false);
                exchange.ReplyEmpty();
            }
            catch (Exception e) { exchange.Fault(e); }
        }
    }

    public override void ReplyJsonWhenDone<T>(ValueTask<T?> pending, JsonTypeInfo<T> type) where T : default
    {
        if (pending.IsCompletedSuccessfully) { ReplyJson(pending.Result, type); return; }

        Detach();
        _ = Await(this, pending, type);

        static async Task Await(Http1Exchange exchange, ValueTask<T?> pending, JsonTypeInfo<T> type)
        {
            try { exchange.ReplyJson(await pending.ConfigureAwait(false), type); }
            catch (Exception e) { exchange.Fault(e); }
        }
    }

    /// <summary>Calls the handler on the thread pool: <c>[Blocking]</c>.</summary>
    public void RunOnThreadPool()
    {
        Detach();
        ThreadPool.UnsafeQueueUserWorkItem(static exchange =>
        {
            try
            {
                exchange.EnterActivity();
                if (!exchange.Table.Run(exchange, exchange.Route)) exchange.Keep(Outcome.Declined, null);
            }
            catch (Exception e)
            {
                exchange.Fault(e);
            }
        }, this, preferLocal: false);
    }

    /// <summary>On the loop: writes the reply that was kept. False when the handler declined the request.</summary>
    public bool WriteKept()
    {
        _detached = false;
        object? result = _result;

        switch (_outcome)
        {
            case Outcome.Text: WriteText((string)result!); break;
            case Outcome.Memory: WriteMemory((byte[])result!); break;
            case Outcome.Status: WriteStatus(_resultLength); break;
            case Outcome.Fault: WriteFault((Exception)result!); break;
            case Outcome.Declined: _outcome = Outcome.None; return false;
            case Outcome.Response:
                // First, as a file is kept again in its place
                ReleaseResult();
                try { WriteResponse((Response)result!); }
                catch (Exception e) { WriteFault(e); }
                return true;
            case Outcome.File:
                _outcome = Outcome.None;
                _result = null;
                WriteFile((FileAnswer)result!);
                return true;
            case Outcome.Bytes:
                ResponseWriter.WriteBytes(Worker.Output, ((byte[])result!).AsSpan(0, _resultLength),
                    NewHead(DefaultStatus, _resultType == ContentTypes.Json ? "application/json;charset=utf-8"u8 : "text/plain;charset=utf-8"u8), Worker.Date);
                IsAnswered = true;
                break;
        }

        ReleaseResult();
        return true;
    }

    private int DefaultStatus => _isError ? 500 : 200;

    private void WriteText(string text)
    {
        ResponseWriter.WriteText(Worker.Output, text, NewHead(DefaultStatus, ContentTypes.TextBytes, isText: true), Worker.Date);
        IsAnswered = true;
    }

    private void WriteMemory(byte[] bytes)
    {
        ResponseWriter.WriteMemory(Worker.Output, bytes, NewHead(DefaultStatus, "application/octet-stream"u8), Worker.Date);
        IsAnswered = true;
    }

    private void WriteStatus(int status)
    {
        ResponseWriter.WriteBytes(Worker.Output, default, NewHead(status, default), Worker.Date);
        IsAnswered = true;
    }

    private void WriteResponse(Response response)
    {
        int status = response.StatusOr(DefaultStatus);
        Headers? fields = response.HeadersOrNull;

        if (fields is not null && Connection!.WantsClose(fields)) Head.KeepAlive = false;

        Span<byte> type = stackalloc byte[128];
        AnswerHead head = NewHead(status, ContentTypes.Encode(response.ContentType, type), fields);

        switch (response.BodyKind)
        {
            case ResponseBodyKind.Stream:
                Connection!.StartStream(this, response, status);
                return;
            case ResponseBodyKind.File:
                PlanFile(response, status);
                return;
            case ResponseBodyKind.Text:
                ResponseWriter.WriteText(Worker.Output, response.TextBody!, head, Worker.Date);
                break;
            case ResponseBodyKind.Bytes:
                ResponseWriter.WriteMemory(Worker.Output, response.BytesBody, head, Worker.Date);
                break;
            default:
                ResponseWriter.WriteBytes(Worker.Output, default, head, Worker.Date);
                break;
        }

        IsAnswered = true;
    }

    // What is in memory is answered at once. All else may wait for a disk, so the thread pool does it, and the answer comes back like that of a handler
    private void PlanFile(Response response, int status)
    {
        if (response.FileSource!.TryPlan(Head, status, response.HeadersOrNull) is { } quick)
        {
            WriteFile(quick);
            return;
        }

        KeepHead();
        Detach();
        ThreadPool.UnsafeQueueUserWorkItem(static state =>
        {
            (Http1Exchange exchange, Response response, int status) = state;
            try { exchange.Keep(Outcome.File, response.FileSource!.Plan(exchange.Head, status, response.HeadersOrNull)); }
            catch (Exception e) { exchange.Fault(e); }
        }, (this, response, status), preferLocal: false);
    }

    private void WriteFile(FileAnswer answer)
    {
        bool fallsThrough = _fallsThrough;
        _fallsThrough = false;
        if (fallsThrough && answer.Status == 404)
        {
            Connection!.FallThrough(this);
            return;
        }

        Span<byte> type = stackalloc byte[128];
        AnswerHead head = NewHead(answer.Status, ContentTypes.Encode(answer.ContentType, type), answer.Own) with { Extra = answer.Fields };
        ResponseWriter.WriteHead(Worker.Output, head, answer.Status == 304 ? ResponseWriter.Unsaid : answer.Length, Worker.Date);

        if (answer.File is not null && !head.OmitsBody)
        {
            Connection!.StartFile(this, answer);
            return;
        }

        if (!head.OmitsBody) Worker.Output.Write(answer.Content);
        answer.Dispose();
        IsAnswered = true;
    }

    /// <summary>What the framework says of an exception that nobody answered.</summary>
    private void WriteFault(Exception error)
    {
        if (_peerLeft && error is OperationCanceledException)
        {
            Connection!.Cut();                  // nobody is there to read an answer
            IsAnswered = true;
            return;
        }

        _isError = true;
        if (error is HttpException { } http)
        {
            if (http.Detail is null) WriteStatus(http.Status);
            else WriteResponse(Response.Problem(http.Status, http.Detail));
            return;
        }

        _error = error;
        Worker.Settings.LogError(error, Describe());
        if (!Worker.Settings.Development) WriteStatus(500);
        // The switch first: where it is off, the page is not in the binary
        else if (BuildConfiguration.IsDebug) WriteResponse(ErrorPage.Answer(FailureOf(error)));
        else WriteText(error.ToString());
    }

    private Failure FailureOf(Exception error)
    {
        var fields = new List<(string, string)>(Head.FieldCount);
        foreach (ref readonly FieldLine line in Head.Fields.AsSpan(0, Head.FieldCount))
            fields.Add((Encoding.Latin1.GetString(Head[line.Name]), Encoding.Latin1.GetString(Head[line.Value])));

        return new Failure(error, Encoding.Latin1.GetString(Head[Head.MethodName]), Encoding.Latin1.GetString(Head[Head.Target]), fields, Table, Route);
    }

    public AnswerHead NewHead(int status, ReadOnlySpan<byte> contentType, Headers? fields = null, bool isText = false) => new()
    {
        IsText = isText,
        Status = Status = status,
        ContentType = contentType,
        Connection = Connection!.FieldFor(this),
        OmitsBody = Head.Method is HttpMethod.Head || status is 204 or 304,
        RouteFields = (Traits & RouteTraits.HasFields) != 0 ? Table.FieldsOf(Route) : default,
        Fields = fields,
        Cookies = _requestAttached ? _request!.CookiesToSet : null,
    };

    private string Describe() => $"{Encoding.Latin1.GetString(Head[Head.MethodName])} {Encoding.Latin1.GetString(Head[Head.RawPath])}";

    private void KeepOrWrite(Outcome outcome, object? result)
    {
        // Asked before: once it is posted, the exchange may be on its way to another request already
        bool isDetached = _detached;
        Keep(outcome, result);
        if (!isDetached) WriteKept();
    }

    /// <summary>On a thread of the pool, this gives the exchange away: nothing of it may be touched afterwards.</summary>
    private void Keep(Outcome outcome, object? result)
    {
        _outcome = outcome;
        _result = result;
        if (_detached) Worker.Loop.Post(s_postedBack, this);
    }

    private void KeepCopy(ReadOnlySpan<byte> bytes, string type)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length, 1));
        bytes.CopyTo(copy);
        _resultLength = bytes.Length;
        _resultType = type;
        Keep(Outcome.Bytes, copy);
    }

    private void ReleaseResult()
    {
        if (_outcome is Outcome.Bytes) ArrayPool<byte>.Shared.Return((byte[])_result!);
        if (_outcome is Outcome.File) ((FileAnswer)_result!).Dispose();
        _outcome = Outcome.None;
        _result = null;
    }

    /// <summary>The request's view of its connection.</summary>
    private sealed class Context(Http1Exchange exchange) : RequestContext
    {
        public override RequestHead Head => exchange.Head;
        public override string Scheme => exchange.Worker.Settings.Scheme;
        public override IPEndPoint? RemoteEndPoint => exchange.Connection!.RemoteEndPoint;
        public override RequestBody Body => exchange.BodyOrEmpty;
        public override CancellationToken Aborted => exchange.Aborted;
        public override void Abort() => exchange.Connection!.PostAbort(exchange);
        public override IJsonTypeInfoResolver? Json => exchange.Table.Json;

        public override TimeSpan IdleTimeout
        {
            get => exchange.OwnIdleTimeout ?? exchange.Worker.Settings.IdleTimeout;
            set
            {
                exchange.OwnIdleTimeout = value;
                exchange.Connection!.PostIdleTimeoutChanged();
            }
        }
    }

    private RequestBody BodyOrEmpty
    {
        get
        {
            if (!HasBody)
            {
                HasBody = true;
                HttpBody.Start(Connection!, declared: 0);
            }

            return HttpBody;
        }
    }
}
