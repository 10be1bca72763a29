using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Prebake.Conformance;

/// <summary>One answer as it came, fields with lower-case names.</summary>
public sealed record RawResponse(int Status, string StatusLine, IReadOnlyList<KeyValuePair<string, string>> Fields, byte[] Body, IReadOnlyList<KeyValuePair<string, string>> Trailers)
{
    public string Text => Encoding.UTF8.GetString(Body);
    public string? this[string name] => Fields.Where(field => field.Key == name).Select(field => field.Value).FirstOrDefault();
}

/// <summary>A client that sends exactly the bytes it is told to, in the pieces it is told to, and reads answers strictly.</summary>
public sealed class RawClient : IDisposable
{
    private readonly Socket _socket;
    private readonly SslStream? _tls;
    private byte[] _buffer = new byte[64 << 10];
    private int _start, _end;

    public RawClient(Server server)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000, SendTimeout = 30_000 };
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, server.Port!.Value));
        if (server.Url.Scheme != "https") return;

        _tls = new SslStream(new NetworkStream(_socket), false, (_, _, _, _) => true);
        _tls.AuthenticateAsClient("localhost");
    }

    public Socket Socket => _socket;

    /// <summary>One request without a body on a connection of its own.</summary>
    public static RawResponse Ask(Server server, string path, string fields = "", string method = "GET")
    {
        using var client = new RawClient(server);
        return client.Send($"{method} {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n").Receive(method == "HEAD")!;
    }

    public RawClient Send(string raw) => Send(Encoding.Latin1.GetBytes(raw));

    public RawClient Send(byte[] raw)
    {
        if (_tls is not null)
        {
            _tls.Write(raw);
            return this;
        }

        for (int sent = 0; sent < raw.Length;) sent += _socket.Send(raw, sent, raw.Length - sent, SocketFlags.None);
        return this;
    }

    /// <summary>Sends in pieces; the server may already have answered and closed, which is no failure of the client's.</summary>
    public RawClient Send(byte[] raw, IEnumerable<int> cuts)
    {
        int from = 0;
        try
        {
            foreach (int cut in cuts.Append(raw.Length))
            {
                if (cut <= from) continue;
                if (_tls is not null) _tls.Write(raw, from, cut - from);
                else _socket.Send(raw, from, cut - from, SocketFlags.None);
                from = cut;
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
        {
        }
        catch (IOException) when (_tls is not null)
        {
        }

        return this;
    }

    public RawClient FinishSending()
    {
        try
        {
            if (_tls is not null) _tls.ShutdownAsync().GetAwaiter().GetResult();
            else _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
        }

        return this;
    }

    /// <summary>The next answer, or null at the end of the stream. Interim (1xx) answers are returned like others.</summary>
    public RawResponse? Receive(bool toHead = false)
    {
        if (ReadLine() is not { } statusLine) return null;

        string[] parts = statusLine.Split(' ', 3);
        if (parts.Length < 2 || parts[0] != "HTTP/1.1" || parts[1].Length != 3) throw new FormatException($"Bad status line: {statusLine}");
        int status = int.Parse(parts[1]);

        List<KeyValuePair<string, string>> fields = ReadFields();
        List<KeyValuePair<string, string>> trailers = [];
        string? Value(string name) => fields.Where(field => field.Key == name).Select(field => field.Value).FirstOrDefault();

        byte[] body = [];
        if (toHead || status is 204 or 304 || status < 200) { }
        else if (Value("transfer-encoding") is { } coding)
        {
            if (coding != "chunked" || Value("content-length") is not null) throw new FormatException("Bad framing");
            body = ReadChunks();
            trailers = ReadFields();
        }
        else if (Value("content-length") is { } length) body = ReadExactly(int.Parse(length));
        else body = ReadToEnd();

        return new RawResponse(status, statusLine, fields, body, trailers);
    }

    /// <summary>The server has closed and sent nothing more. A reset counts as closed.</summary>
    public bool IsClosed()
    {
        if (_start < _end) return false;
        try { return !Fill(); }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted) { return true; }
        catch (IOException) when (_tls is not null) { return true; }
    }

    public byte[] ReadToEnd()
    {
        var all = new MemoryStream();
        do
        {
            all.Write(_buffer, _start, _end - _start);
            _start = _end = 0;
        }
        while (Fill());
        return all.ToArray();
    }

    public byte[] ReadExactly(int count)
    {
        var body = new byte[count];
        int have = 0;
        while (have < count)
        {
            if (_start == _end && !Fill()) throw new EndOfStreamException($"{have} of {count} bytes");
            int part = Math.Min(count - have, _end - _start);
            Array.Copy(_buffer, _start, body, have, part);
            _start += part;
            have += part;
        }

        return body;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Closes with RST.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>The next chunk of a body whose head has been received, or null behind the last; trailers have then been read, too.</summary>
    public string? ReadChunk()
    {
        if (NextChunk() is { } chunk) return Encoding.UTF8.GetString(chunk);
        ReadFields();
        return null;
    }

    private byte[] ReadChunks()
    {
        var body = new MemoryStream();
        while (NextChunk() is { } chunk) body.Write(chunk);
        return body.ToArray();
    }

    private byte[]? NextChunk()
    {
        string line = ReadLine() ?? throw new EndOfStreamException("in a chunk line");
        int size = int.Parse(line, System.Globalization.NumberStyles.AllowHexSpecifier);
        if (size == 0) return null;

        byte[] chunk = ReadExactly(size);
        return ReadLine() == "" ? chunk : throw new FormatException("Chunk data not followed by CRLF");
    }

    private List<KeyValuePair<string, string>> ReadFields()
    {
        List<KeyValuePair<string, string>> fields = [];
        while (true)
        {
            string line = ReadLine() ?? throw new EndOfStreamException("in a head");
            if (line == "") return fields;
            int colon = line.IndexOf(':');
            if (colon <= 0 || line[colon - 1] == ' ') throw new FormatException($"Bad field line: {line}");
            fields.Add(new(line[..colon].ToLowerInvariant(), line[(colon + 1)..].Trim(' ')));
        }
    }

    private string? ReadLine()
    {
        int scanned = 0;
        while (true)
        {
            int at = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (at >= 0)
            {
                int length = scanned + at;
                if (length == 0 || _buffer[_start + length - 1] != '\r') throw new FormatException("A line that does not end in CRLF");
                string line = Encoding.Latin1.GetString(_buffer, _start, length - 1);
                _start += length + 1;
                return line;
            }

            scanned = _end - _start;
            if (!Fill())
            {
                if (scanned > 0) throw new EndOfStreamException("in a line");
                return null;
            }
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            Array.Copy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        int count = _tls is not null
            ? _tls.Read(_buffer, _end, _buffer.Length - _end)
            : _socket.Receive(_buffer, _end, _buffer.Length - _end, SocketFlags.None);
        _end += count;
        return count > 0;
    }
}
