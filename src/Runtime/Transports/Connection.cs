using System.Diagnostics;
using System.Net;

namespace Prebake.Transports;

/// <summary>
/// One established connection: input that has not been used up, output that the socket has not taken, and the deadline. It belongs to
/// one loop for life; unless a member says otherwise it is called on that loop only.
/// </summary>
/// <remarks>
/// Everything that may write happens in a <em>turn</em>: <see cref="Loop.BeginTurn"/> … <see cref="EndTurn"/>. Answers gather in the loop's
/// <see cref="OutputBuffer"/> and leave in one send when the turn ends. A derived class supplies the system calls.
/// </remarks>
internal abstract class Connection
{
    // A partial head starts in a small buffer, since most attackers and no browsers send one. 2,000 of them are to cost less than 4 KiB each (RELIABILITY 14).
    private const int FirstPendingSize = 1 << 10;

    private byte[]? _pending;
    private int _pendingStart;
    private int _pendingLength;
    private bool _endOfInput;
    private CloseState _close;
    private int _lingerBudget;
    private bool _fileBlocked;              // the socket is full in the middle of a file
    private ParkedOutput? _parked;          // most sockets always take everything

    protected Connection(Loop loop) => Loop = loop;

    private enum CloseState : byte { Open, AfterFlush, LingerAfterFlush, Lingering, Closed }

    public Loop Loop { get; }

    /// <summary>Set once, right after construction.</summary>
    public Protocol Protocol { get; set; } = null!;

    /// <summary>Told once, when the connection is gone.</summary>
    public Action? Ended { get; set; }

    /// <summary>The peer's address, or null where it has none.</summary>
    public abstract IPEndPoint? RemoteEndPoint { get; }

    /// <summary>When <see cref="Protocol.TimedOut"/> is due, in <see cref="Loop.Now"/>'s milliseconds. May be set at any time in a turn: it costs one store.</summary>
    public long Deadline = long.MaxValue;

    // The wheel's intrusive list.
    internal Connection? TimerNext, TimerPrevious;
    internal int TimerSlot = -1;
    internal long TimerTick;

    // The loop's list of its connections.
    internal int IndexInLoop = -1;

    /// <summary>The socket does not take more at the moment; a protocol then answers no further requests.</summary>
    public bool IsBlocked => _fileBlocked || _parked is { IsEmpty: false };

    public bool IsClosed => _close is CloseState.Closed;

    /// <summary>No more input is wanted: the connection closes once its output is gone.</summary>
    public bool IsClosing => _close is not CloseState.Open;

    /// <summary>Bytes that the socket has taken so far; progress, for the protocol's time-outs.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Bytes that have been written so far, whether the socket has taken them or not.</summary>
    public long BytesWritten => BytesSent + (_parked?.Length ?? 0) + (Loop.Output.Owner == this ? Loop.Output.Length : 0);

    /// <summary>No memory is held for it beside this object, as must be while it is idle. For tests.</summary>
    internal virtual bool OwnsNothing => _pending is null && _parked is null;

    /// <summary>The peer has sent FIN.</summary>
    public bool InputEnded => _endOfInput;

    /// <summary>Nothing has arrived that has not been used.</summary>
    public bool HasNoPendingInput => _pendingLength == 0;

    /// <summary>
    /// The protocol cannot use input now. What has arrived stays; nothing more is read, so memory is bounded (set by the protocol).
    /// </summary>
    public bool InputPaused { get; set; }

    /// <summary>
    /// Closes when everything written has been taken by the socket. With <paramref name="linger"/>, sending is shut down first and input is
    /// read and thrown away for a moment, so that a peer that is still sending gets to read the answer instead of a reset.
    /// </summary>
    public void CloseAfterFlush(bool linger)
    {
        if (_close is CloseState.Open) _close = linger ? CloseState.LingerAfterFlush : CloseState.AfterFlush;
    }

    /// <summary>Cuts the connection: what is parked is lost and the peer sees a reset.</summary>
    public void Abort()
    {
        if (_close is CloseState.Closed) return;
        Finish(reset: true);
    }

