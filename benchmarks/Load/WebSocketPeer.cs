using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Prebake.Benchmarks.Load;

/// <summary>One WebSocket of the load: it sends prepared frames, and counts the frames that come.</summary>
internal sealed class WebSocketPeer : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer;
    private int _start, _end;

    /// <param name="buffer">Where it reads to; sockets that are read in turn to their last byte may share one.</param>
    public WebSocketPeer(int port, string path, bool isCompressed, byte[] buffer)
    {
        _buffer = buffer;
        _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000, SendTimeout = 10_000 };
        _socket.Connect(IPAddress.Loopback, port);

        var offer = isCompressed ? "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n" : "";
        Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{offer}\r\n"));

        int head;
        while ((head = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0) Fill();
        var text = Encoding.ASCII.GetString(_buffer, _start, head);
        _start += head + 4;
        if (!text.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal)) throw new InvalidOperationException($"{path} is not switched to a WebSocket: {text.Split('\r')[0]}");
        if (isCompressed && !text.Contains("permessage-deflate", StringComparison.OrdinalIgnoreCase)) throw new InvalidOperationException($"{path} does not agree to compress.");
    }

    /// <summary>A masked frame; <paramref name="first"/>: its final bit, reserved bits and opcode.</summary>
    public static byte[] FrameOf(int first, byte[] payload)
    {
        byte[] head = payload.Length switch
        {
            < 126 => [(byte)first, (byte)(0x80 | payload.Length)],
            <= ushort.MaxValue => [(byte)first, 0xFE, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [(byte)first, 0xFF, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        byte[] key = [0x37, 0xFA, 0x21, 0x3D];
        return [.. head, .. key, .. payload.Select((b, i) => (byte)(b ^ key[i & 3]))];
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>Reads so many frames, and says how long the last was. Each is a whole message with this first byte.</summary>
    public long Receive(int frames, int first)
    {
        long length = 0;
        for (var i = 0; i < frames; i++)
        {
            while (_end - _start < 2) Fill();
            var second = _buffer[_start + 1];
            var size = second switch { < 126 => 2, 126 => 4, _ => 10 };
            while (_end - _start < size) Fill();

            if (_buffer[_start] != first) throw new InvalidOperationException($"A frame begins with {_buffer[_start]:X2} and not with {first:X2}.");
            length = second switch
            {
                < 126 => second,
                126 => BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start + 2)),
                _ => BinaryPrimitives.ReadInt64BigEndian(_buffer.AsSpan(_start + 2)),
            };
            _start += size;
            for (var left = length; left > 0;)
            {
                if (_start == _end) Fill();
                var part = (int)Math.Min(left, _end - _start);
                _start += part;
                left -= part;
            }
        }

        return length;
    }

    public void Dispose() => _socket.Dispose();

    private void Fill()
    {
        if (_start == _end) _start = _end = 0;
        else if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var count = _socket.Receive(_buffer.AsSpan(_end));
        if (count == 0) throw new IOException("The server has closed a WebSocket.");
        _end += count;
    }
}
