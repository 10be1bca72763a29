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

    private readonly byte[] _bytes;
    private readonly int _headLength;
    private readonly byte[]?[]? _compressed;        // by window

    private PublishedMessage(byte[] bytes, int headLength, MessageKind kind, bool wantsCompression)
    {
        _bytes = bytes;
        _headLength = headLength;
        Kind = kind;
        WantsCompression = wantsCompression;
        if (wantsCompression) _compressed = new byte[]?[LargestWindow + 1];
    }

    public MessageKind Kind { get; }

    /// <summary>The publisher has asked for compression, where a socket has agreed upon it.</summary>
    public bool WantsCompression { get; }

    /// <summary>Head and payload, not compressed.</summary>
    public ReadOnlyMemory<byte> Frame => _bytes;

    public ReadOnlyMemory<byte> Payload => _bytes.AsMemory(_headLength);

    public int PayloadLength => _bytes.Length - _headLength;

    /// <summary>
    /// Head and payload, compressed for a client with such a window, whatever it remembers: nothing in it refers to
    /// an earlier message. Made once for each window, by the first loop that needs it; another one that needs it
    /// meanwhile would have the same work to do, and waits.
    /// </summary>
    public ReadOnlyMemory<byte> CompressedFor(int windowBits, WebSocketWorker worker, out int length)
    {
        byte[] frame;
        lock (_compressed!) frame = _compressed[windowBits] ??= Compress(windowBits, worker);

        length = frame.Length - FrameWriter.HeadIn(frame);
        return frame;
    }

    private byte[] Compress(int windowBits, WebSocketWorker worker)
    {
        ReadOnlySpan<byte> payload =
            worker.DeflaterOf(windowBits).Compress(Payload.Span, before: default, worker.Compressed);
        int head = FrameWriter.HeadOf(payload.Length);
        byte[] frame = GC.AllocateUninitializedArray<byte>(head + payload.Length);
        FrameWriter.WriteHead(frame, (Opcode)Kind, payload.Length, isCompressed: true);
        payload.CopyTo(frame.AsSpan(head));
        worker.Compressed.Clear();
        return frame;
    }

    /// <summary>What it counts for while it waits, in bytes.</summary>
    public int Cost => _bytes.Length + Overhead;

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

    /// <summary>Of a finished frame, not compressed.</summary>
    public static PublishedMessage OfFrame(ReadOnlySpan<byte> frame, bool compress) =>
        new(frame.ToArray(), FrameWriter.HeadIn(frame), (MessageKind)(frame[0] & 0x0F), compress);

    private static byte[] FrameFor(int length, MessageKind kind, out int headLength)
    {
        headLength = FrameWriter.HeadOf(length);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(headLength + length);
        FrameWriter.WriteHead(bytes, (Opcode)kind, length);
        return bytes;
    }
}
