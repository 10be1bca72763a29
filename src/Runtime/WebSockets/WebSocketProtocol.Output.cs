using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Prebake.Transports;

namespace Prebake.WebSockets;

// What is sent: in the socket's own turn straight into the output of the loop, else through the outbox.
internal sealed partial class WebSocketProtocol
{
    // Control frames of other threads that may wait, in bytes, beside the limit
    private const int ControlReserve = 1 << 10;

    // Text up to this length makes 125 bytes at most, whatever it is
    private const int ShortText = 125 / 3;

    private Outbox Outbox => _outbox ?? MakeOutbox();

    // An agreement holds for both directions; the route may have asked for one only
    private bool Compresses => _deflate is not null && _options.Compress is not Deflate.Disabled;

    /// <summary>Bytes that wait for the client. From any thread.</summary>
    public long BufferedAmount => _connection.WaitingBytes + (_outbox?.Bytes ?? 0);

    /// <summary>Sends a message. From any thread.</summary>
    public SendStatus Send(ReadOnlySpan<byte> data, MessageKind kind, bool compress)
    {
        compress &= Compresses;
        if (!IsInTurn) return SendLater(data, kind, compress);
        if (!MaySend(data.Length)) return Refuse();
        if (compress) return SendCompressed(data, kind);

        FrameWriter.Write(Output, (Opcode)kind, data);
        return Sent(kind, data.Length);
    }

    /// <summary>The same with text.</summary>
    public SendStatus Send(string text, bool compress)
    {
        compress &= Compresses;
        if (!IsInTurn || compress) return SendAsBytes(text, compress);

        OutputBuffer output = Output;
        int length;
        if (text.Length <= ShortText)
        {
            if (!MaySend(_connection.IsBlocked ? Encoding.UTF8.GetByteCount(text) : text.Length)) return Refuse();
            Span<byte> to = output.GetSpan(2 + 125);
            length = Encoding.UTF8.GetBytes(text, to[2..]);
            FrameWriter.WriteHead(to, Opcode.Text, length);
            output.Advance(2 + length);
            return Sent(MessageKind.Text, length);
        }

        length = Encoding.UTF8.GetByteCount(text);
        if (!MaySend(length)) return Refuse();

        output.Advance(FrameWriter.WriteHead(output.GetSpan(FrameWriter.MaxHead), Opcode.Text, length));
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            Span<byte> to = output.GetSpan(Math.Min(rest.Length * 3, 8 << 10));
            Utf8.FromUtf16(rest, to, out int read, out int written, replaceInvalidSequences: true, isFinalBlock: true);
            output.Advance(written);
            rest = rest[read..];
        }

