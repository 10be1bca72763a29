using System.Diagnostics;
using System.Runtime.CompilerServices;
using static Prebake.Transports.Linux.LibC;
using static Prebake.Transports.Linux.Uring.UringAbi;

namespace Prebake.Transports.Linux.Uring;

/// <summary>
/// Asks an io_uring for everything at once: the answers of one round leave with the system call that waits for the next. Receives stay asked for, and the kernel
/// brings a buffer with each. What is large, rare or must be known at once is a system call of its own, as on the other loop.
/// </summary>
/// <remarks>
/// A send is asked for with MSG_DONTWAIT, so the kernel has carried it out when it has taken the entry: what was sent whole completes in silence, the rest says so
/// before anything else happens. That is why the bytes of many connections can lie in one buffer, which is free again after each submission.
/// </remarks>
internal sealed unsafe class UringLoop : LinuxLoop
{
    // What one submission sends: beyond it, waiting for the rest of the round would cost more than a system call
    private const int SendsAtOnce = 64;

    // Enough for all 64 hellos of a burst and more, and an end when events come as fast as they are collected
    private const int CallsForAll = 8;

    private readonly Ring _ring;
    private readonly ReceiveBuffers _buffers;

    private readonly UringConnection?[] _sending = new UringConnection?[SendsAtOnce];
    private int _sendingCount;
    private readonly List<UringConnection> _failed = [];
    private readonly List<int> _arriving = [];      // listeners that may have more connections

    private Completion[] _completions = new Completion[256];
    private int _completionCount;

    private Haste _haste;

    private UringLoop(int index, IReadOnlyList<LinuxListener> listeners, Action<Connection> accept, Ring ring, ReceiveBuffers buffers) : base(index, listeners, accept)
    {
        _ring = ring;
        _buffers = buffers;
        Poll(RequestTag.Wake, WakeDescriptor, 0, POLLIN, multiple: true);
        Listen(true);
    }

    /// <summary>Makes a loop, or says why the kernel lets it not be.</summary>
    public static UringLoop? TryCreate(int index, IReadOnlyList<LinuxListener> listeners, Action<Connection> accept, out int error)
    {
        Ring? ring = Ring.TryCreate(out error);
        if (ring is null) return null;

        ReceiveBuffers? buffers = null;
        UringLoop? loop = null;
        try
        {
            buffers = ReceiveBuffers.TryCreate(ring);
            if (buffers is not null) return loop = new UringLoop(index, listeners, accept, ring, buffers);

            error = ENOSYS;
            return null;
        }
        finally
        {
            if (loop is null)
            {
                ring.Dispose();
                buffers?.Dispose();
            }
        }
    }

    // ---- what connections ask for ----------------------------------------------------------------------------------

    /// <summary>Bytes that lie aside in an output, to be sent with the next submission; the number of the entry.</summary>
    public uint Send(UringConnection connection, OutputBuffer output, int start, int length)
    {
        if (_sendingCount == SendsAtOnce) Submit();
        Requests.Send(ref Prepare(), connection.Descriptor, output.Address + start, length, Requests.Data(RequestTag.Send, 0, _sendingCount));
        connection.LastEntry = _ring.Prepared;
        _sending[_sendingCount++] = connection;
        return _ring.Prepared - 1;
    }

    /// <summary>More bytes right behind those of a send that has not been submitted.</summary>
    public void Extend(uint entry, int length) => _ring.Entry(entry).Length += (uint)length;

    /// <summary>What is written is to be sent now.</summary>
    public bool SendsNow => _haste.IsOn;

    /// <summary>Whatever comes, in buffers of the loop's, until it is canceled.</summary>
    public void Receive(UringConnection connection)
    {
        Requests.Receive(ref Prepare(), connection.Descriptor, DataOf(connection, RequestTag.Receive));
        connection.LastEntry = _ring.Prepared;
    }

    /// <summary>Ends what is asked for; what has come of it already is still told.</summary>
    public void Cancel(UringConnection connection, RequestTag tag) => Requests.Cancel(ref Prepare(), DataOf(connection, tag));

    /// <summary>To be told once that there is input.</summary>
    public void AwaitReadable(UringConnection connection) => Poll(connection, RequestTag.Readable, POLLIN, multiple: false);

    // The other two are edges: an io_uring's poll always looks at POLLRDHUP too, and on a socket whose peer has finished sending one shot after the other would end at once

    /// <summary>To be told when the peer has finished sending, and when the connection breaks.</summary>
    public void AwaitPeerGone(UringConnection connection) => Poll(connection, RequestTag.PeerGone, POLLRDHUP, multiple: true);

