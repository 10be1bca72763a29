using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;

namespace Prebake.Transports;

/// <summary>
/// One established connection, as a <see cref="Protocol"/> sees it: input that has not been used up, turns, output, a deadline, and the wish
/// to close. It belongs to one loop for life; unless a member says otherwise it is called on that loop only.
/// </summary>
/// <remarks>
/// Everything that may write happens in a <em>turn</em>: <see cref="Loop.BeginTurn"/> … <see cref="EndTurn"/>. Answers gather in the loop's
/// <see cref="OutputBuffer"/> and leave in one send when the turn ends. How they leave is the <see cref="Wire"/>'s, the lower half of the same
/// object; between both may stand a <see cref="Session"/>.
/// </remarks>
internal abstract class Connection(Loop loop) : Wire(loop)
{
    private PendingInput _pending;
    private SessionLink? _session;          // most have none, and pay one look at this field

    // The wheel's intrusive list.
    internal Connection? TimerNext, TimerPrevious;
    internal int TimerSlot = -1;
    internal long TimerTick;

    // The loop's list of its connections.
    internal int IndexInLoop = -1;

    /// <summary>What speaks on it. Set once, right after construction; later <see cref="SwitchTo"/>.</summary>
    public Protocol Protocol { get; set; } = null!;

    /// <summary>Bytes that have been written so far, whether the socket has taken them or not.</summary>
    public long BytesWritten => BytesSent + ParkedBytes + (_session?.Unsealed ?? 0) + (Loop.Output.Owner == this ? Loop.Output.Length : 0);

    /// <summary>Bytes that wait because the peer does not take them. From any thread, and then a moment's figure.</summary>
    public long WaitingBytes => ParkedBytes + (_session?.Unsealed ?? 0);

    /// <summary>How many of them are in memory once for many connections (<see cref="SharedBytes"/>). As above.</summary>
    public long WaitingSharedBytes => ParkedSharedBytes + (_session?.UnsealedShared ?? 0);

    /// <summary>What the peer has shown of itself inside a session; set before its protocol speaks.</summary>
    public PeerCertificate? PeerCertificate { get; set; }

    /// <summary>Which hosts its requests may be for; null for all. Set before its protocol speaks.</summary>
    public PeerHosts? Hosts { get; set; }

    /// <summary>Whom a proxy has named as the peer before the protocol began; null for the peer itself.</summary>
    public ProxiedPeer? Proxied { get; set; }

    /// <summary>The peer's address as far as anybody knows it: what a proxy has said of it, or else the socket.</summary>
    public IPEndPoint? Peer => Proxied is { } proxied ? proxied.EndPoint : RemoteEndPoint;

    /// <summary>Its client is of this process and speaks in plain: there is no wire to protect.</summary>
    public virtual bool IsWithinProcess => false;

    /// <summary>Nothing has arrived that has not been used.</summary>
    public bool HasNoPendingInput => _pending.Length == 0;

    /// <summary>Files can be sent by the kernel alone, so not through a session.</summary>
    public bool CanSendFile => HasSendFile && _session is null;

    /// <summary>No memory is held for it beside this object, as must be while it is idle. For tests.</summary>
    internal override bool OwnsNothing => base.OwnsNothing && _pending.OwnsNothing && _session is null or { OwnsNothing: true };

    /// <summary>Offers the input that was left over again, and reads on. Called in a turn, after the protocol has become able to go on.</summary>
    public void Continue()
    {
        if (IsClosed) return;

        InputPaused = false;
        if (_pending.Length > 0 && !IsClosing) Offer(_pending.Buffer, _pending.Start, _pending.Length, isPending: true);
        if (IsClosed) return;

        if (!InputPaused) TellEndOfInput();
        if (!InputPaused && !InputEnded && !IsClosed) StartReading();
    }

