using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Serving;

/// <summary>
/// One request and its response, whatever the protocol. It lives on its loop until a handler awaits; from then on
/// ("detached") it belongs to the
/// handler, and a reply is kept and posted back. A protocol derives its own and supplies the bytes
/// (<c>ServedExchange.Wire.cs</c>).
/// </summary>
/// <remarks>
/// It is used for another request only if the loop alone has ever touched it: one that was detached, whose handler
/// threw, or whose body a handler
/// took as a stream is left to the collector. <c>docs/design/lifetimes.md</c> says why that is enough.
/// </remarks>
internal abstract partial class ServedExchange : Exchange
{
    // A long head is not kept for the requests to come
    private const int LargestKeptHead = 4 << 10;

    private Context? _context;
    private Request? _request;
    private ReceivedBody? _body;                    // null when the request has none
    private ReceivedBody? _spareBody;               // of an earlier request, and no handler has ever asked for it
    private byte[]? _ownHead;
    private CancellationTokenSource? _aborted;
    private volatile bool _peerHasLeft;
    private long _routeIdleMilliseconds;            // 0: the server's
    private bool _mustNotReturn;                    // something of it has been handed out

    // For those who watch
    private long _started, _bodyBytes;
    private Activity? _activity;
    private Exception? _unexpected;

    protected ServedExchange(Worker worker, RequestHead head)
    {
        Worker = worker;
        Head = head;
    }

    public RequestHead Head { get; }

    public ExchangeState State => _state;

    private ExchangeState _state;

    /// <summary>What the requests of this loop share.</summary>
    public Worker Worker { get; }

    public RouteTable Table { get; private set; } = null!;

    /// <summary>The route that is being tried, or −1.</summary>
    public int Route { get; private set; } = -1;

    private enum Speaker : byte
    {
        /// <summary>No handler: 404, 405 and the like, and 400 when every route has declined.</summary>
        Nobody,

        /// <summary>The route that is being tried: its constant fields go with the response.</summary>
        Route,

        /// <summary>An exception that brings headers of its own, beside those of whoever was at work.</summary>
        Refusal,
    }

    private Speaker _speaker;

    /// <summary>The route whose handler waits for the body.</summary>
    public int AwaitedRoute { get; private set; } = -1;

    private RouteTraits Traits { get; set; }

    /// <summary>The status of the response, 0 while there is none.</summary>
    public int Status { get; private set; }

    /// <summary>The longest silence for this request alone in milliseconds, or 0 for the server's.</summary>
    public long OwnIdleMilliseconds =>
        _request?.OwnIdleTimeout is { } own ? ServingSettings.Milliseconds(own) : _routeIdleMilliseconds;

    /// <summary>The span of this request, or null.</summary>
    public Activity? Activity => _activity;

    /// <summary>Somebody wants to know of this request.</summary>
    public bool IsObserved => _started != 0;

    /// <summary>A handler, or the thread pool, still has it: it ends when the reply comes.</summary>
    public bool IsElsewhere => State is ExchangeState.Detached or ExchangeState.Kept;

    // ---- what a handler may ask for ---------------------------------------------------------------------------------

    // New for each request: a handler may keep it, and then it must stay dead
    public override Request Request => _request ??= new Request(_context ??= new Context(this));

    public override Server Server => Worker.Service.Server;
    public override ProviderOverrides? Overrides => Worker.Settings.Overrides;
    public override ReadOnlySpan<byte> Path => Head.Path;
    public override ReadOnlySpan<byte> Query => Head[Head.Query];
    public override ReadOnlySpan<byte> Body => _body is null ? default : _body.Bytes;

    public override CancellationToken Aborted
    {
        get
        {
            CancellationTokenSource source = Volatile.Read(ref _aborted) ?? MakeAborted();
            return source.Token;
        }
    }

    private CancellationTokenSource MakeAborted()
    {
        _mustNotReturn = true;
        var source = new CancellationTokenSource();
        source = Interlocked.CompareExchange(ref _aborted, source, null) ?? source;
        if (_peerHasLeft) source.Cancel();
        return source;
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
        if (Body.IsEmpty) return true;

        if (!ContentTypeField.IsJson(Head.ValueOf(KnownField.ContentType)))
        {
            Refuse(415, "This route takes application/json.");
            return false;
        }

        try
        {
            value = JsonSerializer.Deserialize(BodyText.WithoutMark(Body), type);
            return true;
        }
        catch (JsonException e)
        {
            Errors faults = JsonFaults.Of(BodyText.WithoutMark(Body), type, e);
            Refuse(400, JsonFaults.Describe(faults, e), [.. faults]);
            return false;
        }
    }