    /// <summary>To be told when the socket takes bytes again.</summary>
    public void AwaitWritable(UringConnection connection) => Poll(connection, RequestTag.Writable, POLLOUT, multiple: true);

    /// <summary>Something that names the connection's descriptor has not been handed to the kernel.</summary>
    public bool HasUnsubmitted(UringConnection connection) => (int)(connection.LastEntry - _ring.Submitted) > 0;

    /// <summary>Hands over everything. Afterwards nothing lies aside in the output, and connections know what the sockets did not take.</summary>
    public void Submit()
    {
        _ring.Submit();
        Submitted();
    }

    internal override void MakeRoom()
    {
        if (OutputRoom < OutputBuffer.Size / 2) Submit();
    }

    protected override void SendNow()
    {
        if (_sendingCount > 0) Submit();
    }

    // ---- the round -------------------------------------------------------------------------------------------------

    protected override void Begin() => _ring.Enable();

    protected override void Round(int timeout)
    {
        int left = _completionCount;
        bool hasLeft = left > 0 || _arriving.Count > 0;
        _ring.SubmitAndWait(hasLeft || _failed.Count > 0 ? 0 : timeout);
        Submitted();
        if (hasLeft || HasCostly) CollectAll();
        if (_ring.HasLost) StartOver();

        long begun = Stopwatch.GetTimestamp();
        _haste.BeginRound(begun, hasMany: _completionCount > 1 || HasPosted);
        int handled = RunPosted();
        RunFailed();

        // What comes of handling these is for the next round, so that nobody can keep the loop in one
        int count = _completionCount, later = 0;
        _haste.Pass(count - left);
        for (int i = 0; i < count; i++)
        {
            Completion completion = _completions[i];
            if (IsDeparture(completion))
            {
                _completions[later++] = completion;
                continue;
            }

            if (Haste.IsDue(i - later)) LookAtClock(handled);
            HandleOne(completion);
            handled++;
        }

        if (count > 1) LookAtClock(handled);
        int gone = later > 0 ? HandleDepartures(later, handled, begun) : 0;
        if (_arriving.Count > 0) AcceptArriving();
        if (gone < later || count < _completionCount) KeepRest(gone, later - gone, count);
        else _completionCount = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]          // each event is asked
    private static bool IsDeparture(in Completion completion)
    {
        if (completion.Tag is RequestTag.Receive) return completion.Result is 0 or -ECONNRESET;
        return completion.Tag is RequestTag.PeerGone;
    }

    // Behind those who wait for an answer. Many who go at once take as long as the round took before them, or a short time, if that is longer: the rest of them
    // goes in the next rounds
    private int HandleDepartures(int count, int handled, long roundBegun)
    {
        if (HasCostly) SendNow();
        int done = 0;
        var slice = TimeSlice.BeginAfter(roundBegun);
        do
        {
            HandleOne(_completions[done++]);
            if (Haste.IsDue(done)) LookAtClock(handled + done);
        }
        while (done < count && !slice.IsOver);
        return done;
    }

    // Those behind the first ones, and what has come behind this round's
    private void KeepRest(int first, int later, int handled)
    {
        int come = _completionCount - handled;
        Array.Copy(_completions, first, _completions, 0, later);
        Array.Copy(_completions, handled, _completions, later, come);
        _completionCount = later + come;
    }

    private void HandleOne(in Completion completion)
    {
        try
        {
            Handle(completion);
        }
        catch (Exception e)
        {
            Survive(e);
        }

        if (completion.Buffer is >= 0 and int buffer) _buffers.GiveBack(buffer);
    }

    // The kernel looks at some twenty events with each call, in the order in which they came: behind that many hellos or departures, somebody's request would
    // wait for another signature, or for others to go
    private void CollectAll()
    {
        for (int calls = 0; calls < CallsForAll; calls++)
        {
            int before = _completionCount;
            _ring.SubmitAndWait(0);
            Submitted();
            if (_completionCount == before) return;
        }
    }

    private void LookAtClock(int done)
    {
        if (_haste.TakesLong(done)) Submit();
    }

    // Which connection waits in vain is not known, so none may
    private void StartOver()
    {
        _ring.HasLost = false;
        AbortAll();
    }