    /// <summary>
    /// From here on another protocol speaks: an upgrade, or what the first bytes or ALPN have chosen. In a turn; the old protocol returns
    /// and touches the connection no more. Input that it has not used goes to the new one: at once if the old one is being offered it
    /// (<see cref="Protocol.Receive"/>), else when the turn has ended. So do all later calls; the deadline stays until the new one sets its own.
    /// </summary>
    public void SwitchTo(Protocol next)
    {
        Protocol = next;
        InputPaused = false;

        // Costs nothing where nobody switches. While input is being offered, Offer goes on with the rest, and little is left to do here
        Loop.Post(static state => ((Connection)state!).GoOnAfterSwitch(), this);
    }

    /// <summary>
    /// Puts a session between the protocol and the wire. In a turn; before anything has been received, or while a protocol that switches is
    /// being offered input: what it has not used is the session's.
    /// </summary>
    public void UseSession(Session session)
    {
        Debug.Assert(_session is null);

        Flush();
        Settle();
        _session = new SessionLink(this, session);
    }

    /// <summary>Ends a turn: sends what was gathered and carries out a close that was asked for.</summary>
    public void EndTurn()
    {
        Flush();
        if (IsClosing) EndClosingTurn();
        Loop.LeaveTurn(this);
    }

    /// <summary>Sends what the turn has gathered so far; what the socket does not take is parked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]          // each turn ends with it
    public void Flush()
    {
        OutputBuffer output = Loop.Output;
        if (output.IsEmpty) return;

        if (_session is null) Send(output);
        else FlushThrough(_session, output);
    }

    /// <summary>The server stops. Called in a turn.</summary>
    public void Drain()
    {
        if (IsLingering) ShortenLingering();
        else Protocol.Drain();
    }

    /// <summary>What <see cref="CostlyTurns"/> has kept waiting. In a turn.</summary>
    internal void GoOnWaiting()
    {
        _session?.OpenWaiting();
        if (!IsClosed) TellEndOfInput();
    }

    internal void DeadlinePassed()
    {
        if (IsLingering) EndLingering();
        else if (!IsClosed) Protocol.TimedOut();
    }

    // ---- events, from the transport --------------------------------------------------------------------------------

    /// <summary>Where the next read goes: the loop's buffer, or behind what is pending.</summary>
    protected ArraySegment<byte> ReceiveTarget() =>
        _pending.Length == 0 || IsClosing || _session is not null ? Loop.ReceiveBuffer : _pending.Room();

    /// <summary>A read brought <paramref name="count"/> bytes into <see cref="ReceiveTarget"/>. Called in a turn.</summary>
    protected void Received(ArraySegment<byte> target, int count)
    {
        Debug.Assert(count > 0);

        if (IsClosing || _session is not null) ReceivedBySession(target.AsSpan(0, count));
        else if (_pending.Length == 0) Offer(target.Array!, target.Offset, count, isPending: false);
        else Offer(_pending.Buffer, _pending.Start, _pending.Length + count, isPending: true);
    }

    // Or by nobody, on the way out
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReceivedBySession(ReadOnlySpan<byte> bytes)
    {
        if (IsClosing && !NeedsInput) Discarded(bytes.Length);
        else _session!.Open(bytes);
    }

    /// <summary>A read brought bytes that lie where the next read will overwrite them, and not in <see cref="ReceiveTarget"/>. Called in a turn.</summary>
    protected void ReceivedAt(ArraySegment<byte> bytes)
    {
        if (_pending.Length > 0 && !IsClosing && _session is null) _pending.Append(bytes);
        Received(bytes, bytes.Count);
    }

    /// <summary>The same while input is paused: kept until <see cref="Continue"/>. Called in a turn.</summary>
    protected void Keep(ReadOnlySpan<byte> bytes)
    {
        if (IsClosing || _session is not null) ReceivedBySession(bytes);
        else
        {
            _pending.Append(bytes);
            _pending.Lengthen(bytes.Length);
        }
    }

    /// <summary>The peer has finished sending. Called in a turn.</summary>
    protected void ReceivedEnd()
    {
        if (InputEnded || IsClosed) return;
        InputEnded = true;

        if (IsLingering) EndLingering();
        else TellEndOfInput();
    }