    public override bool TryReadJson<T>(JsonTypeInfo<T> type, bool isRequired, out T? value, ref Errors? errors) where T : default
    {
        value = default;
        if (!Body.IsEmpty)
        {
            if (!ContentTypeField.IsJson(Head.ValueOf(KnownField.ContentType)))
            {
                Refuse(415, "This route takes application/json.");
                return false;
            }

            try
            {
                value = JsonSerializer.Deserialize(BodyText.WithoutMark(Body), type);
            }
            catch (JsonException e)
            {
                Errors faults = JsonFaults.Of(BodyText.WithoutMark(Body), type, e);
                (errors ??= []).Fault(JsonFaults.Describe(faults, e));
                foreach (FieldError error in faults) errors.Add(error);
                return true;
            }
        }

        if (isRequired && (value is null || Body.IsEmpty)) Check.AddMissingBody(ref errors);
        return true;
    }

    // ---- life -------------------------------------------------------------------------------------------------------

    /// <summary>A head has been read into <see cref="Head"/>: its request begins.</summary>
    protected void Begin(RouteTable table)
    {
        MoveTo(ExchangeState.Begun);
        Table = table;
    }

    /// <summary>The body follows. Not known until asked for whether somebody wants it.</summary>
    /// <param name="declared">Its length, or null when that is not known before its end.</param>
    public ReceivedBody BeginBody(long? declared)
    {
        _body = _spareBody ?? new ReceivedBody(this);
        _spareBody = null;
        _body.Start(declared);
        return _body;
    }

    /// <summary>
    /// The handler of that route, or of <c>[Fetch]</c> for −1, is called when the whole body is there. It has the time
    /// that the route gives it.
    /// </summary>
    public void AwaitBody(int route, RouteTraits traits)
    {
        AwaitedRoute = route;
        _routeIdleMilliseconds = IdleOf(Dispatcher.LimitsOf(Table, route, traits, Head));
        MoveTo(ExchangeState.Receiving);
    }

    /// <summary>The same once a handler has been tried and has declined: nobody has asked for the body.</summary>
    public void BindBody(int route, RouteTraits traits)
    {
        _body!.Bind();
        AwaitBody(route, traits);
    }

    /// <summary>The loop is at it from here on: what is replied is written at once.</summary>
    public void Enter() => MoveTo(ExchangeState.Running);

    /// <summary>This handler is tried next.</summary>
    public void Try(int route, RouteTraits traits)
    {
        // This one, or one that has declined
        RouteTraits limited = traits | Traits;
        Route = route;
        Traits = traits;
        _speaker = Speaker.Route;
        if ((limited & RouteTraits.HasLimits) != 0) Limit((traits & RouteTraits.HasLimits) != 0 ? Table.LimitsOf(route) : default);
        if ((traits & (RouteTraits.Async | RouteTraits.Blocking)) != 0) KeepHead();
    }

    /// <summary>What is replied from here on is no route's, so it has no route's fields.</summary>
    public void LeaveRoute() => _speaker = Speaker.Nobody;

    /// <summary>From here on replies are kept and posted back. Nothing of it is used for another request.</summary>
    public sealed override void Detach()
    {
        if (State is ExchangeState.Detached) return;

        // Before another thread can look: a head that moves while somebody reads it shows him anything
        KeepHead();
        _mustNotReturn = true;
        MoveTo(ExchangeState.Detached);
    }

    /// <summary>
    /// The head moves into memory of its own, since the request may outlive the read that brought it.
    /// </summary>
    public void KeepHead()
    {
        if (Head.Buffer == _ownHead) return;
        if (_ownHead is null || _ownHead.Length < Head.Length) _ownHead = GC.AllocateUninitializedArray<byte>(Head.Length);
        if (_ownHead.Length > LargestKeptHead) _mustNotReturn = true;
        Head.CopyTo(_ownHead);
    }

    /// <summary>It outlasts the turn that brought it: the loop's next request gets another exchange.</summary>
    public void Outlast()
    {
        KeepHead();
        _mustNotReturn = true;
    }

    /// <summary>The connection has answered by itself, before or instead of the handler.</summary>
    public void Supersede(int status) => Status = status;

    /// <summary>Everything of the response has been written.</summary>
    public void SetAnswered() => MoveTo(ExchangeState.Answered);