    private void Handle(in Completion completion)
    {
        (RequestTag tag, uint generation, int descriptor) = Requests.Read(completion.Data);

        switch (tag)
        {
            case RequestTag.Receive:
                ((UringConnection?)Find(descriptor, generation))?.Received(completion.Result, completion.More,
                    completion.Buffer is >= 0 and int buffer ? _buffers.Bytes(buffer, completion.Result) : default);
                break;
            case RequestTag.Readable: ((UringConnection?)Find(descriptor, generation))?.Readable(completion.Result); break;
            case RequestTag.PeerGone: ((UringConnection?)Find(descriptor, generation))?.PeerGone(completion.Result, completion.More); break;
            case RequestTag.Writable: ((UringConnection?)Find(descriptor, generation))?.Drained(completion.Result, completion.More); break;
            case RequestTag.Listener:
                if (IsAccepting && completion.Result != -ECANCELED) Arrived(descriptor, completion);
                break;
            case RequestTag.Wake:
                if (!completion.More) Poll(RequestTag.Wake, WakeDescriptor, 0, POLLIN, multiple: true);
                break;
        }
    }

    // An edge: who does not take everything has to come back for it
    private void Arrived(int listener, in Completion completion)
    {
        if (!completion.More) AwaitConnections(listener);
        if (!_arriving.Contains(listener)) _arriving.Add(listener);
    }

    // At the end of a round, a few from each listener. When accepting has paused, the listeners are asked for anew, and tell again
    private void AcceptArriving()
    {
        for (int i = _arriving.Count - 1; i >= 0; i--)
        {
            bool hasMore = true;
            try
            {
                hasMore = Accept(_arriving[i]);
            }
            catch (Exception e)
            {
                Survive(e);
            }

            if (!IsAccepting)
            {
                _arriving.Clear();
                return;
            }

            if (!hasMore) _arriving.RemoveAt(i);
        }
    }

    private void Keep(in Completion completion)
    {
        if (_completionCount == _completions.Length) Array.Resize(ref _completions, _completions.Length * 2);
        _completions[_completionCount++] = completion;
    }

    // Everything that was prepared has been taken, so every send has been carried out
    private void Submitted()
    {
        while (_ring.TryCollect(out Completion completion))
        {
            if (completion.Tag is not RequestTag.Send)
            {
                Keep(completion);
                continue;
            }

            UringConnection connection = _sending[(int)(uint)completion.Data]!;
            if (connection.NotSent(completion.Result)) _failed.Add(connection);
        }

        for (int i = 0; i < _sendingCount; i++)
        {
            _sending[i]!.Sent();
            _sending[i] = null;
        }

        _sendingCount = 0;
        ReclaimOutput();
    }

    private void RunFailed()
    {
        for (int i = 0; i < _failed.Count; i++)
        {
            if (_failed[i].IsClosed) continue;
            try
            {
                BeginTurn(_failed[i]);
                _failed[i].SettleFailed();
                _failed[i].EndTurn();
            }
            catch (Exception e)
            {
                Survive(e);
            }
        }

        _failed.Clear();
    }

    // ----------------------------------------------------------------------------------------------------------------

    protected override LinuxConnection Make(int descriptor, uint generation, in PeerAddress peer) =>
        new UringConnection(this, descriptor, generation, peer);

    protected override void Watch(LinuxConnection connection) => ((UringConnection)connection).Begin();

    protected override void Listen(bool on)
    {
        foreach (LinuxListener listener in Listeners)
        {
            if (on) AwaitConnections(listener.Descriptor);
            else Requests.Cancel(ref Prepare(), Requests.Data(RequestTag.Listener, 0, listener.Descriptor));
        }

        // The listening socket may be closed next, and its number given to another
        if (!on) Submit();
    }

    protected override void Free()
    {
        _ring.CancelAll();
        _ring.Dispose();
        _buffers.Dispose();
    }

    // All loops are told of each connection, and who is quickest gets it: an exclusive poll could be a loop's that is busy for long, and nobody else would hear of it
    private void AwaitConnections(int listener) => Poll(RequestTag.Listener, listener, 0, POLLIN, multiple: true);

    private void Poll(UringConnection connection, RequestTag tag, uint events, bool multiple)
    {
        Poll(tag, connection.Descriptor, connection.Generation, events, multiple);
        connection.LastEntry = _ring.Prepared;
    }

    private void Poll(RequestTag tag, int descriptor, uint generation, uint events, bool multiple) =>
        Requests.Poll(ref Prepare(), descriptor, events, multiple, Requests.Data(tag, generation, descriptor));

    private static ulong DataOf(UringConnection connection, RequestTag tag) => Requests.Data(tag, connection.Generation, connection.Descriptor);

    private ref Submission Prepare()
    {
        if (_ring.IsFull) Submit();
        return ref _ring.Prepare();
    }
}
