using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Prebake.Benchmarks.Load;

/// <summary>One keep-alive connection that reads answers whole: for checks and for the footprint, not for load.</summary>
internal sealed class Client : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 5_000, SendTimeout = 5_000 };
    private readonly byte[] _buffer = new byte[2 << 20];
    private int _filled;

    private readonly Stream _stream;

    public Client(int port, bool isTls = false)
    {
        _socket.Connect(IPAddress.Loopback, port);
        _stream = new NetworkStream(_socket);
        if (!isTls) return;

        var secure = new SslStream(_stream, false, (_, _, _, _) => true);
        secure.AuthenticateAsClient("localhost");
        _stream = secure;
    }

    public void Send(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    /// <summary>The next answer: its status and its body.</summary>
    public (int Status, string Body) Receive()
    {
        int head;
        while ((head = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0) Fill();

        var text = Encoding.ASCII.GetString(_buffer, 0, head + 2);
        var status = int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var start = head + 4;

        if (text.Contains("\r\nTransfer-Encoding: chunked\r\n", StringComparison.OrdinalIgnoreCase)) return (status, Take(start, ReceiveChunks(start)));

        var field = text.IndexOf("\r\nContent-Length:", StringComparison.OrdinalIgnoreCase);
        var length = field < 0 ? 0 : int.Parse(text[(field + 17)..text.IndexOf('\r', field + 2)], CultureInfo.InvariantCulture);
        while (_filled < start + length) Fill();

        return (status, Take(start, start + length));
    }

    // Joins the chunks behind the head, and says where the body then ends. The bytes behind the last chunk follow it.
    private int ReceiveChunks(int start)
    {
        for (int at = start, end = start; ;)
        {
            int line;
            while ((line = _buffer.AsSpan(at, _filled - at).IndexOf("\r\n"u8)) < 0) Fill();

            var size = int.Parse(Encoding.ASCII.GetString(_buffer, at, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at += line + 2;
            while (_filled < at + size + 2) Fill();

            _buffer.AsSpan(at, size).CopyTo(_buffer.AsSpan(end));
            at += size + 2;
            end += size;
            if (size > 0) continue;

            _buffer.AsSpan(at, _filled - at).CopyTo(_buffer.AsSpan(end));
            _filled -= at - end;
            return end;
        }
    }

    private string Take(int start, int end)
    {
        var body = Encoding.UTF8.GetString(_buffer, start, end - start);
        _buffer.AsSpan(end, _filled - end).CopyTo(_buffer);
        _filled -= end;

        return body;
    }

    private void Fill()
    {
        var received = _stream.Read(_buffer.AsSpan(_filled));
        if (received == 0) throw new IOException("The server closed the connection before its answer was complete.");

        _filled += received;
    }

    public void Dispose() => _socket.Dispose();
}