    /// <summary>The peer has left: a handler that asked for the token hears of it, on the thread pool.</summary>
    public void PeerLeft()
    {
        if (_peerHasLeft) return;
        _mustNotReturn = true;
        _peerHasLeft = true;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _aborted) is { } source)
            ThreadPool.UnsafeQueueUserWorkItem(Cancel, source, preferLocal: false);
    }

    private static void Cancel(CancellationTokenSource source)
    {
        try { source.Cancel(); }
        catch (AggregateException) { /* a callback of the handler's own threw */ }
    }

    /// <summary>
    /// The request is over: what a handler may have kept is dead from here on, and what nobody has taken is given back.
    /// Called once, by the
    /// connection, on every path. True when it may be used again.
    /// </summary>
    public bool End()
    {
        MoveTo(ExchangeState.Ended);
        if (_body is not null) ReleaseBody();
        string? id = null;
        if (_request is { } request)
        {
            id = request.KnownId;
            request.End();
            _request = null;
        }

        if (_kept.Kind is not KeptKind.None) ReleaseKept();
        if (IsObserved) TellObserver(id);
        if (_mustNotReturn)
        {
            StopDeadline();
            DiscardUnsent();
            ReleaseOwned();
            return false;
        }

        // What can be set only together with _mustNotReturn is not listed: errors, the token, the peer that has left
        _routeIdleMilliseconds = 0;
        _fallsThrough = false;
        _success = 200;
        _speaker = Speaker.Nobody;
        _entered = 0;
        _enclosed = 0;
        Route = -1;
        Status = 0;
        Table = null!;
        MoveTo(ExchangeState.Free);
        return true;
    }

    private void ReleaseBody()
    {
        // It is reached through the request only, or waited for: without either, nobody has ever seen it
        ReceivedBody body = _body!;
        _body = null;
        if (_request is null && !body.IsShown)
        {
            body.Recycle();
            _spareBody = body;
        }
        else if (body.End()) _mustNotReturn = true;
    }

    private void MoveTo(ExchangeState next)
    {
        ExchangeStates.Check(_state, next);
        _state = next;
    }

    // The one reply of a request that is elsewhere: false when it has been given
    private bool TryKeep() =>
        Interlocked.CompareExchange(ref _state, ExchangeState.Kept, ExchangeState.Detached) is ExchangeState.Detached;

    /// <summary>Who asks, as trusted proxies say. Worked out at each call.</summary>
    public RequestClient Client
    {
        get
        {
            string scheme = IsSecuredAtProxy ? "https" : Worker.Settings.Scheme;
            string host = Encoding.ASCII.GetString(Head[Head.Authority]);
            var direct = new RequestClient(RemoteEndPoint?.Address, scheme, host.Length == 0 ? "localhost" : host);
            return Worker.Settings.Clients is { } clients ? clients.Resolve(Head, direct) : direct;
        }
    }

    private IPEndPoint? ObservedClient => Worker.ObservedClient(Head, RemoteEndPoint);

    // ---- who watches ------------------------------------------------------------------------------------------------

    /// <summary>Somebody wants to know: the clock starts, and the span.</summary>
    public void Observe(int route)
    {
        _started = Stopwatch.GetTimestamp();
        _bodyBytes = 0;
        _activity = Worker.Service.Observer!.StartActivity(Head, Table, route, ObservedClient);
        Route = route;
    }

    private void TellObserver(string? requestId)
    {
        Worker.Service.Observer!.Ended(Head, Table, Route, Status, _started, _bodyBytes, _activity, _unexpected, ObservedClient, requestId);
        _started = 0;
        _activity = null;
    }

    /// <summary>A head has been written, and so much of a body behind it: what was counted before was taken back.</summary>
    protected void CountBody(in ResponseHead head, long bytes) => _bodyBytes = head.OmitsBody ? 0 : bytes;

    /// <summary>The same of a response without a head of its own.</summary>
    protected void CountBody(long bytes) => _bodyBytes = Head.Method is HttpMethod.Head ? 0 : bytes;

    /// <summary>So much more of the body has been written.</summary>
    protected void CountPiece(long bytes) => _bodyBytes += bytes;

    /// <summary>What is called from here on belongs to the request's span, on this thread.</summary>
    public void EnterActivity()
    {
        if (_activity is not null) System.Diagnostics.Activity.Current = _activity;
    }

    public void LeaveActivity()
    {
        if (_activity is not null) System.Diagnostics.Activity.Current = null;
    }

    private string Describe() => $"{Encoding.Latin1.GetString(Head[Head.MethodName])} {Encoding.Latin1.GetString(Head[Head.RawPath])}";
}
