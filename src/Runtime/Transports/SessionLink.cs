namespace Prebake.Transports;

/// <summary>
/// What a connection with a <see cref="Session"/> has beside others: output that has not been sealed yet. It is sealed only as fast as
/// the socket takes it, so that a large body under a slow reader stays where it lies and is not copied.
/// </summary>
internal sealed class SessionLink(Connection connection, Session session)
{
    // A hello with all its extensions is far below
    private const int MostWaiting = 64 << 10;

    // Sealed bytes that the peer has not taken: a turn's output is far below, since nothing is sealed for a full socket
    private const int MostUnread = 512 << 10;

    private enum Turn : byte
    {
        /// <summary>Input is opened as it comes.</summary>
        Free,

        /// <summary>It waits for a costly turn.</summary>
        Waiting,

        /// <summary>The same, and there is so much of it that no more is read.</summary>
        WaitingFull,

        /// <summary>What has waited is being opened.</summary>
        Opening,
    }

    private ParkedOutput? _unsealed;
    private PendingInput _waiting;          // wire bytes whose turn has yet to come
    private Turn _turn;
    private bool _saidFarewell;

    /// <summary>How many bytes wait to be sealed.</summary>
    public long Unsealed => _unsealed?.Length ?? 0;

    /// <summary>How many of them others send, too, from the same memory.</summary>
    public long UnsealedShared => _unsealed?.SharedLength ?? 0;

    /// <summary>Output waits for the session, which has to hear more from the peer first.</summary>
    public bool NeedsInput { get; private set; }

    /// <summary>Nothing has been opened yet.</summary>
    public bool IsNew { get; private set; } = true;

    /// <summary>
    /// Input has come that has not been opened to its end: what comes behind it has to wait, too, and so has the end.
    /// </summary>
    public bool IsWaiting => _turn is not Turn.Free;

    public bool OwnsNothing => _unsealed is null && _waiting.OwnsNothing;

    private OutputBuffer Sealed => connection.Loop.Sealed;

    /// <summary>Wire bytes in, plain bytes out to the connection.</summary>
    public void Open(ReadOnlySpan<byte> wire)
    {
        IsNew = false;
        if (_turn is not Turn.Free || session.IsCostly(wire)) Wait(wire);
        else OpenNow(wire);
    }

    /// <summary>The turn of what had to wait has come.</summary>
    public void OpenWaiting()
    {
        if (_turn is Turn.Free) return;

        bool wasFull = _turn is Turn.WaitingFull;
        _turn = Turn.Opening;
        if (wasFull) connection.InputPaused = false;        // the protocol has seen nothing yet: the pause is this one's

        // Taken out first: what follows may end the connection
        PendingInput waiting = _waiting;
        _waiting = default;
        OpenNow(waiting.Buffer.AsSpan(waiting.Start, waiting.Length));
        waiting.Release();
        _turn = Turn.Free;
        if (wasFull && !connection.InputPaused) connection.Continue();
    }

    private void Wait(ReadOnlySpan<byte> wire)
    {
        if (_turn is Turn.Free)
        {
            session.Waits();
            if (connection.IsClosed) return;
            connection.Loop.Costly.Wait(connection);
            _turn = Turn.Waiting;
        }

        _waiting.Append(wire);
        _waiting.Lengthen(wire.Length);
        if (_waiting.Length <= MostWaiting || _turn is Turn.WaitingFull) return;

        // The rest stays in the kernel: a client may send a large body right behind its part of the handshake
        _turn = Turn.WaitingFull;
        connection.InputPaused = true;
    }

    private void OpenNow(ReadOnlySpan<byte> wire)
    {
        byte[] plain = connection.Loop.PlainBuffer;

        // On its way out a connection wants nothing but what lets the last of its output leave
        while (!connection.IsClosing || (NeedsInput && !connection.IsClosed))
        {
            SessionStatus status = session.Open(wire, plain, out int used, out int written);
            wire = wire[used..];

            bool hasSpoken = Speak();
            if (written > 0) connection.Opened(new ArraySegment<byte>(plain, 0, written));

            if (status is not SessionStatus.Going)
            {
                if (status is SessionStatus.Broken) GiveUp();
                else if (!connection.IsClosing) connection.OpenedEnd();
                break;
            }

            // What has been said has made room: there may be more to say, or to read behind it
            if (hasSpoken) continue;
            if (written == 0 && wire.IsEmpty) break;
            if (written == 0 && used == 0)
                throw new InvalidOperationException("The session neither uses its input nor keeps it.");
        }

        SealMore();         // a handshake may have ended
    }

