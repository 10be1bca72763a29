using static Prebake.Transports.Linux.LibC;
using static Prebake.Transports.Linux.Uring.UringAbi;

namespace Prebake.Transports.Linux.Uring;

/// <summary>
/// One accepted socket on an io_uring loop. A receive stays asked for while it is open; a peer that sends much is received from by system calls into the loop's
/// large buffer, and one whose request is being answered is kept from sending ahead.
/// </summary>
internal sealed unsafe class UringConnection(UringLoop loop, int fd, uint generation, in PeerAddress peer)
    : LinuxConnection(loop, fd, generation, peer)
{
    // A read below this is the end of what was much
    private const int Little = 4 << 10;

    private InputWait _input;
    private bool _receivesMuch;                 // by system calls
    private bool _awaitsPeerGone;
    private bool _endedUnread;                  // its end has been received while input was paused

    private int _queuedStart, _queued;          // bytes that lie aside in the loop's output
    private uint _queuedEntry;                  // the number of the entry that sends them
    private SendResult _sent;
    private int _writableWaits;                 // that the kernel has not ended yet

    /// <summary>What the kernel has been asked for, so that input is told.</summary>
    private enum InputWait : byte
    {
        None,

        /// <summary>A receive, which brings what comes until it is canceled.</summary>
        Receiving,

        /// <summary>A receive that has been told to end, and may still bring something.</summary>
        Canceling,

        /// <summary>Word that there is something to read, once.</summary>
        Readable,
    }

    /// <summary>What has come of a queued send, until a turn deals with it.</summary>
    private enum SendResult : byte
    {
        Whole,

        /// <summary>The socket did not take all of it: the rest is parked.</summary>
        Partial,

        Broken,
    }

    /// <summary>Behind the last entry that names the descriptor.</summary>
    public uint LastEntry { get; set; }

    /// <summary>The first wait for input.</summary>
    public void Begin() => GoOn();

    // ---- completions -----------------------------------------------------------------------------------------------

    /// <summary>Of the receive: so many bytes, the end, or an error.</summary>
    public void Received(int result, bool more, ArraySegment<byte> bytes)
    {
        Loop.BeginTurn(this);
        if (!more) _input = InputWait.None;

        if (result > 0)
        {
            // Nothing is read ahead of a handler at work; but what comes while it works is here already. It is kept, and there will be no more.
            if (InputPaused)
            {
                Keep(bytes);
                CancelReceive();
            }
            else
            {
                if (result == ReceiveBuffers.Size) ReceiveMuch();
                ReceivedAt(bytes);
            }
        }
        else if (result == 0) ReadToEnd();
        else if (result == -ENOBUFS) _receivesMuch = true;          // all buffers are in use: for once without
        else if (result is not (-ECANCELED or -EAGAIN or -EINTR)) Broken();

        GoOn();
        EndTurn();
    }

    /// <summary>There is input, or an end.</summary>
    public void Readable(int events)
    {
        _input = InputWait.None;
        Loop.BeginTurn(this);

        if (!InputPaused) Read();
        else if (events < 0 || ((uint)events & (POLLERR | POLLHUP)) != 0) Broken();

        GoOn();
        EndTurn();
    }

    /// <summary>The peer has finished sending, or more than that.</summary>
    public void PeerGone(int events, bool more)
    {
        _awaitsPeerGone = more;
        Loop.BeginTurn(this);

        // While something is read, reading tells; and a socket that both sides have shut down hangs up although the peer may still be reading
        if (_input is InputWait.None && (events < 0 || ((uint)events & (POLLERR | POLLHUP)) != 0)) Broken();
        else if (events > 0 && ((uint)events & POLLRDHUP) != 0) Protocol.PeerLeft();

        GoOn();
        EndTurn();
    }

    /// <summary>The socket takes bytes again, or another event that is always told: only this one counts, and errors, which sending finds.</summary>
    public void Drained(int events, bool more)
    {
        if (!more) _writableWaits--;
        if (events == -ECANCELED) return;           // another has taken its place
        if (!IsBlocked || (more && ((uint)events & (POLLOUT | POLLERR | POLLHUP)) == 0)) return;

        Loop.BeginTurn(this);
        Writable();
        EndTurn();
    }

    // ---- input -----------------------------------------------------------------------------------------------------

    protected override void StartReading()
    {
        if (_endedUnread)
        {
            _endedUnread = false;
            ReceivedEnd();
            return;
        }

        // What is thrown away need not come by small buffers; but most often it is next to nothing, and brought already
        if (DiscardsInput && _input is not InputWait.Receiving) _receivesMuch = true;
        GoOn();
    }

    private void Read()
    {
        ArraySegment<byte> target = ReceiveTarget();
        nint count;
        fixed (byte* start = &target.Array![target.Offset])
            count = recv(Descriptor, start, (nuint)target.Count, ReceiveFlags);

        if (count > 0)
        {
            if (count < Little && !DiscardsInput) _receivesMuch = false;
            Received(target, (int)count);
        }
        else if (count == 0) ReadToEnd();
        else if (Errno is not (EAGAIN or EINTR)) Broken();
    }

    private void ReadToEnd()
    {
        if (!InputPaused || IsClosing) { ReceivedEnd(); return; }

        _endedUnread = true;
        Protocol.PeerLeft();
    }

    // Asks for input if it is wanted; if it is not, for word of a peer that leaves
    private void GoOn()
    {
        if (IsClosed || _input is not InputWait.None) return;

        if (InputPaused || InputEnded || _endedUnread)
        {
            if (_awaitsPeerGone || (IsClosing && InputEnded)) return;
            _awaitsPeerGone = true;
            loop.AwaitPeerGone(this);
        }
        else if (_receivesMuch)
        {
            _input = InputWait.Readable;
            loop.AwaitReadable(this);
        }
        else
        {
            _input = InputWait.Receiving;
            loop.Receive(this);
        }
    }

    private void ReceiveMuch()
    {
        _receivesMuch = true;
        CancelReceive();
    }

    private void CancelReceive()
    {
        if (_input is not InputWait.Receiving) return;
        _input = InputWait.Canceling;
        loop.Cancel(this, RequestTag.Receive);
    }

    // ---- output ----------------------------------------------------------------------------------------------------

    protected override bool TryQueue(OutputBuffer output)
    {
        if (_sent is not SendResult.Whole || loop.SendsNow) return false;
        (int start, int length) = (output.Start, (int)output.Length);

        if (_queued > 0)
        {
            // Two sends of one connection in one submission could overtake each other when the socket is full; but one can grow
            if (_queuedStart + _queued == start)
            {
                loop.Extend(_queuedEntry, length);
                _queued += length;
                output.SetAside();
                return true;
            }

            loop.Submit();
            if (_sent is not SendResult.Whole) return false;
            start = output.Start;
        }

        (_queuedStart, _queued) = (start, length);
        _queuedEntry = loop.Send(this, output, start, length);
        output.SetAside();
        return true;
    }

    protected override void Settle()
    {
        if (_queued > 0) loop.Submit();
        if (_sent is not SendResult.Whole) SettleFailed();
    }

    /// <summary>On submission: what was queued has been sent, but for what <see cref="NotSent"/> was told of.</summary>
    public void Sent() => _queued = 0;

    /// <summary>Of what was queued so much was sent, or an error. True: <see cref="SettleFailed"/> is to be called in a turn.</summary>
    public bool NotSent(int result)
    {
        if (IsClosed) return false;

        _sent = SendResult.Partial;
        int sent = Math.Max(result, 0);
        if (result < 0 && !IsFull(-result)) _sent = SendResult.Broken;
        else
        {
            try
            {
                TakeBack(Outgoing.AsideAt(_queuedStart + sent, _queued - sent));
            }
            catch (OutOfMemoryException)
            {
                _sent = SendResult.Broken;
            }
        }

        return true;
    }

    /// <summary>What is parked waits for the socket, or the connection is given up. In a turn.</summary>
    public void SettleFailed()
    {
        SendResult sent = _sent;
        _sent = SendResult.Whole;

        if (sent is SendResult.Broken) Broken();
        else if (sent is SendResult.Partial) BecameBlocked();
    }

    protected override void AwaitWritable()
    {
        if (IsClosed) return;

        // An edge may never come, since a send also ends early for other reasons than a full socket: asking anew tells how it stands
        if (_writableWaits > 0) loop.Cancel(this, RequestTag.Writable);
        _writableWaits++;
        loop.AwaitWritable(this);
    }

    protected override void Release(bool reset)
    {
        // The descriptor's number may be given to another connection at once: nothing that names it may be left behind
        if (loop.HasUnsubmitted(this)) loop.Submit();

        // What is asked for holds the socket, so closing the descriptor does not close it. A shutdown ends it, and the waits for input with it; edges would be waited for on
        // and on. A reset must not look like an end, so there all is canceled.
        if (!reset && (_input is not InputWait.None || _awaitsPeerGone || _writableWaits > 0)) shutdown(Descriptor, SHUT_RDWR);
        if (reset && _input is InputWait.Receiving or InputWait.Canceling) loop.Cancel(this, RequestTag.Receive);
        if (reset && _input is InputWait.Readable) loop.Cancel(this, RequestTag.Readable);
        if (_awaitsPeerGone) loop.Cancel(this, RequestTag.PeerGone);
        if (_writableWaits > 0) loop.Cancel(this, RequestTag.Writable);

        base.Release(reset);
    }
}