    /// <summary>Offers the input that was left over again, and reads on. Called in a turn, after the protocol has become able to go on.</summary>
    public void Continue()
    {
        if (IsClosed) return;

        InputPaused = false;
        if (_pendingLength > 0 && !IsClosing) Offer(_pending!, _pendingStart, _pendingLength, isPending: true);
        if (IsClosed) return;

        if (!InputPaused) TellEndOfInput();
        if (!InputPaused && !_endOfInput && !IsClosed) StartReading();
    }

    /// <summary>Ends a turn: sends what was gathered and carries out a close that was asked for.</summary>
    public void EndTurn()
    {
        Flush();
        if (_close is not CloseState.Open) EndClosingTurn();
        Loop.LeaveTurn(this);
    }

    private void EndClosingTurn()
    {
        if (_close is CloseState.AfterFlush or CloseState.LingerAfterFlush)
        {
            Settle();
            if (!IsBlocked && !IsClosed) CloseNow();
        }

        // Not where it was closed, since the protocol may have been at work on these very bytes
        if (IsClosed) ReleaseMemory();
    }

    /// <summary>Sends what the turn has gathered so far; what the socket does not take is parked.</summary>
    public void Flush()
    {
        OutputBuffer output = Loop.Output;
        if (output.IsEmpty) return;

        if (IsClosed || _close is CloseState.Lingering) { output.Clear(); return; }

        if (!IsBlocked && output.IsPlain)
        {
            int length = (int)output.Length;
            if (TryQueue(output)) { BytesSent += length; return; }
        }

        Settle();
        if (IsClosed) { output.Clear(); return; }

        if (IsBlocked)
        {
            output.MoveTo(Parked, skip: 0);
            return;
        }

        long sent = output.IsPlain ? TrySend(output.Plain) : TrySendSegments(output);
        if (sent < 0) { output.Clear(); Finish(reset: true); return; }

        BytesSent += sent;
        if (sent == output.Length) { output.Clear(); return; }

        output.MoveTo(Parked, sent);
        BecameBlocked();
    }

    /// <summary>The kernel can send a file without its bytes passing through this process.</summary>
    public virtual bool CanSendFile => false;

    /// <summary>
    /// Sends a part of a file. Everything written before must have been flushed. Fewer bytes than asked for: the socket is full, and
    /// <see cref="Protocol.OutputDrained"/> will be called; or, if not <see cref="IsBlocked"/>, the file has ended. −1: the connection is broken.
    /// </summary>
    public long SendFile(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, long count)
    {
        Settle();
        if (IsClosed) return -1;
        if (IsBlocked) return 0;

        long total = 0;
        while (total < count)
        {
            long sent = TrySendFile(file, offset + total, count - total, out bool full);
            if (sent < 0) { Finish(reset: true); return -1; }

            total += sent;
            BytesSent += sent;
            if (full)
            {
                _fileBlocked = true;
                BecameBlocked();
                break;
            }

            if (sent == 0) break;
        }

        return total;
    }

    // ---- what a derived class supplies -----------------------------------------------------------------------------

    /// <summary>
    /// Takes over a plain output that is to be sent with the loop's next system call, or declines. Until then it counts as sent: <see cref="Settle"/> tells.
    /// </summary>
    protected virtual bool TryQueue(OutputBuffer output) => false;

    /// <summary>Has what <see cref="TryQueue"/> took sent now; what the socket did not take is parked, and a broken connection is closed. In a turn.</summary>
    protected virtual void Settle() { }

    /// <summary>Sends without waiting. Bytes taken (0 when the socket is full), or −1 when the connection is broken.</summary>
    protected abstract long TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>The same from a file, for a class that <see cref="CanSendFile"/>. 0 and not <paramref name="full"/> at the end of the file.</summary>
    protected virtual long TrySendFile(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, long count, out bool full) => throw new NotSupportedException();

    /// <summary>Calls <see cref="Writable"/> when the socket takes bytes again.</summary>
    protected abstract void AwaitWritable();

    /// <summary>Resumes reading; <see cref="Received"/> is called with what comes. No effect when reading already.</summary>
    protected abstract void StartReading();

