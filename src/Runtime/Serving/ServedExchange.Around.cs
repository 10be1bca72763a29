using System.Text;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Serving;

// What stands around a handler: [Before], [After], [Around]. A response passes those whose place has been reached, from the
// inside out, on the thread that replies, before anything of it is written or kept.
internal abstract partial class ServedExchange
{
    // Of no table: only set where a response is enclosed, and never beside Traits of a table
    private const RouteTraits Enclosed = (RouteTraits)128;

    /// <summary>Who sees a response on its way out: an <c>[After]</c>, or an <c>[Around]</c> that waits for it.</summary>
    private readonly record struct Enclosure(RouteTable? Table, int Place, Inside? Inside);

    /// <summary>What came of the inside of an <c>[Around]</c>.</summary>
    /// <param name="isAwaited">The method returns a task, so that any thread may go on with the response.</param>
    private sealed class Inside(bool isAwaited)
    {
        public bool IsAwaited => isAwaited;

        private readonly Lock _lock = new();
        private Response? _response;
        private TaskCompletionSource<Response>? _waiting;

        public Response? Response
        {
            get { lock (_lock) return _response; }
        }

        public ValueTask<Response> WhenThere()
        {
            lock (_lock)
            {
                if (_response is { } there) return new(there);
                _waiting = new TaskCompletionSource<Response>(TaskCreationOptions.RunContinuationsAsynchronously);
                return new(_waiting.Task);
            }
        }

        public void Set(Response response)
        {
            lock (_lock) _response = response;
            _waiting?.SetResult(response);
        }
    }

    private RouteTable[]? _tables;          // those whose steps have begun
    private object?[]? _given;              // and what they were given
    private Enclosure[]? _enclosures;       // the innermost last
    private byte _entered, _enclosed;
    private Response? _enclosedFile;        // one that gives way to other routes if it is missing
    private int _unroutedStatus;
    private MethodSet _unroutedMethods;
    private HttpException? _unrouted;
    private Response? _unroutedReply;

    public override bool TryEnter(RouteTable table)
    {
        _tables ??= new RouteTable[4];
        for (int i = 0; i < _entered; i++)
        {
            if (_tables[i] != table) continue;
            if (_enclosed > 0) Traits |= Enclosed;
            return false;
        }

        if (_entered == _tables.Length) Array.Resize(ref _tables, _entered * 2);
        _tables[_entered++] = table;
        return true;
    }

    public override void GiveTo(RouteTable table, object? given)
    {
        // What is provided is the user's, and must not outlive the request
        _mustNotReturn = true;
        _given ??= new object?[_tables!.Length];
        if (_given.Length < _tables!.Length) Array.Resize(ref _given, _tables.Length);
        _given[Array.IndexOf(_tables, table, 0, _entered)] = given;
    }

    public override object? GivenTo(RouteTable table) => _given![Array.IndexOf(_tables!, table, 0, _entered)];

    public override void Enclose(RouteTable table, int place) => Push(new Enclosure(table, place, null));

    public override void Suspend()
    {
        KeepHead();
        Detach();
    }

    public override bool RunWhenDone(ValueTask<bool> pending)
    {
        if (pending.IsCompleted)
        {
            // A step may have said that it waits, and then not waited: whoever runs this is told of nothing else
            bool taken = pending.GetAwaiter().GetResult();
            if (taken || State is not ExchangeState.Detached) return taken;

            Keep(new KeptReply(KeptKind.Declined, null));
            return true;
        }

        _ = Await(this, pending);
        return true;

        static async Task Await(ServedExchange exchange, ValueTask<bool> pending)
        {
            try
            {
                if (!await pending.ConfigureAwait(false)) exchange.Keep(new KeptReply(KeptKind.Declined, null));
            }
            catch (Exception e) { exchange.Fault(e); }
        }
    }

    /// <summary>No route has it: the steps that stand around its path are called, and then the answer is given.</summary>
    public void ReplyUnrouted(int status, MethodSet methods = default)
    {
        _unroutedStatus = status;
        _unroutedMethods = methods;
        if (Table.Encloses)
        {
            KeepHead();
            Table.Run(this, RouteTable.NoRoute);
        }
        else ReplyUnrouted();
    }

    /// <summary>The same with this response.</summary>
    public void ReplyUnrouted(Response response)
    {
        if (!Table.Encloses)
        {
            Reply(response);
            return;
        }

        _mustNotReturn = true;
        _unroutedReply = response;
        KeepHead();
        Table.Run(this, RouteTable.NoRoute);
    }

    public override void ReplyUnrouted()
    {
        if (_unroutedReply is { } reply) Reply(reply);
        else if (_unrouted is { } refusal) Refuse(refusal);
        else if (_unroutedStatus == 204) ReplyAllow(204, _unroutedMethods);
        else if (_unroutedStatus == 405) RefuseMethod(_unroutedMethods);
        else Refuse(_unroutedStatus);
    }

