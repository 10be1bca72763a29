using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Prebake.WebSockets;

// Frames that come: parsed, unmasked and judged where they lie.
internal sealed partial class WebSocketProtocol
{
    private const string TooBig = "Received too big message";

    /// <summary>
    /// The next message may be given to the handler; or will be given to nobody, so that the client's Close behind it
    /// can be read. Else
    /// reading stops at it; control frames in front of it are still answered.
    /// </summary>
    private bool TakesMessages => (_unfinished == 0 && !Volatile.Read(ref _isPaused)) || _stage is Stage.CloseSent;

    public override int Receive(byte[] buffer, int offset, int length)
    {
        Heard();
        _worker.LookForObservers();
        int used = 0;

        while (used < length)
        {
            if (_stage >= Stage.Lost || _connection.IsClosing) return length;

            Span<byte> rest = buffer.AsSpan(offset + used, length - used);
            if (_partial is { Missing: > 0 } partial)
            {
                if (!TakesMessages) { _connection.InputPaused = true; break; }
                used += TakePart(partial, rest);
                continue;
            }

            FrameStatus status = FrameHead.Parse(rest,
                isInMessage: _partial is not null, mayCompress: _deflate is not null, out FrameHead head);
            if (status is FrameStatus.NeedMore) break;
            if (status is not FrameStatus.Complete)
            {
                FailFrame(status);
                return length;
            }

            if (head.IsControl)
            {
                int size = head.Size + (int)head.Length;
                if (rest.Length < size) break;

                Span<byte> payload = rest[head.Size..size];
                Masking.Apply(payload, head.Key);
                used += size;
                TakeControl(head.Opcode, payload);
                continue;
            }

            if (!TakesMessages) { _connection.InputPaused = true; break; }

            int taken = TakeData(head, rest);
            if (taken < 0) return length;
            used += taken;
        }

        return used;
    }

    // A frame of a message begins, and is often whole; −1: the socket has failed
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakeData(in FrameHead head, Span<byte> rest)
    {
        if (head.Length > _options.MaxPayloadLength - (_partial?.Length ?? 0))
        {
            Fail(new Ending(CloseCode.TooBig, TooBig));
            return -1;
        }

        if (head.Length > rest.Length - head.Size || !head.IsFinal || _partial is not null)
        {
            BeginPart(head);
            return head.Size;
        }

        Span<byte> payload = rest.Slice(head.Size, (int)head.Length);
        Masking.Apply(payload, head.Key);
        if (head.IsCompressed)
        {
            Inflate(payload, (MessageKind)head.Opcode);
            return head.Size + payload.Length;
        }

        if (head.Opcode is Opcode.Text && !Utf8.IsValid(payload))
        {
            FailText();
            return -1;
        }

        Deliver(payload, (MessageKind)head.Opcode);
        return head.Size + payload.Length;
    }

    // One that is not whole, or not alone: its bytes are gathered
    private void BeginPart(in FrameHead head)
    {
        if (_partial is { } message) message.BeginFrame(head);
        else
        {
            _partial = message = _worker.TakeMessage();
            message.Begin(head);
        }

        if (message.Missing == 0) FrameEnded(message);
    }

    private int TakePart(PartialMessage message, Span<byte> rest)
    {
        Span<byte> part = rest[..(int)Math.Min(message.Missing, rest.Length)];
        message.Unmask(part);

        if (message.Kind is MessageKind.Text && !message.IsCompressed && !message.Text.TryAdvance(part))
        {
            FailText();
            return part.Length;
        }

        int more = message.Reserve(part.Length);
        message.Append(part);
        if (more > 0 && !TryHold(more))
        {
            Fail(new Ending(CloseCode.TryAgainLater, "Too many messages in parts"));
            return part.Length;
        }

        if (message.Missing == 0) FrameEnded(message);
        return part.Length;
    }

    private void FrameEnded(PartialMessage message)
    {
        if (!message.IsLastFrame) return;

        if (message.Kind is MessageKind.Text && !message.Text.IsComplete)
        {
            FailText();
            return;
        }

        _partial = null;
        try
        {
            if (message.IsCompressed) Inflate(message.Bytes, message.Kind);
            else Deliver(message.Bytes, message.Kind);
        }
        finally
        {
            PutBack(message);
        }
    }

    private void Inflate(ReadOnlySpan<byte> payload, MessageKind kind)
    {
        Scratch inflated = _worker.Inflated;
        switch (_deflate!.Inflate(payload, _options.MaxPayloadLength))
        {
            case InflateStatus.TooLong:
                Fail(new Ending(CloseCode.TooBig, TooBig));
                break;
            case InflateStatus.Malformed:
                Fail(new Ending(CloseCode.NotUtf8, "Message is not compressed data"));
                break;
            default:
                if (kind is MessageKind.Text && !Utf8.IsValid(inflated.Written)) FailText();
                else Deliver(inflated.Written, kind);
                break;
        }

        inflated.Clear();
    }

    private bool TryHold(int more)
    {
        WebSocketService service = _worker.Service;
        if (service.TryHold(_partial!.Held - more, more)) return true;

        service.Hold(more);         // it is in memory until the socket has ended, which it does now
        return false;
    }

    private void PutBack(PartialMessage message)
    {
        if (message.Held > 0) _worker.Service.Hold(-message.Held);
        _worker.PutBack(message);
    }

    private void TakeControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        switch (opcode)
        {
            case Opcode.Ping:
                Answer(payload);
                CallPing(payload);
                break;
            case Opcode.Pong:
                CallPong(payload);
                break;
            default:
                TakeClose(payload);
                break;
        }
    }

    private void FailText() => Fail(new Ending(CloseCode.NotUtf8, "Text is not UTF-8"));

    private void FailFrame(FrameStatus status) => Fail(new Ending(CloseCode.ProtocolError, status switch
    {
        FrameStatus.NotMasked => "Frame is not masked",
        FrameStatus.ReservedBit => "Reserved bit is set",
        FrameStatus.UnknownOpcode => "Unknown opcode",
        FrameStatus.BadControlFrame => "Control frame is fragmented or too long",
        FrameStatus.BadLength => "Length is not in its shortest form",
        FrameStatus.NothingToContinue => "Continuation without a message",
        _ => "New message inside another one",
    }));

    public override void EndOfInput()
    {
        // Told again when what came in front of it has been used up
        if (_connection.InputPaused && !_connection.HasNoPendingInput) return;

        CloseAfterFlush(linger: false);
        FinishLost();
    }

    public override void PeerLeft() { }
}
