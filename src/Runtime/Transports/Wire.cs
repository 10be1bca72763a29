using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Prebake.Transports;

/// <summary>
/// The lower half of a <see cref="Connection"/>: bytes that leave, wait or are given up, files, and the close in its stages. It knows
/// nothing of protocols and turns. A transport derives from the connection and supplies the system calls that are abstract here.
/// </summary>
internal abstract class Wire
{
    private ParkedOutput? _parked;          // only while the socket takes no more; most always take everything
    private Lingering? _lingering;
    private CloseStage _stage;
    private bool _fileBlocked;              // the socket is full in the middle of a file

    protected Wire(Loop loop) => Loop = loop;

    public Loop Loop { get; }

    /// <summary>Told once, when the connection is gone.</summary>
    public Action? Ended { get; set; }

    /// <summary>The peer's address, or null where it has none. From any thread, also when the connection is gone.</summary>
    public abstract IPEndPoint? RemoteEndPoint { get; }

    /// <summary>When time is up, in <see cref="Loop.Now"/>'s milliseconds. May be set at any time in a turn: it costs one store.</summary>
    public long Deadline = long.MaxValue;

    /// <summary>The socket does not take more at the moment; a protocol then answers no further requests.</summary>
    public bool IsBlocked
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]          // asked some times for each request
        get => _fileBlocked || _parked is not null;
    }

    public bool IsClosed => _stage is CloseStage.Closed;

    /// <summary>No more input is wanted: the connection closes once its output is gone.</summary>
    public bool IsClosing => _stage is not CloseStage.Open;

    /// <summary>Bytes that the socket has taken so far; progress, for the protocol's time-outs.</summary>
    public long BytesSent { get; private set; }

    /// <summary>The peer has sent FIN.</summary>
    public bool InputEnded { get; protected set; }

    /// <summary>
    /// The protocol cannot use input now. What has arrived stays; nothing more is read, so memory is bounded (set by the protocol).
    /// </summary>
    public bool InputPaused { get; set; }

    /// <summary>
    /// Closes when everything written has been taken by the socket. With <paramref name="linger"/>, sending is shut down first and input
    /// is read and thrown away for a while (<see cref="Lingering"/>), so that a peer that is still sending gets to read the response
    /// instead of a reset.
    /// </summary>
    public void CloseAfterFlush(bool linger)
    {
        if (_stage is CloseStage.Open) _stage = linger ? CloseStage.LingerAfterFlush : CloseStage.AfterFlush;
    }

    /// <summary>
    /// Closes a connection on which nothing is asked. What it has been sent may be on its way still, and a reset would
    /// destroy that if the peer asks again meanwhile, so it lingers. While the server stops it does so only if something
    /// is on its way: an idle peer is not waited for. In a turn.
    /// </summary>
    public void CloseIdle()
    {
        Settle();
        CloseAfterFlush(linger: BytesSent > 0 && !InputEnded && (!Loop.IsDraining || HasBytesOnTheWay));
    }

    /// <summary>Cuts the connection: what is parked is lost and the peer sees a reset.</summary>
    public void Abort() => Finish(reset: true);

    /// <summary>
    /// Sends a part of a file. Everything written before must have been flushed. Fewer bytes than asked for: the socket is full, and
    /// <see cref="Protocol.OutputDrained"/> will be called; or, if not <see cref="IsBlocked"/>, the file has ended. −1: the connection is broken.
    /// </summary>
    public long SendFile(SafeFileHandle file, long offset, long count)
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

    // ---- what a transport supplies ---------------------------------------------------------------------------------

    /// <summary>
    /// Takes over a plain output that is to be sent with the loop's next system call, or declines. Until then it counts as sent: <see cref="Settle"/> tells.
    /// </summary>
    protected virtual bool TryQueue(OutputBuffer output) => false;

    /// <summary>Has what <see cref="TryQueue"/> took sent now; what the socket did not take is parked, and a broken connection is closed. In a turn.</summary>
    protected virtual void Settle() { }

    /// <summary>Sends without waiting. Bytes taken (0 when the socket is full), or −1 when the connection is broken.</summary>
    protected abstract long TrySend(ReadOnlySpan<byte> bytes);

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

    /// <summary>The kernel can send a file without its bytes passing through this process.</summary>
    protected virtual bool HasSendFile => false;

    /// <summary>The same from a file, for a class that <see cref="HasSendFile"/>. 0 and not <paramref name="full"/> at the end of the file.</summary>
    protected virtual long TrySendFile(SafeFileHandle file, long offset, long count, out bool full) => throw new NotSupportedException();

    /// <summary>Calls <see cref="Writable"/> when the socket takes bytes again.</summary>
    protected abstract void AwaitWritable();

    /// <summary>Resumes reading; what comes is told to the connection. No effect when reading already.</summary>
    protected abstract void StartReading();

    /// <summary>Tells the peer that nothing more will be sent.</summary>
    protected abstract void ShutdownSend();

    /// <summary>The peer has not confirmed all that was sent, as far as the system can tell.</summary>
    protected virtual bool HasBytesOnTheWay => false;

    /// <summary>Gives the descriptor back. With <paramref name="reset"/> the peer sees RST rather than FIN.</summary>
    protected abstract void Release(bool reset);

    // ---- what the connection is told -------------------------------------------------------------------------------

    /// <summary>The socket is full, and output is parked.</summary>
    protected abstract void OnBlocked();

    /// <summary>The socket has taken all that was parked.</summary>
    protected abstract void OnDrained();

    /// <summary>The connection is gone.</summary>
    protected abstract void OnClosed();

    /// <summary>Input is wanted no more: what waits is given back.</summary>
    protected abstract void DropInput();

    /// <summary>Hands the last of what was written to <see cref="Send"/>, as far as that is possible. True: that was all.</summary>
    protected abstract bool TryHandOver();

    /// <summary>Not all can be handed over before more has come.</summary>
    protected abstract bool NeedsInput { get; }

    // ---- events, from the transport --------------------------------------------------------------------------------

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
        OnDrained();
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
        OnBlocked();
    }

    /// <summary>The connection broke (reset, error). Called in a turn.</summary>
    protected void Broken() => Finish(reset: true);

    // ---- between connection and wire -------------------------------------------------------------------------------

    protected bool IsLingering => _stage is CloseStage.Lingering;

    /// <summary>What comes is thrown away, and need not even be copied out of the kernel.</summary>
    protected bool DiscardsInput => _stage is CloseStage.Lingering || (_stage is CloseStage.LingerAfterFlush && !NeedsInput);

    /// <summary>Bytes that wait for the socket.</summary>
    internal long ParkedBytes => _parked?.Length ?? 0;

    /// <summary>How many of them others send, too, from the same memory.</summary>
    protected long ParkedSharedBytes => _parked?.SharedLength ?? 0;

    /// <summary>Sends what has been gathered and empties it; what the socket does not take is parked.</summary>
    protected void Send(OutputBuffer output)
    {
        if (_stage >= CloseStage.Lingering) { output.Clear(); return; }

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

    /// <summary>A turn of a connection that is on its way out has ended: one stage further, if it is time.</summary>
    protected void EndClosingTurn()
    {
        if (_stage is CloseStage.AfterFlush or CloseStage.LingerAfterFlush)
        {
            bool done = TryHandOver();
            Settle();
            if (done && !IsBlocked && !IsClosed) CloseNow();
            else if (_stage is CloseStage.LingerAfterFlush) Discard();
        }

        // Not where it was closed, since a protocol or a session may have been at work on these very bytes
        if (IsClosed) ReleaseMemory();
    }

    /// <summary>Input came that nobody wants.</summary>
    protected void Discarded(int count)
    {
        if (!DiscardsInput) return;

        _lingering ??= new Lingering(Loop.Now);
        if (!_lingering.TryTake(count)) Finish(reset: true);
        else if (_stage is CloseStage.Lingering) Deadline = _lingering.Deadline(Loop.Now);
    }

    /// <summary>The peer has finished, or time is up: what should be read has been.</summary>
    protected void EndLingering() => Finish(reset: false);

    /// <summary>The server stops while this connection lingers.</summary>
    protected void ShortenLingering()
    {
        _lingering!.Shorten(Loop.Now);
        Deadline = _lingering.Deadline(Loop.Now);
    }

    protected virtual void ReleaseMemory()
    {
        DropInput();
        ReleaseParked();
    }

    private ParkedOutput Parked => _parked ??= new ParkedOutput();

    internal virtual bool OwnsNothing => _parked is null;

    private void CloseNow()
    {
        // Nothing can be lost by closing at once if the peer has nothing more to send.
        if (_stage is CloseStage.AfterFlush || InputEnded) { Finish(reset: false); return; }

        _stage = CloseStage.Lingering;
        ShutdownSend();
        _lingering ??= new Lingering(Loop.Now);
        if (Loop.IsDraining) _lingering.Shorten(Loop.Now);
        Deadline = _lingering.Deadline(Loop.Now);
        Discard();
    }

    // A peer that reads only when it has sent everything would wait for us for ever, were its bytes not taken
    private void Discard()
    {
        DropInput();
        InputPaused = false;
        if (!InputEnded && !IsClosed) StartReading();
    }

    private void Finish(bool reset)
    {
        if (_stage is CloseStage.Closed) return;
        _stage = CloseStage.Closed;

        if (Loop.Output.Owner != this) ReleaseMemory();         // else at the end of the turn
        Release(reset);
        try
        {
            OnClosed();
        }
        finally
        {
            Ended?.Invoke();
        }
    }

    private void ReleaseParked()
    {
        _parked?.Release();
        _parked = null;
    }
}
