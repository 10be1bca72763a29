using System.Text;

namespace Prebake.WebSockets;

/// <summary>
/// A message that goes to many sockets: one finished frame, made once and shared by all of them, so nothing here
/// changes any more. Servers do not mask (RFC 6455 section 5.1), and so one frame fits every client.
/// </summary>
internal sealed class PublishedMessage
{
    // What a delivery that waits costs beside its frame
    private const int Overhead = 128;

    // As a power of two (RFC 7692 section 7.1.2.1)
    private const int LargestWindow = 15;

    private readonly int _headLength;
    private readonly bool _isConstant;
    private readonly SharedFrame?[]? _compressed;       // by window

    private PublishedMessage(
        byte[] bytes, int headLength, MessageKind kind, bool wantsCompression, bool isConstant = false)
    {
        Frame = new SharedFrame(bytes);
        _headLength = headLength;
        _isConstant = isConstant;
        Kind = kind;
        WantsCompression = wantsCompression;
        if (wantsCompression) _compressed = new SharedFrame?[LargestWindow + 1];
    }

    public MessageKind Kind { get; }

    /// <summary>The publisher has asked for compression, where a socket has agreed upon it.</summary>
    public bool WantsCompression { get; }

    /// <summary>Head and payload, not compressed.</summary>
    public SharedFrame Frame { get; }

    public ReadOnlyMemory<byte> Payload => Frame.Memory[_headLength..];

    public int PayloadLength => Frame.Length - _headLength;

    /// <summary>The frame, which is one server's, unless it is a constant.</summary>
    public SharedFrame FrameChargedTo(WebSocketService service)
    {
        if (!_isConstant) Frame.ChargeTo(service);
        return Frame;
    }

    /// <summary>
    /// Head and payload, compressed for a client with such a window, whatever it remembers: nothing in it refers to
    /// an earlier message. Made once for each window, by the first loop that needs it; another one that needs it
    /// meanwhile would have the same work to do, and waits.
    /// </summary>
    public SharedFrame CompressedFor(int windowBits, WebSocketWorker worker, out int length)
    {
        SharedFrame frame;
        lock (_compressed!) frame = _compressed[windowBits] ??= Compress(windowBits, worker);

        length = frame.Length - FrameWriter.HeadIn(frame.Memory.Span);
        return frame;
    }

    private SharedFrame Compress(int windowBits, WebSocketWorker worker)
    {
        ReadOnlySpan<byte> payload =
            worker.DeflaterOf(windowBits).Compress(Payload.Span, before: default, worker.Compressed);
        int head = FrameWriter.HeadOf(payload.Length);
        byte[] frame = GC.AllocateUninitializedArray<byte>(head + payload.Length);
        FrameWriter.WriteHead(frame, (Opcode)Kind, payload.Length, isCompressed: true);
        payload.CopyTo(frame.AsSpan(head));
        worker.Compressed.Clear();

        var shared = new SharedFrame(frame);
        if (!_isConstant) shared.ChargeTo(worker.Service);
        return shared;
    }

    /// <summary>What it counts for while it waits, in bytes.</summary>
    public int Cost => Frame.Length + Overhead;

    public static PublishedMessage Of(string text, bool compress)
    {
        byte[] bytes = FrameFor(Encoding.UTF8.GetByteCount(text), MessageKind.Text, out int head);
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(head));
        return new PublishedMessage(bytes, head, MessageKind.Text, compress);
    }

    public static PublishedMessage Of(ReadOnlySpan<byte> data, MessageKind kind, bool compress)
    {
        byte[] bytes = FrameFor(data.Length, kind, out int head);
        data.CopyTo(bytes.AsSpan(head));
        return new PublishedMessage(bytes, head, kind, compress);
    }

    /// <summary>Of a constant's finished frame, not compressed. It is any number of servers'.</summary>
    public static PublishedMessage OfFrame(ReadOnlySpan<byte> frame, bool compress) =>
        new(frame.ToArray(), FrameWriter.HeadIn(frame), (MessageKind)(frame[0] & 0x0F), compress, isConstant: true);

    private static byte[] FrameFor(int length, MessageKind kind, out int headLength)
    {
        headLength = FrameWriter.HeadOf(length);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(headLength + length);
        FrameWriter.WriteHead(bytes, (Opcode)kind, length);
        return bytes;
    }
}