        return Sent(MessageKind.Text, length);
    }

    private SendStatus SendCompressed(ReadOnlySpan<byte> data, MessageKind kind)
    {
        int length = WriteCompressed(data, kind);
        return Sent(kind, length);
    }

    private int WriteCompressed(ReadOnlySpan<byte> data, MessageKind kind)
    {
        ReadOnlySpan<byte> compressed = _deflate!.Compress(data);
        int length = compressed.Length;
        FrameWriter.Write(Output, (Opcode)kind, compressed, isCompressed: true);
        _worker.Compressed.Clear();
        return length;
    }

    /// <summary>Sends a finished frame that holds a whole message. From any thread.</summary>
    public SendStatus SendFrame(ReadOnlySpan<byte> frame)
    {
        var kind = (MessageKind)(frame[0] & 0x0F);
        int length = frame.Length - FrameWriter.HeadIn(frame);

        if (!IsInTurn) return SendLater(frame[..^length], frame[^length..], kind, compress: false);
        if (!MaySend(length)) return Refuse();

        Output.Write(frame);
        return Sent(kind, length);
    }

    /// <summary>Sends a ping or a pong. From any thread.</summary>
    public SendStatus SendControl(Opcode opcode, ReadOnlySpan<byte> data)
    {
        if (!IsOpen) return SendStatus.Gone;

        long limit = _options.BackpressureLimit + (long)ControlReserve;
        if (IsInTurn)
        {
            WriteOutbox();
            if (_connection.IsClosed) return SendStatus.Gone;
            if (_connection.IsBlocked && _connection.WaitingBytes > limit) return SendStatus.Full;

            FrameWriter.Write(Output, opcode, data);
            return new SendStatus(data.Length, Dropped: false, _connection.IsBlocked);
        }

        Span<byte> head = stackalloc byte[FrameWriter.MaxHead];
        head = head[..FrameWriter.WriteHead(head, opcode, data.Length)];
        if (!Outbox.TryAddControl(head, data, _connection.WaitingBytes, limit, out bool post))
            return IsOpen ? SendStatus.Full : SendStatus.Gone;
        if (post) PostTurn();
        return new SendStatus(data.Length, Dropped: false, _connection.IsBlocked);
    }

    // ---- in the socket's turn ---------------------------------------------------------------------------------------

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MaySend(int length)
    {
        _handler.WritePublished();                              // what was published before leaves before
        if (_outbox is { Bytes: > 0 }) WriteOutbox();           // and so does what a thread sent
        if (_stage is not Stage.Open) return false;             // asked last, as either may find the client gone

        return (!_connection.IsBlocked && length <= OutputBuffer.Size && length + Output.Length <= _options.BackpressureLimit)
            || HasRoom(length);
    }

    // Room in the route's limit and in the budget of all, which is the socket's from now on
    private bool HasRoom(int length) => FlushesInto(length) && TryPromise(FrameWriter.HeadOf(length) + length);

    // What has been written leaves, if it can; then so much more may wait for this client
    private bool FlushesInto(int length)
    {
        if (!_connection.IsBlocked) _connection.Flush();
        if (_connection.IsClosed) return false;

        return _connection.WaitingBytes + Output.Length + length <= _options.BackpressureLimit;
    }

    // Of the budget, as if it waited already: Sent gives back what does not
    private bool TryPromise(int bytes)
    {
        if (!_worker.Service.TryHold(OwnWaiting, bytes)) return false;

        _heldOutput += bytes;
        return true;
    }

    // What many sockets share is in memory once
    private long OwnWaiting =>
        _connection.WaitingBytes + Output.Length - _connection.WaitingSharedBytes - Output.SharedLength;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SendStatus Sent(MessageKind kind, int length)
    {
        bool isBlocked = _connection.IsBlocked;
        if (isBlocked || _heldOutput > 0) isBlocked = KeepPromise();
        _worker.Observer?.Sent(this, kind, length);
        return new SendStatus(length, Dropped: false, isBlocked);
    }

    // What has been promised of the budget has been written: it leaves now, or waits and counts as that. Says which
    private bool KeepPromise()
    {
        if (!_connection.IsBlocked && _heldOutput > OutputBuffer.Size) _connection.Flush();
        Account();
        return _connection.IsBlocked;
    }

    private SendStatus Refuse()
    {
        if (_stage is not Stage.Open || _connection.IsClosed) return SendStatus.Gone;
        if (_options.CloseOnBackpressureLimit) Terminate();
        return new SendStatus(0, Dropped: true, _connection.IsBlocked);
    }

    // Answers a ping. While the client reads nothing, only the last one: RFC 6455 section 5.5.3 allows that
    private void Answer(ReadOnlySpan<byte> data)
    {
        if (_stage >= Stage.CloseSent) return;
        if (_connection.IsBlocked) Rare.UnansweredPing = data.ToArray();
        else FrameWriter.Write(Output, Opcode.Pong, data);
    }

    private void WriteOutbox()
    {
        if (_outbox is not { } outbox) return;
        if (_stage >= Stage.CloseSent)
        {
            outbox.Close();
            return;
        }

        outbox.WriteTo(this);
        if (_connection.IsBlocked || _heldOutput > 0) KeepPromise();
    }

    /// <summary>From the outbox: what it has held of the budget, and is written now.</summary>
    public void TakeOver(long held) => _heldOutput += held;

    /// <summary>The connection has gone: what is written now reaches nobody, and there may be no compressor any
    /// more.</summary>
    public bool IsLost => _stage >= Stage.Lost;

    /// <summary>From the outbox: bytes that are frames already.</summary>
    public void WriteFrames(ReadOnlySpan<byte> frames) => Output.Write(frames);

    /// <summary>From the outbox: the same, sent from where they lie. Nobody else has them.</summary>
    public void WriteFrames(ReadOnlyMemory<byte> frames) => Output.WriteReference(frames);

    /// <summary>From the outbox: a message to be compressed, which only the loop can do.</summary>
    public void WriteLate(ReadOnlySpan<byte> data, MessageKind kind) => WriteCompressed(data, kind);

    // What the socket alone holds of the budget of all, in its turn; and nothing when the connection has closed, however long
    // before that the socket was over
    private void Account() => Account(atLeast: 0);

    private void Account(long atLeast)
    {
        long waiting = 0;
        if (!_connection.IsClosed)
        {
            waiting = _connection.WaitingBytes - _connection.WaitingSharedBytes;
            if (_connection.IsBlocked) waiting += Output.Length - Output.SharedLength;
            waiting = Math.Max(waiting, atLeast);
        }

        if (waiting == _heldOutput) return;
        _worker.Service.Hold(waiting - _heldOutput);
        _heldOutput = waiting;
    }

    public override void OutputBlocked()
    {
        _owesDrain = true;
        Account(atLeast: _heldOutput);          // perhaps in the middle of what has been promised
        if (_stage is Stage.CloseSent) AwaitClose();
    }

    public override void OutputDrained()
    {
        Account();
        if (_stage >= Stage.Lost) return;
        if (_stage is Stage.CloseSent) AwaitClose();

        if (_rarities is { UnansweredPing: { } data } rare)
        {
            rare.UnansweredPing = null;
            Answer(data);
        }

        if (_owesDrain) DrainIfAllIsGone();
        GoOn();         // Drain may have closed
    }

    private void DrainIfAllIsGone()
    {
        _connection.Flush();
        if (_connection.IsBlocked || _outbox is { Bytes: > 0 }) return;

        _owesDrain = false;
        CallDrain();
    }

    // ---- from elsewhere ---------------------------------------------------------------------------------------------

    // Not straight into the output: it is compressed, or goes to the outbox
    private SendStatus SendAsBytes(string text, bool compress)
    {
        if (!IsOpen) return SendStatus.Gone;

        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        Span<byte> bytes = most <= 512 ? stackalloc byte[512] : rented = Buffers.Rent(Encoding.UTF8.GetByteCount(text));
        SendStatus status = Send(bytes[..Encoding.UTF8.GetBytes(text, bytes)], MessageKind.Text, compress);
        if (rented is not null) Buffers.Return(rented);
        return status;
    }

    private SendStatus SendLater(ReadOnlySpan<byte> data, MessageKind kind, bool compress)
    {
        if (compress) return SendLater(default, data, kind, compress: true);

        Span<byte> head = stackalloc byte[FrameWriter.MaxHead];
        return SendLater(head[..FrameWriter.WriteHead(head, (Opcode)kind, data.Length)], data, kind, compress: false);
    }

    private SendStatus SendLater(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, MessageKind kind, bool compress)
    {
        if (!IsOpen) return SendStatus.Gone;

        var backlog = new Backlog(_connection.WaitingBytes, _connection.WaitingSharedBytes, _options.BackpressureLimit);
        if (!Outbox.TryAdd(head, payload, compress ? kind : null, backlog, out bool post))
        {
            if (!IsOpen) return SendStatus.Gone;
            if (_options.CloseOnBackpressureLimit) Terminate();
            PromiseDrain();
            return SendStatus.Full;
        }

        if (post) PostTurn();
        _worker.Observer?.Sent(this, kind, payload.Length);
        return new SendStatus(payload.Length, Dropped: false, _connection.IsBlocked);
    }

    // The loop may have sent everything meanwhile, without knowing that somebody waits for that
    private void PromiseDrain()
    {
        _owesDrain = true;
        if (Outbox.WantTurn()) PostTurn();
    }

    private Outbox MakeOutbox()
    {
        var made = new Outbox(_worker.Service);
        return Interlocked.CompareExchange(ref _outbox, made, null) ?? made;
    }

    // ---- reading ----------------------------------------------------------------------------------------------------

    /// <summary>From any thread.</summary>
    public bool IsPaused => Volatile.Read(ref _isPaused);

    /// <summary>From any thread: from the next message on.</summary>
    public void Pause() => Volatile.Write(ref _isPaused, true);

    /// <summary>From any thread.</summary>
    public void Resume()
    {
        if (!Interlocked.Exchange(ref _isPaused, false)) return;
        if (Outbox.WantTurn()) PostTurn();
    }
}
