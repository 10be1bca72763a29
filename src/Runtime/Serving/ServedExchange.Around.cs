using System.Diagnostics.CodeAnalysis;
using System.Text;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Serving;

// What stands around a handler: [Before], [After], [Around]. A response passes those whose place has been reached, from the
// inside out, on the thread that replies, before anything of it is written or kept.
internal abstract partial class ServedExchange
{
    // Of no table: only set where a response is enclosed, and never beside Traits of a table
    private const RouteTraits Enclosed = (RouteTraits)0x8000;

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
                _waiting ??= new TaskCompletionSource<Response>(TaskCreationOptions.RunContinuationsAsynchronously);
                return new(_waiting.Task);
            }
        }

        public void Set(Response response)
        {
            lock (_lock) _response = response;
            _waiting?.SetResult(response);
        }
    }

    /// <summary>What only requests have around whose handler something stands; most apps have nothing there.</summary>
    private sealed class Surroundings
    {
        public RouteTable[] Tables = new RouteTable[4];             // those whose steps have begun
        public object?[] Given = [];                                // and what they were given
        public Enclosure[] Enclosures = new Enclosure[4];           // the innermost last
        public Response? EnclosedFile;                              // one that gives way to other routes if it is missing
        public int UnroutedStatus;
        public MethodSet UnroutedMethods;
        public HttpException? Unrouted;
        public Response? UnroutedReply;
        public List<Response>? Streams;                             // those that somebody was shown: most are sent, and some are not
    }

    private Surroundings? _surroundings;
    private byte _entered, _enclosed;

    private Surroundings Around => _surroundings ??= new Surroundings();

    public override bool TryEnter(RouteTable table)
    {
        Surroundings around = Around;
        for (int i = 0; i < _entered; i++)
        {
            if (around.Tables[i] != table) continue;
            if (_enclosed > 0) Traits |= Enclosed;
            return false;
        }

        if (_entered == around.Tables.Length) Array.Resize(ref around.Tables, _entered * 2);
        around.Tables[_entered++] = table;
        return true;
    }

    public override void GiveTo(RouteTable table, object? given)
    {
        // What is provided is the user's, and must not outlive the request
        _mustNotReturn = true;
        Surroundings around = Around;
        if (around.Given.Length < around.Tables.Length) Array.Resize(ref around.Given, around.Tables.Length);
        around.Given[Array.IndexOf(around.Tables, table, 0, _entered)] = given;
    }

    public override object? GivenTo(RouteTable table) => Around.Given[Array.IndexOf(Around.Tables, table, 0, _entered)];

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
        if (Table.Encloses)
        {
            (Around.UnroutedStatus, Around.UnroutedMethods) = (status, methods);
            KeepHead();
            Table.Run(this, RouteTable.NoRoute);
        }
        else RefuseUnrouted(status, methods);
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
        Around.UnroutedReply = response;
        KeepHead();
        Table.Run(this, RouteTable.NoRoute);
    }

    public override void ReplyUnrouted()
    {
        Surroundings around = Around;
        if (around.UnroutedReply is { } reply) Reply(reply);
        else if (around.Unrouted is { } refusal) Refuse(refusal);
        else RefuseUnrouted(around.UnroutedStatus, around.UnroutedMethods);
    }

    private void RefuseUnrouted(int status, MethodSet methods)
    {
        if (status == 204) ReplyAllow(204, methods);
        else if (status == 405) RefuseMethod(methods);
        else Refuse(status);
    }

    /// <summary>A body that cannot be taken, before any handler has been called: true when the reply has been given.</summary>
    public bool TryRefuseBody(Exception why)
    {
        if (why is not HttpException refusal || State is not (ExchangeState.Begun or ExchangeState.Receiving) || !ShapesBodyFaults) return false;

        Enter();
        try
        {
            Around.Unrouted = refusal;
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

    internal sealed override int Depth => _enclosed;

    public override void ReplyWhenDone(ValueTask<Response?> pending, Next next)
    {
        _ = Await(this, pending, next.Depth);

        static async Task Await(ServedExchange exchange, ValueTask<Response?> pending, int depth)
        {
            try
            {
                Response? answer;
                try
                {
                    answer = await pending.ConfigureAwait(false);
                }
                finally
                {
                    // A limit in time, say, that has passed: the handler is at work still, and its reply is nobody's
                    while (exchange.TryPeek(depth, out Inside? begun)) await begun.WhenThere().ConfigureAwait(false);
                }

                exchange.Reply(answer);
            }
            catch (Exception e) { exchange.Fault(e); }
        }
    }

    // The innermost that somebody above that depth waits for
    private bool TryPeek(int depth, [NotNullWhen(true)] out Inside? inside)
    {
        Surroundings around = Around;
        lock (around)
        {
            for (int i = _enclosed - 1; i >= depth; i--)
            {
                inside = around.Enclosures[i].Inside;
                if (inside is not null) return true;
            }
        }

        inside = null;
        return false;
    }

    private Inside Begin(RouteTable table, int route, int place, bool isAwaited)
    {
        if (!IsOpen)
            throw new InvalidOperationException(
                "This request has been answered; 'next' is for the time of one call.");

        var inside = new Inside(isAwaited);
        Push(new Enclosure(null, 0, inside));
        try
        {
            bool taken = table.RunFrom(this, route, place);
            // A parameter of the path does not parse: other routes are as much inside
            while (!taken && (route = Table.Find(Head.Method, Path, Route)) >= 0)
            {
                RouteTraits traits = Table.TraitsOf(route);
                taken = RefusesBodyOf(route, traits);
                if (taken) break;

                Try(route, traits);
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
        // Two threads at once where a method has gone on twice, and waits for neither
        Surroundings around = Around;
        lock (around)
        {
            if (_enclosed == around.Enclosures.Length) Array.Resize(ref around.Enclosures, _enclosed * 2);
            around.Enclosures[_enclosed++] = enclosure;
            Traits |= Enclosed;
        }
    }

    // False: another thread has taken the last one meanwhile
    private bool TryPop(out Enclosure enclosure)
    {
        Surroundings around = Around;
        lock (around)
        {
            bool isThere = _enclosed > 0;
            enclosure = isThere ? around.Enclosures[--_enclosed] : default;
            return isThere;
        }
    }

    /// <summary>It must not serve another request: user code is given something that names it.</summary>
    internal sealed override void HandOut() => _mustNotReturn = true;

    // What was shown on the way out and not sent in the end (something else was answered, a step has thrown) is let go
    private void DiscardUnsent()
    {
        if (_surroundings?.Streams is not { } streams) return;

        _surroundings.Streams = null;
        foreach (Response response in streams) response.Discard();
    }

    private void Remember(Response shown)
    {
        Surroundings around = Around;
        lock (around) (around.Streams ??= []).Add(shown);
        _mustNotReturn = true;
    }

    /// <summary>A response is on its way out: the innermost that has not seen it does so now.</summary>
    /// <param name="response">The response.</param>
    /// <param name="isOwn">Nobody else knows it.</param>
    private void Leave(Response response, bool isOwn)
    {
        if (!TryPop(out Enclosure next))
        {
            Reply(response);
            return;
        }

        int status = response.StatusOr(DefaultStatus);
        Response own = isOwn && response.StatusOr(0) == status ? response : response.Own(status);
        if (own.BodyKind is ResponseBodyKind.Stream) Remember(own);
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