    /// <summary>Tells the peer that nothing more will be sent.</summary>
    protected abstract void ShutdownSend();

    /// <summary>Gives the descriptor back. With <paramref name="reset"/> the peer sees RST rather than FIN.</summary>
    protected abstract void Release(bool reset);

    // ---- events, from the derived class ----------------------------------------------------------------------------

    /// <summary>Where the next read goes: the loop's buffer, or behind what is pending. Null when input is paused.</summary>
    protected ArraySegment<byte> ReceiveTarget()
    {
        if (_pendingLength == 0 || _close is CloseState.Lingering) return Loop.ReceiveBuffer;

        if (_pendingStart + _pendingLength == _pending!.Length)
        {
            byte[] larger = _pendingStart > _pending.Length / 2 ? _pending : Buffers.Rent(_pending.Length * 2);
            _pending.AsSpan(_pendingStart, _pendingLength).CopyTo(larger);
            if (larger != _pending) Buffers.Return(_pending);
            _pending = larger;
            _pendingStart = 0;
        }

        int end = _pendingStart + _pendingLength;
        return new ArraySegment<byte>(_pending, end, _pending.Length - end);
    }

    /// <summary>A read brought <paramref name="count"/> bytes into <see cref="ReceiveTarget"/>. Called in a turn.</summary>
    protected void Received(ArraySegment<byte> target, int count)
    {
        Debug.Assert(count > 0);

        switch (_close)
        {
            case CloseState.Open: break;
            case CloseState.Lingering:
                _lingerBudget -= count;
                if (_lingerBudget <= 0) Finish(reset: true);
                return;
            default: return;            // on its way out: nothing more is wanted
        }

        if (_pendingLength == 0) Offer(target.Array!, target.Offset, count, isPending: false);
        else Offer(_pending!, _pendingStart, _pendingLength + count, isPending: true);
    }

    /// <summary>A read brought bytes that lie where the next read will overwrite them, and not in <see cref="ReceiveTarget"/>. Called in a turn.</summary>
    protected void ReceivedAt(ArraySegment<byte> bytes)
    {
        if (_pendingLength == 0 || _close is not CloseState.Open) { Received(bytes, bytes.Count); return; }

        Received(AppendPending(bytes), bytes.Count);
    }

