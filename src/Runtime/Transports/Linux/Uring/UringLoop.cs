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

    // A finished answer must not wait for a slow handler behind it. The clock is looked at after so many completions; when they have taken this long, what is written in
    // the next thousand completions is sent at once, as if there were no queue.
    private const int CompletionsPerLook = 4, Distrust = 1_000;
    private static readonly long s_slow = System.Diagnostics.Stopwatch.Frequency / 5_000;           // 200 µs

    private readonly Ring _ring;
    private readonly ReceiveBuffers _buffers;

    private readonly UringConnection?[] _sending = new UringConnection?[SendsAtOnce];
    private int _sendingCount;
    private readonly List<UringConnection> _failed = [];

    private Completion[] _completions = new Completion[256];
    private int _completionCount;

    private long _lookedAt;
    private int _distrust;

    private UringLoop(int index, IReadOnlyList<LinuxListener> listeners, Action<Connection> accept, Ring ring, ReceiveBuffers buffers) : base(index, listeners, accept)
    {
        _ring = ring;
        _buffers = buffers;
        Poll(Tag.Wake, WakeDescriptor, 0, POLLIN, multiple: true);
        Listen(true);
    }

    /// <summary>What a completion is of. In the upper bits of its data, above the connection's generation and its descriptor.</summary>
    internal enum Tag : uint { Send, Receive, Readable, PeerGone, Writable, Listener, Wake, Cancel }

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
        ref Submission entry = ref Prepare();
        entry.Operation = IORING_OP_SEND;
        entry.Flags = IOSQE_CQE_SKIP_SUCCESS;
        entry.Descriptor = connection.Descriptor;
        entry.Address = (ulong)(output.Address + start);
        entry.Length = (uint)length;
        // WAITALL makes a send that is not whole a failure, which is what tells
        entry.OperationFlags = MSG_DONTWAIT | MSG_WAITALL | MSG_NOSIGNAL;
        entry.Data = Data(Tag.Send, 0, _sendingCount);
        connection.LastEntry = _ring.Prepared;
        _sending[_sendingCount++] = connection;
        return _ring.Prepared - 1;
    }

    /// <summary>More bytes right behind those of a send that has not been submitted.</summary>
    public void Extend(uint entry, int length) => _ring.Entry(entry).Length += (uint)length;

    /// <summary>What is written is to be sent now.</summary>
    public bool SendsNow => _distrust > 0;

    /// <summary>Whatever comes, in buffers of the loop's, until it is canceled.</summary>
    public void Receive(UringConnection connection)
    {
        ref Submission entry = ref Prepare();
        entry.Operation = IORING_OP_RECV;
        entry.Flags = IOSQE_BUFFER_SELECT;
        entry.Priority = IORING_RECV_MULTISHOT;
        entry.Descriptor = connection.Descriptor;
        entry.Data = Data(Tag.Receive, connection.Generation, connection.Descriptor);
        connection.LastEntry = _ring.Prepared;
    }

    /// <summary>Ends what is asked for; what has come of it already is still told.</summary>
    public void Cancel(UringConnection connection, Tag tag) => Cancel(Data(tag, connection.Generation, connection.Descriptor));

    /// <summary>To be told once that there is input.</summary>
    public void AwaitReadable(UringConnection connection) => Poll(connection, Tag.Readable, POLLIN, multiple: false);

    // The other two are edges: an io_uring's poll always looks at POLLRDHUP too, and on a socket whose peer has finished sending one shot after the other would end at once

    /// <summary>To be told when the peer has finished sending, and when the connection breaks.</summary>
    public void AwaitPeerGone(UringConnection connection) => Poll(connection, Tag.PeerGone, POLLRDHUP, multiple: true);

    /// <summary>To be told when the socket takes bytes again.</summary>
    public void AwaitWritable(UringConnection connection) => Poll(connection, Tag.Writable, POLLOUT, multiple: true);

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

    // ---- the round -------------------------------------------------------------------------------------------------

    protected override void Begin() => _ring.Enable();

    protected override void Round(int timeout)
    {
        _ring.SubmitAndWait(_completionCount > 0 || _failed.Count > 0 ? 0 : timeout);
        Submitted();
        if (_ring.HasLost) StartOver();

        _lookedAt = System.Diagnostics.Stopwatch.GetTimestamp();
        RunPosted();
        RunFailed();

        // What comes of handling these is for the next round, so that nobody can keep the loop in one
        int count = _completionCount;
        if (_distrust > 0) _distrust -= Math.Max(count, 1);
        for (int i = 0; i < count; i++)
        {
            if (i % CompletionsPerLook == 0) LookAtClock();
            Completion completion = _completions[i];
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

        if (count > 1) LookAtClock();
        _completionCount -= count;
        Array.Copy(_completions, count, _completions, 0, _completionCount);
    }

    private void LookAtClock()
    {
        long now = System.Diagnostics.Stopwatch.GetTimestamp();
        if (now - _lookedAt > s_slow)
        {
            _distrust = Distrust;
            Submit();
        }

        _lookedAt = now;
    }

    // Which connection waits in vain is not known, so none may
    private void StartOver()
    {
        _ring.HasLost = false;
        AbortAll();
    }

    private void Handle(in Completion completion)
    {
        (Tag tag, uint generation, int descriptor) = ((Tag)(completion.Data >> 60), (uint)(completion.Data >> 32) & 0xFFFFFFF, (int)(uint)completion.Data);

        switch (tag)
        {
            case Tag.Receive:
                ((UringConnection?)Find(descriptor, generation))?.Received(completion.Result, completion.More,
                    completion.Buffer is >= 0 and int buffer ? _buffers.Bytes(buffer, completion.Result) : default);
                break;
            case Tag.Readable: ((UringConnection?)Find(descriptor, generation))?.Readable(completion.Result); break;
            case Tag.PeerGone: ((UringConnection?)Find(descriptor, generation))?.PeerGone(completion.Result, completion.More); break;
            case Tag.Writable: ((UringConnection?)Find(descriptor, generation))?.Drained(completion.Result, completion.More); break;
            case Tag.Listener:
                if (IsAccepting && completion.Result != -ECANCELED) Accept(descriptor, completion);
                break;
            case Tag.Wake:
                if (!completion.More) Poll(Tag.Wake, WakeDescriptor, 0, POLLIN, multiple: true);
                break;
        }
    }

    // An edge: who does not take everything now comes back for it in the next round
    private void Accept(int listener, Completion completion)
    {
        bool again = true;
        try
        {
            again = Accept(listener);
        }
        finally
        {
            if (IsAccepting)
            {
                if (!completion.More) AwaitConnections(listener);
                else if (again) Keep(completion);
            }
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
            if (completion.Data >> 60 != (ulong)Tag.Send)
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
            else Cancel(Data(Tag.Listener, 0, listener.Descriptor));
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
    private void AwaitConnections(int listener) => Poll(Tag.Listener, listener, 0, POLLIN, multiple: true);

    private void Poll(UringConnection connection, Tag tag, uint events, bool multiple)
    {
        Poll(tag, connection.Descriptor, connection.Generation, events, multiple);
        connection.LastEntry = _ring.Prepared;
    }

    private void Poll(Tag tag, int descriptor, uint generation, uint events, bool multiple)
    {
        ref Submission entry = ref Prepare();
        entry.Operation = IORING_OP_POLL_ADD;
        entry.Descriptor = descriptor;
        entry.OperationFlags = BitConverter.IsLittleEndian ? events : (events << 16) | (events >> 16);
        if (multiple) entry.Length = IORING_POLL_ADD_MULTI;
        entry.Data = Data(tag, generation, descriptor);
    }

    private void Cancel(ulong data)
    {
        ref Submission entry = ref Prepare();
        entry.Operation = IORING_OP_ASYNC_CANCEL;
        entry.Flags = IOSQE_CQE_SKIP_SUCCESS;
        entry.OperationFlags = IORING_ASYNC_CANCEL_ALL;
        entry.Descriptor = -1;
        entry.Address = data;
        entry.Data = Data(Tag.Cancel, 0, 0);
    }

    private ref Submission Prepare()
    {
        if (_ring.IsFull) Submit();
        return ref _ring.Prepare();
    }

    private static ulong Data(Tag tag, uint generation, int descriptor) => ((ulong)tag << 60) | ((ulong)generation << 32) | (uint)descriptor;
}
