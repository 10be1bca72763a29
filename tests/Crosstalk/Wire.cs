using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prebake.Crosstalk;

/// <summary>How what was received of an answer ended.</summary>
internal enum End { Whole, Closed, Reset, TimedOut, Malformed }

/// <summary>The headers of an answer as they came; those behind a body in chunks have <c>trailer</c> in front of their names.</summary>
internal sealed class Headers : List<KeyValuePair<string, string>>
{
    public string? this[string name]
    {
        get
        {
            foreach ((string key, string value) in this)
                if (key.Equals(name, StringComparison.OrdinalIgnoreCase)) return value;
            return null;
        }
    }
}

/// <summary>An answer, or the part of it that came.</summary>
internal sealed record Answer(End End, int Status, Headers Headers, byte[] Body, byte[] Raw, string Why = "")
{
    public bool IsWhole => End is End.Whole;

    /// <summary>Not a byte of it came.</summary>
    public bool IsNothing => !IsWhole && Raw.Length == 0;

    public string? this[string name] => Headers[name];

    public string Text => Encoding.UTF8.GetString(Body);

    public override string ToString() =>
        IsNothing ? $"{End}, not a byte" : $"{Status} {End} {Body.Length} bytes {(Why.Length > 0 ? $"({Why}) " : "")}{Excerpt(Raw)}";

    public static string Excerpt(ReadOnlySpan<byte> bytes) => bytes.Length <= 500
        ? Encoding.Latin1.GetString(bytes).Replace("\r\n", "␍")
        : Excerpt(bytes[..300]) + " … " + Excerpt(bytes[^180..]);
}

/// <summary>A connection of a client that knows nothing of HTTP but what it is shown.</summary>
internal sealed class Wire : IDisposable
{
    private readonly Socket _socket;
    private readonly SecureEnd? _secure;
    private byte[] _buffer = new byte[4096];
    private int _start, _end;
    private int _slowReads;
    private End? _ended;
    private CancellationTokenSource? _patience;         // of the answer that is being read

    private Wire(Socket socket, SecureEnd? secure) => (_socket, _secure) = (socket, secure);

    /// <summary>For how long nothing of an answer may come: for ever, on any machine.</summary>
    public static TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(20);

    public int LocalPort => field == 0 ? field = ((IPEndPoint)_socket.LocalEndPoint!).Port : field;

    /// <summary>What has arrived and been asked for by nobody.</summary>
    public ReadOnlySpan<byte> Rest => _buffer.AsSpan(_start, _end - _start);

