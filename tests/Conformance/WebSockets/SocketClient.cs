using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prebake.Conformance.WebSockets;

/// <summary>One frame as it came from the server.</summary>
/// <param name="First">Its first byte: final, reserved bits and opcode.</param>
/// <param name="Payload">Its payload.</param>
internal sealed record Frame(byte First, byte[] Payload)
{
    public int Opcode => First & 0x0F;
    public bool IsFinal => (First & 0x80) != 0;
    public bool IsCompressed => (First & 0x40) != 0;
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>Of a Close frame; 1005 without one.</summary>
    public int Code => Payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    public string Reason => Payload.Length < 2 ? "" : Encoding.UTF8.GetString(Payload.AsSpan(2));

    /// <summary>A masked frame, as a client sends it.</summary>
    public static byte[] Masked(int first, ReadOnlySpan<byte> payload, uint key = 0x9BADC0DE)
    {
        var frame = new List<byte> { (byte)first };
        if (payload.Length < 126) frame.Add((byte)(0x80 | payload.Length));
        else if (payload.Length <= ushort.MaxValue) frame.AddRange([0xFE, (byte)(payload.Length >> 8), (byte)payload.Length]);
        else
        {
            frame.Add(0xFF);
            byte[] length = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            frame.AddRange(length);
        }

        byte[] mask = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(mask, key);
        frame.AddRange(mask);
        for (int i = 0; i < payload.Length; i++) frame.Add((byte)(payload[i] ^ mask[i & 3]));
        return [.. frame];
    }

    public static byte[] Masked(int first, string text) => Masked(first, Encoding.UTF8.GetBytes(text));

    public static byte[] CloseOf(int code, string reason = "") => Masked(0x88, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);
}

/// <summary>A WebSocket client that sends exactly the bytes it is told to.</summary>
internal sealed class SocketClient : IDisposable
{
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start, _end;

    public SocketClient(Server server, int receiveBuffer = 0)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000, SendTimeout = 30_000 };
        if (receiveBuffer > 0) _socket.ReceiveBufferSize = receiveBuffer;
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, server.Port!.Value));
    }

    public Socket Socket => _socket;

    /// <summary>The head that the server answered with.</summary>
    public string Head { get; private set; } = "";

    public int Status => int.Parse(Head.AsSpan(9, 3));

    /// <summary>A connection on which the handshake has succeeded.</summary>
    public static SocketClient Open(Server server, string path, string fields = "", int receiveBuffer = 0)
    {
        var client = new SocketClient(server, receiveBuffer);
        client.Send(Encoding.Latin1.GetBytes(HandshakeFor(path, fields)));
        client.ReadHead();
        Assert.Equal(101, client.Status);
        return client;
    }

    public static string HandshakeFor(string path, string fields = "") =>
        $"GET {path} HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {Key}\r\nSec-WebSocket-Version: 13\r\n{fields}\r\n";

    public SocketClient Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
        return this;
    }

    public SocketClient SendText(string text) => Send(Frame.Masked(0x81, text));

    public SocketClient SendBinary(ReadOnlySpan<byte> data) => Send(Frame.Masked(0x82, data));

    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    public void ReadHead()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            int next = ReadByte();
            if (next < 0) throw new EndOfStreamException($"The head ends early: {head}");
            head.Append((char)next);
        }

        Head = head.ToString();
    }

    /// <summary>The next frame, or null at the end of the stream, also when it was reset.</summary>
    public Frame? Receive()
    {
        int first = ReadByte();
        if (first < 0) return null;

        int second = ReadByte();
        Assert.True(second is >= 0 and < 128, "A server does not mask.");
        long length = second;
        if (second == 126) length = ReadByte() << 8 | ReadByte();
        else if (second == 127)
        {
            length = 0;
            for (int i = 0; i < 8; i++) length = length << 8 | (byte)ReadByte();
        }

        byte[] payload = new byte[length];
        for (int read = 0; read < payload.Length;)
        {
            if (_start == _end && !Fill()) throw new EndOfStreamException("A frame ends early.");
            int part = Math.Min(payload.Length - read, _end - _start);
            Array.Copy(_buffer, _start, payload, read, part);
            _start += part;
            read += part;
        }

        return new Frame((byte)first, payload);
    }

    /// <summary>The next frame is this text.</summary>
    public void ExpectText(string text)
    {
        Frame frame = Receive() ?? throw new EndOfStreamException();
        Assert.Equal(0x81, frame.First);
        Assert.Equal(text, frame.Text);
    }

    /// <summary>The next frame is a Close, and then the stream ends.</summary>
    public void ExpectClose(int code, bool answer = true)
    {
        Frame frame = Receive() ?? throw new EndOfStreamException("The stream ends without a Close frame.");
        Assert.Equal(0x88, frame.First);
        Assert.Equal(code, frame.Code);
        if (answer) ExpectEnd();
    }

    public void ExpectEnd()
    {
        try { _socket.Shutdown(SocketShutdown.Send); } catch (SocketException) { }
        Assert.Null(Receive());
    }

    public void Dispose() => _socket.Dispose();

    private int ReadByte() => _start < _end || Fill() ? _buffer[_start++] : -1;

    private bool Fill()
    {
        try
        {
            _start = 0;
            _end = 0;
            _end = _socket.Receive(_buffer);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
        }

        return _end > 0;
    }
}