    /// <summary>The same while input is paused: kept until <see cref="Continue"/>. Called in a turn.</summary>
    protected void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_close is not CloseState.Open) return;

        AppendPending(bytes);
        _pendingLength += bytes.Length;
    }

    /// <summary>The peer has finished sending. Called in a turn.</summary>
    protected void ReceivedEnd()
    {
        if (_endOfInput || IsClosed) return;
        _endOfInput = true;

        if (_close is CloseState.Lingering) { Finish(reset: false); return; }

        TellEndOfInput();
    }

    /// <summary>Of what is parked in front, so much has been sent. Called in a turn, before <see cref="Writable"/>.</summary>
    protected void SentParked(int count)
    {
        BytesSent += count;
        Parked.Advance(count);
    }

    /// <summary>What the socket did not take, from the front.</summary>
    protected bool TryPeekParked(out ReadOnlySpan<byte> next)
    {
        next = default;
        return _parked is not null && _parked.TryPeek(out next);
    }

    /// <summary>The socket takes bytes again. Called in a turn.</summary>
    protected void Writable()
    {
        if (IsClosed) return;

        _fileBlocked = false;
        while (TryPeekParked(out ReadOnlySpan<byte> next))
        {
            long sent = TrySend(next);
            if (sent < 0) { Finish(reset: true); return; }

            BytesSent += sent;
            _parked!.Advance((int)sent);
            if (sent < next.Length) { AwaitWritable(); return; }
        }

        ReleaseParked();
        if (_close is CloseState.Open) Protocol.OutputDrained();
    }

    /// <summary>Of what <see cref="TryQueue"/> took, these last bytes were not sent after all. <see cref="BecameBlocked"/> follows, perhaps later.</summary>
    protected void TakeBack(ReadOnlySpan<byte> bytes)
    {
        BytesSent -= bytes.Length;
        Parked.Copy(bytes);
    }

    /// <summary>The socket is full, and output is parked.</summary>
    protected void BecameBlocked()
    {
        AwaitWritable();
        Protocol.OutputBlocked();
    }

    /// <summary>The connection broke (reset, error). Called in a turn.</summary>
    protected void Broken() => Finish(reset: true);

    internal void DeadlinePassed()
    {
        if (_close is CloseState.Lingering) Finish(reset: false);
        else if (!IsClosed) Protocol.TimedOut();
    }

    // ----------------------------------------------------------------------------------------------------------------

    private ParkedOutput Parked => _parked ??= new ParkedOutput();

    private void Offer(byte[] buffer, int start, int length, bool isPending)
    {
        int used = Protocol.Receive(buffer, start, length);
        if (IsClosed) return;

        int left = IsClosing ? 0 : length - used;

        if (left == 0) ReleasePending();
        else if (isPending)
        {
            _pendingStart = start + used;
            _pendingLength = left;
        }
        else
        {
            _pending = Buffers.Rent(Math.Max(left, FirstPendingSize));
            buffer.AsSpan(start + used, left).CopyTo(_pending);
            _pendingStart = 0;
            _pendingLength = left;
        }
    }

    // Copied behind what is pending, and not counted yet
    private ArraySegment<byte> AppendPending(ReadOnlySpan<byte> bytes)
    {
        int end = _pendingStart + _pendingLength;
        if (_pending is null || _pending.Length - end < bytes.Length)
        {
            byte[] larger = Buffers.Rent(Math.Max(Math.Max(_pendingLength + bytes.Length, _pendingLength * 2), FirstPendingSize));
            if (_pending is not null)
            {
                _pending.AsSpan(_pendingStart, _pendingLength).CopyTo(larger);
                Buffers.Return(_pending);
            }

            (_pending, _pendingStart, end) = (larger, 0, _pendingLength);
        }

        bytes.CopyTo(_pending.AsSpan(end));
        return new ArraySegment<byte>(_pending, end, bytes.Length);
    }

    // Told at once, so that a handler's token fires, and again when what was pipelined before the FIN has been used up.
    private void TellEndOfInput()
    {
        if (_endOfInput && _close is CloseState.Open) Protocol.EndOfInput();
    }

    private void CloseNow()
    {
        // Nothing can be lost by closing at once if the peer has nothing more to send.
        if (_close is CloseState.AfterFlush || _endOfInput) { Finish(reset: false); return; }

        // RFC 9112 section 9.6: close in stages, or unread input makes the kernel send a reset that may destroy the answer
        // before the peer has read it. 256 KiB or two seconds, whatever is used up first.
        _close = CloseState.Lingering;
        _lingerBudget = 256 << 10;
        InputPaused = false;
        ShutdownSend();
        Loop.SetDeadline(this, Loop.Now + 2_000);
        StartReading();
    }

    private void Finish(bool reset)
    {
        if (_close is CloseState.Closed) return;
        _close = CloseState.Closed;

        if (Loop.Output.Owner != this) ReleaseMemory();         // else at the end of the turn
        Loop.Remove(this);
        Release(reset);
        try
        {
            Protocol.Closed();
        }
        finally
        {
            Ended?.Invoke();
        }
    }

    private void ReleaseMemory()
    {
        ReleasePending();
        ReleaseParked();
    }

    private void ReleaseParked()
    {
        _parked?.Release();
        _parked = null;
    }

    private void ReleasePending()
    {
        _pendingLength = 0;
        if (_pending is null) return;
        Buffers.Return(_pending);
        _pending = null;
        _pendingStart = 0;
    }

    /// <summary>The same for a gathered output with references. Here: one send each; better in one call.</summary>
    protected virtual long TrySendSegments(OutputBuffer output)
    {
        long total = 0;

        for (int i = 0; i < output.SegmentCount; i++)
        {
            ReadOnlySpan<byte> segment = output.SegmentAt(i);
            long sent = TrySend(segment);
            if (sent < 0) return sent;

            total += sent;
            if (sent < segment.Length) break;
        }

        return total;
    }
}