    // What has been said about it still leaves; everything else has nobody who could read it
    private void GiveUp()
    {
        Release();
        _saidFarewell = true;
        NeedsInput = false;
        connection.CloseAfterFlush(linger: true);
    }

    /// <summary>What a turn has gathered goes through the session, as far as the socket takes it.</summary>
    public void Seal(OutputBuffer output)
    {
        long sealedBytes = 0;
        if (!connection.IsBlocked && Unsealed == 0)
        {
            sealedBytes = output.IsPlain ? Seal(output.Plain) : SealJoined(output);
            Send();
        }

        if (connection.IsClosed || sealedBytes == output.Length) output.Clear();
        else output.MoveTo(_unsealed ??= new ParkedOutput(), sealedBytes);
    }

    /// <summary>The socket takes bytes again, or the session has got further.</summary>
    public void SealMore()
    {
        if (_unsealed is null) return;

        while (!connection.IsClosed && !connection.IsBlocked && _unsealed.TryPeek(out ReadOnlySpan<byte> next))
        {
            int used = Seal(next);
            if (used > 0) _unsealed.Advance(used);
            if (used < next.Length) break;
        }

        Send();
        if (_unsealed.IsEmpty) Release();
    }

    /// <summary>The connection closes. True when everything has been sealed and the farewell has been said.</summary>
    public bool TryFinish()
    {
        if (Unsealed > 0 || connection.IsClosed) return false;

        if (!_saidFarewell)
        {
            _saidFarewell = true;
            session.SayFarewell();
            Speak();
        }

        return true;
    }

    /// <summary>Gives back what waits.</summary>
    public void Release()
    {
        _waiting.Release();
        _unsealed?.Release();
        _unsealed = null;
    }

    /// <summary>The connection is gone, and nobody is at work in the session.</summary>
    public void Close()
    {
        Release();
        session.Closed();
    }

    // Of several segments only whole records are sealed where they lie; what is between them is joined, so that the head of an answer
    // and the beginning of its body are one record
    private long SealJoined(OutputBuffer output)
    {
        long total = 0;
        int joined = 0;
        Span<byte> join = connection.Loop.JoinBuffer;
        for (int i = 0; i < output.SegmentCount; i++)
        {
            ReadOnlySpan<byte> segment = output.SegmentAt(i);
            while (!segment.IsEmpty)
            {
                int count, used;
                if (joined > 0 || segment.Length < join.Length)
                {
                    count = Math.Min(segment.Length, join.Length - joined);
                    segment[..count].CopyTo(join[joined..]);
                    joined += count;
                    segment = segment[count..];
                    if (joined < join.Length) continue;

                    (count, joined) = (joined, 0);
                    used = Seal(join);
                }
                else
                {
                    count = segment.Length - (segment.Length % join.Length);
                    used = Seal(segment[..count]);
                    segment = segment[count..];
                }

                total += used;
                if (used < count) return total;
            }
        }

        return total + Seal(join[..joined]);
    }

    // How many bytes the session took. Fewer than all: the socket is full, the handshake has not ended, or the connection is gone
    private int Seal(ReadOnlySpan<byte> plain)
    {
        int total = 0;
        while (total < plain.Length)
        {
            if (!TryMakeRoom()) break;

            SessionStatus status = session.Seal(plain[total..], Sealed.GetSpan(session.Room), out int used, out int written);
            Sealed.Advance(written);
            total += used;

            if (status is SessionStatus.Broken) { connection.Abort(); break; }

            NeedsInput = used == 0;
            if (NeedsInput) break;
        }

        return total;
    }

    // Whether there was something to say. It leaves although the socket is full; who has much said and reads nothing is let go
    private bool Speak()
    {
        bool hasSpoken = false;
        while (TryMakeRoom(evenIfBlocked: true))
        {
            int written = session.Speak(Sealed.GetSpan(session.Room));
            if (written == 0) break;
            Sealed.Advance(written);
            hasSpoken = true;
        }

        Send();
        if (hasSpoken && connection.IsBlocked && connection.ParkedBytes > MostUnread) connection.Abort();
        return hasSpoken;
    }

    private bool TryMakeRoom(bool evenIfBlocked = false)
    {
        if (connection.IsClosed) return false;
        if (Sealed.Room >= session.Room) return true;

        Send();
        connection.Loop.MakeRoom();
        return !connection.IsClosed && (evenIfBlocked || !connection.IsBlocked);
    }

    private void Send()
    {
        if (!Sealed.IsEmpty) connection.SendSealed(Sealed);
    }
}
