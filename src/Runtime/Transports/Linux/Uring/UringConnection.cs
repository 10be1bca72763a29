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

    private bool _receiving, _canceling;        // a receive is asked for; it has been told to end
    private bool _receivesMuch;                 // by system calls
    private bool _awaitsReadable, _awaitsPeerGone, _awaitsWritable;
    private bool _endedUnread;                  // its end has been received while input was paused

    private int _queuedStart, _queued;          // bytes that lie aside in the loop's output
    private uint _queuedEntry;                  // the number of the entry that sends them
    private bool _sendFailed;                   // not all of them were sent: the rest is parked, or
    private bool _sendBroke;                    // the connection is broken

    /// <summary>Behind the last entry that names the descriptor.</summary>
    public uint LastEntry { get; set; }

    /// <summary>The first wait for input.</summary>
    public void Begin() => GoOn();

    // ---- completions -----------------------------------------------------------------------------------------------

    /// <summary>Of the receive: so many bytes, the end, or an error.</summary>
    public void Received(int result, bool more, ArraySegment<byte> bytes)
    {
        Loop.BeginTurn(this);
        if (!more) _receiving = _canceling = false;

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
                if (result == ReceiveBuffers.Size)
                {
                    _receivesMuch = true;
                    CancelReceive();
                }

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
        _awaitsReadable = false;
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
        if (!_receiving && !_awaitsReadable && (events < 0 || ((uint)events & (POLLERR | POLLHUP)) != 0)) Broken();
        else if (events > 0 && ((uint)events & POLLRDHUP) != 0) Protocol.PeerLeft();

        GoOn();
        EndTurn();
    }

    /// <summary>The socket takes bytes again, or another event that is always told: only this one counts, and errors, which sending finds.</summary>
    public void Drained(int events, bool more)
    {
        if (events == -ECANCELED) return;           // another has taken its place
        _awaitsWritable = more;
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
        }
        else GoOn();
    }

    private void Read()
    {
        ArraySegment<byte> target = ReceiveTarget();
        nint count;
        fixed (byte* start = &target.Array![target.Offset])
            count = recv(Descriptor, start, (nuint)target.Count, 0);

        if (count > 0)
        {
            if (count < Little) _receivesMuch = false;
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
        if (IsClosed || _receiving || _awaitsReadable) return;

        if (InputPaused || InputEnded || _endedUnread)
        {
            if (_awaitsPeerGone || (IsClosing && InputEnded)) return;
            _awaitsPeerGone = true;
            loop.AwaitPeerGone(this);
        }
        else if (_receivesMuch)
        {
            _awaitsReadable = true;
            loop.AwaitReadable(this);
        }
        else
        {
            _receiving = true;
            loop.Receive(this);
        }
    }

    private void CancelReceive()
    {
        if (!_receiving || _canceling) return;
        _canceling = true;
        loop.Cancel(this, UringLoop.Tag.Receive);
    }

    // ---- output ----------------------------------------------------------------------------------------------------

    protected override bool TryQueue(OutputBuffer output)
    {
        if (_sendFailed || loop.SendsNow) return false;
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
            if (_sendFailed) return false;
        }

        (_queuedStart, _queued) = (start, length);
        _queuedEntry = loop.Send(this, start, length);
        output.SetAside();
        return true;
    }

    protected override void Settle()
    {
        if (_queued > 0) loop.Submit();
        if (_sendFailed) SettleFailed();
    }

    /// <summary>On submission: what was queued has been sent, but for what <see cref="NotSent"/> was told of.</summary>
    public void Sent() => _queued = 0;

    /// <summary>Of what was queued so much was sent, or an error. True: <see cref="SettleFailed"/> is to be called in a turn.</summary>
    public bool NotSent(int result)
    {
        if (IsClosed) return false;

        _sendFailed = true;
        int sent = Math.Max(result, 0);
        if (result < 0 && !IsFull(-result)) _sendBroke = true;
        else
        {
            try
            {
                TakeBack(Loop.Output.AsideAt(_queuedStart + sent, _queued - sent));
            }
            catch (OutOfMemoryException)
            {
                _sendBroke = true;
            }
        }

        return true;
    }

    /// <summary>What is parked waits for the socket, or the connection is given up. In a turn.</summary>
    public void SettleFailed()
    {
        if (!_sendFailed) return;
        _sendFailed = false;

        if (_sendBroke) Broken();
        else BecameBlocked();
    }

    protected override void AwaitWritable()
    {
        if (IsClosed) return;

        // An edge may never come, since a send also ends early for other reasons than a full socket: asking anew tells how it stands
        if (_awaitsWritable) loop.Cancel(this, UringLoop.Tag.Writable);
        _awaitsWritable = true;
        loop.AwaitWritable(this);
    }

    protected override void Release(bool reset)
    {
        // The descriptor's number may be given to another connection at once: nothing that names it may be left behind
        if (loop.HasUnsubmitted(this)) loop.Submit();

        // What is asked for holds the socket, so closing the descriptor does not close it. A shutdown ends it, and the waits for input with it; edges would be waited for on
        // and on. A reset must not look like an end, so there all is canceled.
        if (!reset && (_receiving || _awaitsReadable || _awaitsPeerGone || _awaitsWritable)) shutdown(Descriptor, SHUT_RDWR);
        if (reset && _receiving) loop.Cancel(this, UringLoop.Tag.Receive);
        if (reset && _awaitsReadable) loop.Cancel(this, UringLoop.Tag.Readable);
        if (_awaitsPeerGone) loop.Cancel(this, UringLoop.Tag.PeerGone);
        if (_awaitsWritable) loop.Cancel(this, UringLoop.Tag.Writable);

        base.Release(reset);
    }
}