    /// <param name="slowReads">So many reads are small and wait a little before.</param>
    /// <param name="isSecure">Over TLS.</param>
    public static async Task<Wire> ConnectAsync(int port, int slowReads = 0, bool isSecure = false)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (slowReads > 0) socket.ReceiveBufferSize = 4096;
            await socket.ConnectAsync(IPAddress.Loopback, port).WaitAsync(Patience);
            var wire = new Wire(socket, isSecure ? await SecureEnd.ShakeHandsAsync(socket).WaitAsync(Patience) : null) { _slowReads = slowReads };
            _ = wire.LocalPort;
            return wire;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends; false when the connection is gone.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (_secure is not null) await _secure.SendAsync(bytes);
            else while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes)..];
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            return false;
        }
    }

    public Task<bool> SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends no more; what comes is still read.</summary>
    /// <returns>False: the client's library could not say farewell, and the connection has been reset.</returns>
    public bool FinishSending()
    {
        try
        {
            if (_secure?.SayFarewell() != false)
            {
                _socket.Shutdown(SocketShutdown.Send);
                return true;
            }

            Reset();
            return false;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return true;            // gone already
        }
    }

    /// <summary>Closes with RST.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Exactly so many bytes, whatever they are; or null and how the connection ended.</summary>
    public async Task<(byte[]? Bytes, End End)> TakeAsync(int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        _patience = patience;
        try
        {
            while (_end - _start < count)
                if (await FillAsync(patience.Token) is { } ended) return (null, ended);
            byte[] taken = Rest[..count].ToArray();
            _start += count;
            return (taken, End.Whole);
        }
        finally
        {
            _patience = null;
        }
    }

    /// <summary>The next answer; interim ones (100) are passed over and counted.</summary>
    public async Task<Answer> ReceiveAsync(bool isHead = false)
    {
        using var patience = new CancellationTokenSource(Patience);
        _patience = patience;
        try
        {
            return await ReceiveAsync(isHead, patience.Token);
        }
        finally
        {
            _patience = null;
        }
    }

    private async Task<Answer> ReceiveAsync(bool isHead, CancellationToken patience)
    {
        while (true)
        {
            int end;
            while ((end = Rest.IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (_end - _start > 64 << 10) return Part(End.Malformed, 0, [], [], "a head of 64 KiB");
                if (await FillAsync(patience) is { } ended) return Part(ended, 0, [], [], "no whole head");
            }

            string head = Encoding.Latin1.GetString(Rest[..end]);
            byte[] raw = Rest[..(end + 4)].ToArray();
            string[] lines = head.Split("\r\n");
            int status = 0;
            bool isStatusLine = lines[0].Length >= 12
                && lines[0].StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
                && int.TryParse(lines[0].AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out status);
            if (!isStatusLine)
                return Part(End.Malformed, 0, [], [], $"'{lines[0]}' is not a status line");

            var headers = new Headers();
            foreach (string line in lines.Skip(1))
            {
                int colon = line.IndexOf(':');
                if (colon <= 0) return Part(End.Malformed, status, headers, [], $"'{line}' is not a header");
                headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
            }

            _start += end + 4;
            // 101 is the last that is said in HTTP
            if (status is < 200 and not 101) continue;

            return await ReceiveBodyAsync(status, headers, raw, isHead, patience);
        }

        Answer Part(End end, int status, Headers headers, byte[] body, string why) =>
            new(end, status, headers, body, Rest.ToArray(), why);
    }

    private async Task<Answer> ReceiveBodyAsync(int status, Headers headers, byte[] head, bool isHead, CancellationToken patience)
    {
        var body = new MemoryStream();
        if (isHead || status is 101 or 204 or 304) return Done(End.Whole);

        if (headers["Transfer-Encoding"] == "chunked")
        {
            while (true)
            {
                int end;
                while ((end = Rest.IndexOf("\r\n"u8)) < 0)
                    if (await FillAsync(patience) is { } ended) return Done(ended, "within a chunk's head");

                string size = Encoding.Latin1.GetString(Rest[..end]);
                if (!int.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length))
                    return Done(End.Malformed, $"'{size}' is not the size of a chunk");
                _start += end + 2;
                if (length == 0) break;
                if (await TakeAsync(body, length, patience) is { } cut) return Done(cut, "within a chunk");
                while (_end - _start < 2)
                    if (await FillAsync(patience) is { } ended) return Done(ended, "behind a chunk");
                if (Rest is not [(byte)'\r', (byte)'\n', ..]) return Done(End.Malformed, "no line end behind a chunk");
                _start += 2;
            }

            while (true)
            {
                int end;
                while ((end = Rest.IndexOf("\r\n"u8)) < 0)
                    if (await FillAsync(patience) is { } ended) return Done(ended, "within the trailers");
                string line = Encoding.Latin1.GetString(Rest[..end]);
                _start += end + 2;
                if (line.Length == 0) return Done(End.Whole);
                int colon = line.IndexOf(':');
                if (colon <= 0) return Done(End.Malformed, $"'{line}' is not a trailer");
                headers.Add(new("trailer " + line[..colon], line[(colon + 1)..].Trim()));
            }
        }

        if (headers["Content-Length"] is { } text)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length))
                return Done(End.Malformed, $"'{text}' is not a length");
            return await TakeAsync(body, length, patience) is { } ended ? Done(ended, "within the body") : Done(End.Whole);
        }

        while (true)
        {
            if (_end > _start) await TakeAsync(body, _end - _start, patience);
            if (await FillAsync(patience) is { } ended) return Done(ended is End.Closed ? End.Whole : ended);
        }

        Answer Done(End end, string why = "")
        {
            byte[] bytes = body.ToArray();
            return new Answer(end, status, headers, bytes, [.. head, .. bytes, .. end is End.Whole ? [] : Rest], why);
        }
    }

    /// <summary>
    /// Waits for a moment that nothing comes; how the connection ended, or null while it is open. What has come is in
    /// <see cref="Rest"/>.
    /// </summary>
    public async Task<End?> ListenAsync(TimeSpan time)
    {
        using var patience = new CancellationTokenSource(time);
        while (_end - _start < 4096)
        {
            if (await FillAsync(patience.Token) is not { } ended) continue;
            return ended is End.TimedOut ? null : ended;
        }

        return null;
    }

    private async ValueTask<End?> TakeAsync(MemoryStream body, int length, CancellationToken patience)
    {
        while (length > 0)
        {
            if (_end == _start && await FillAsync(patience) is { } ended) return ended;
            int count = Math.Min(length, _end - _start);
            body.Write(_buffer, _start, count);
            _start += count;
            length -= count;
        }

        return null;
    }

    private async ValueTask<End?> FillAsync(CancellationToken patience)
    {
        if (_ended is { } already) return already;
        if (_start > 0)
        {
            Rest.CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        try
        {
            int most = _buffer.Length - _end;
            if (_slowReads > 0)
            {
                _slowReads--;
                most = Math.Min(most, 2048);
                await Task.Delay(1, patience);
            }

            Memory<byte> room = _buffer.AsMemory(_end, most);
            int count = await (_secure?.ReceiveAsync(room, patience) ?? _socket.ReceiveAsync(room, patience));
            _end += count;
            if (count > 0)
            {
                // A slow reader of two megabytes takes its time; only silence is a hang
                _patience?.CancelAfter(Patience);
                if (_buffer.Length < 64 << 10 && _end == _buffer.Length) Array.Resize(ref _buffer, 64 << 10);
                return null;
            }

            return _ended = End.Closed;
        }
        catch (OperationCanceledException)
        {
            return End.TimedOut;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            return _ended = e is IOException && !SecureEnd.IsCut(e) ? End.Malformed : End.Reset;
        }
    }
}