    /// <summary>A body that cannot be taken, before any handler has been called: true when the reply has been given.</summary>
    public bool TryRefuseBody(Exception why)
    {
        if (why is not HttpException refusal || State is not (ExchangeState.Begun or ExchangeState.Receiving) || !ShapesBodyFaults) return false;

        Enter();
        try
        {
            _unrouted = refusal;
            _mustNotReturn = true;
            if (Table.Encloses)
            {
                KeepHead();
                Table.Run(this, RouteTable.NoRoute);
            }
            else ReplyUnrouted();
        }
        catch (Exception e)
        {
            Fault(e);
        }

        Worker.Ambient.Restore();
        return true;
    }

    public override Response RunInside(RouteTable table, int route, int place) =>
        Begin(table, route, place, isAwaited: false).Response
        ?? throw new InvalidOperationException(
            "What this [Around] method encloses waits for something; make it async, return a task, "
                + "and await 'next.RunAsync()'.");

    public override ValueTask<Response> RunInsideAsync(RouteTable table, int route, int place) => Begin(table, route, place, isAwaited: true).WhenThere();

    private Inside Begin(RouteTable table, int route, int place, bool isAwaited)
    {
        if (!IsOpen)
            throw new InvalidOperationException(
                "This request has been answered; 'next' is for the time of one call.");

        // Somebody may hold on to it
        _mustNotReturn = true;
        var inside = new Inside(isAwaited);
        Push(new Enclosure(null, 0, inside));
        try
        {
            bool taken = table.RunFrom(this, route, place);
            // A parameter of the path does not parse: other routes are as much inside
            while (!taken && (route = Table.Find(Head.Method, Path, Route)) >= 0)
            {
                Try(route, Table.TraitsOf(route));
                taken = Table.Run(this, route);
            }

            if (!taken) ReplyDeclined();
        }
        catch (Exception e)
        {
            Fault(e);
        }

        return inside;
    }

    private void Push(Enclosure enclosure)
    {
        _enclosures ??= new Enclosure[4];
        if (_enclosed == _enclosures.Length) Array.Resize(ref _enclosures, _enclosed * 2);
        _enclosures[_enclosed++] = enclosure;
        Traits |= Enclosed;
    }

    /// <summary>A response is on its way out: the innermost that has not seen it does so now.</summary>
    /// <param name="response">The response.</param>
    /// <param name="isOwn">Nobody else knows it.</param>
    private void Leave(Response response, bool isOwn)
    {
        Enclosure next = _enclosures![--_enclosed];
        int status = response.StatusOr(DefaultStatus);
        Response own = isOwn && response.StatusOr(0) == status ? response : response.Own(status);
        if (_speaker is Speaker.Refusal)
        {
            // From here on they are the response's like any other
            _speaker = _refused;
            if (status == _carried!.Status)
                foreach ((string name, string value) in _carried.Headers)
                    if (!own.Headers.Contains(name)) own.Headers.AddReceived(name, value);
        }

        // What went wrong has become a response; what goes wrong from here on is another matter
        _stage = ErrorStage.None;
        _success = 200;
        _error = null;
        _errorsDeclined = 0;

        if (next.Inside is { } inside)
        {
            // On the loop, while the method may go on elsewhere at once
            if (inside.IsAwaited && State is ExchangeState.Running) Suspend();
            inside.Set(own);
            return;
        }

        try { next.Table!.Leave(this, own, next.Place); }
        catch (Exception e) { Fault(e); }
    }

    private Response ResponseOf(in KeptReply kept)
    {
        int status = DefaultStatus;
        switch (kept.Kind)
        {
            case KeptKind.Text: return Response.Text((string)kept.Value!, status);
            case KeptKind.Memory: return Response.Bytes((byte[])kept.Value!, status: status);
            case KeptKind.Status: return Response.Empty(kept.Number);
            case KeptKind.Fault: return DescriptionOf((Exception)kept.Value!);
            case KeptKind.Switch: return Response.OfSwitch(kept.Value!);
            case KeptKind.Json or KeptKind.Utf8:
                Response copy = Response.Bytes(
                    ((byte[])kept.Value!).AsSpan(0, kept.Number).ToArray(),
                    Encoding.ASCII.GetString(kept.Kind is KeptKind.Json ? ContentTypes.JsonBytes : ContentTypes.TextBytes), status);
                kept.Release();
                return copy;
            default: return (Response)kept.Value!;
        }
    }

    private Response AllowOf(int status, MethodSet methods) =>
        new() { Status = status, Headers = { ["Allow"] = Encoding.ASCII.GetString(Table.AllowOf(methods)) } };
}