    // ---- events, from the session ----------------------------------------------------------------------------------

    /// <summary>What came from the wire means these bytes.</summary>
    internal void Opened(ArraySegment<byte> plain)
    {
        if (IsClosing) return;

        if (!InputPaused && _pending.Length == 0)
        {
            Offer(plain.Array!, plain.Offset, plain.Count, isPending: false);
            return;
        }

        _pending.Append(plain);
        if (InputPaused) _pending.Lengthen(plain.Count);
        else Offer(_pending.Buffer, _pending.Start, _pending.Length + plain.Count, isPending: true);
    }

    /// <summary>The peer has said that it has finished sending.</summary>
    internal void OpenedEnd() => ReceivedEnd();

    internal void SendSealed(OutputBuffer output) => Send(output);

    // ---- from the wire ---------------------------------------------------------------------------------------------

    protected sealed override void OnBlocked() => Protocol.OutputBlocked();

    protected sealed override void OnDrained()
    {
        _session?.SealMore();
        if (!IsClosing && !IsBlocked) Protocol.OutputDrained();
    }

    protected sealed override void OnClosed()
    {
        Loop.Remove(this);
        Protocol.Closed();
    }

    protected sealed override void DropInput() => _pending.Release();

    protected sealed override bool TryHandOver() => _session is null || _session.TryFinish();

    protected sealed override bool NeedsInput => _session is { NeedsInput: true };

    /// <summary>The output of the loop's that leaves over the wire.</summary>
    protected OutputBuffer Outgoing => _session is null ? Loop.Output : Loop.Sealed;

    protected sealed override void ReleaseMemory()
    {
        base.ReleaseMemory();
        _session?.Close();
        _session = null;
    }

    // ----------------------------------------------------------------------------------------------------------------

    private void Offer(byte[] buffer, int start, int length, bool isPending)
    {
        Protocol protocol = Protocol;
        int used = protocol.Receive(buffer, start, length);
        if (Protocol != protocol)
        {
            used = OfferToNext(buffer, start, length, used);
            if (used < 0) return;
        }

        if (IsClosed) return;

        if (used == length || IsClosing) _pending.Release();
        else if (isPending) _pending.Use(used, length);
        else _pending.Keep(buffer.AsSpan(start + used, length - used));
    }

    private void FlushThrough(SessionLink session, OutputBuffer output)
    {
        if (IsClosed || IsLingering) output.Clear();
        else session.Seal(output);
    }

    // The protocol has handed over to another in the middle of its input. Negative: to a session, which keeps what it needs by itself
    private int OfferToNext(byte[] buffer, int start, int length, int used)
    {
        Protocol protocol;
        do
        {
            InputPaused = false;            // whatever the old one has left behind
            if (IsClosing || used == length) break;
            if (_session is { IsNew: true })
            {
                OfferToSession(buffer.AsSpan(start + used, length - used));
                return -1;
            }

            protocol = Protocol;
            used += protocol.Receive(buffer, start + used, length - used);
        }
        while (Protocol != protocol);

        return used;
    }

    // The input may lie in what is pending, where the session's own results go
    private void OfferToSession(ReadOnlySpan<byte> bytes)
    {
        byte[] wire = bytes.ToArray();
        _pending.Release();
        _session!.Open(wire);
    }

    private void GoOnAfterSwitch()
    {
        if (IsClosed || InputPaused) return;

        Loop.BeginTurn(this);
        Continue();
        EndTurn();
    }

    // Told at once, so that a handler's token fires, and again when what came before the end has been used up. What a session has yet to open
    // comes before it, too (GoOnWaiting tells it behind that), and so does what it has opened and nobody has taken yet
    private void TellEndOfInput()
    {
        if (!InputEnded || IsClosing || _session is { IsWaiting: true }) return;

        if (InputPaused && _pending.Length > 0) Protocol.PeerLeft();
        else Protocol.EndOfInput();
    }
}
