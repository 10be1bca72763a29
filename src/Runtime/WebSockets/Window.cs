namespace Prebake.WebSockets;

/// <summary>The last bytes of the messages that went one way, for the next one to refer to (RFC 7692 section
/// 7.2.3.1).</summary>
internal sealed class Window(int bits)
{
    private readonly int _size = 1 << bits;
    private byte[] _bytes = [];             // as large as the messages have made it, and a power of two at most
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>A message has gone by.</summary>
    public void Append(ReadOnlySpan<byte> message)
    {
        if (message.Length > _size) message = message[^_size..];

        int kept = Math.Min(_length, _size - message.Length);
        if (_bytes.Length < kept + message.Length)
            Array.Resize(ref _bytes, Math.Min(_size, Math.Max(256, (kept + message.Length) * 2)));
        if (kept < _length) _bytes.AsSpan(_length - kept, kept).CopyTo(_bytes);
        message.CopyTo(_bytes.AsSpan(kept));
        _length = kept + message.Length;
    }
}
