using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Prebake.Http;
using Prebake.Transports.Memory;
using Prebake.WebSockets;

namespace Prebake;

/// <summary>
/// The client of a WebSocket in memory, made by <see cref="Server.ConnectAsync(string, string[],
/// CancellationToken)"/>: for tests of your handlers. There is no port, but everything else is as it is for a client
/// far away: the handshake, the frames, the limits.
/// </summary>
/// <remarks>
/// It reads when you call <see cref="ReceiveAsync"/> or <see cref="CloseAsync"/>, and answers pings then. Until then
/// the server can send 64 KiB; what is more waits on its side, as it does for a slow client. Members may be used from
/// any thread; one receives at a time.
/// </remarks>
/// <example><code>
/// await using var server = Serve.Start&lt;App&gt;();
/// await using var client = await server.ConnectAsync("/chat");
///
/// await client.SendAsync("hello");
/// Assert.Equal("hello", (await client.ReceiveAsync())?.Text);
/// </code></example>
public sealed class WebSocketClient : IAsyncDisposable
{
    private const byte Close = 8, Ping = 9, Pong = 10;
    private const int NoStatus = 1005, Abnormal = 1006;

    private readonly ClientSocket _socket;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Queue<WebSocketMessage> _early = new();        // came while it closed
    private int _receiving;
    private int _taken;                 // of a frame that has not come whole: bytes that make room already
    private bool _closeSent, _ended;

    private WebSocketClient(ClientSocket socket, Headers responseHeaders)
    {
        _socket = socket;
        ResponseHeaders = responseHeaders;
    }

    /// <summary>The headers of the 101.</summary>
    public Headers ResponseHeaders { get; }

    /// <summary>The subprotocol that the server has chosen, or null.</summary>
    public string? Protocol => ResponseHeaders["Sec-WebSocket-Protocol"];

    /// <summary>
    /// Why the server has closed the connection: 1005 if it did not say, 1006 if it was cut; null as long as it is
    /// not known, which is until <see cref="ReceiveAsync"/> has returned null.
    /// </summary>
    public int? CloseCode { get; private set; }

    /// <summary>The server's own words beside <see cref="CloseCode"/>; perhaps empty.</summary>
    public string CloseReason { get; private set; } = "";

    /// <summary>Sends a text message.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public ValueTask SendAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SendAsync((byte)MessageKind.Text, Encoding.UTF8.GetBytes(text), cancellationToken);
    }

    /// <summary>Sends a binary message.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        SendAsync((byte)MessageKind.Binary, data, cancellationToken);

    /// <summary>Sends a ping. The pong is not shown.</summary>
    /// <param name="data">125 bytes at most.</param>
    /// <param name="cancellationToken">Gives up waiting until the server reads.</param>
    /// <exception cref="IOException">The connection is gone.</exception>
    public ValueTask SendPingAsync(ReadOnlyMemory<byte> data = default, CancellationToken cancellationToken = default)
    {
        if (data.Length > 125)
            throw new ArgumentException("A ping holds 125 bytes at most (RFC 6455 section 5.5).", nameof(data));
        return SendAsync(Ping, data, cancellationToken);
    }

    /// <summary>
    /// The next message; null when the connection has closed, and then <see cref="CloseCode"/> says why.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another call has not completed.</exception>
    public async ValueTask<WebSocketMessage?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        BeginReceiving();
        try
        {
            if (_early.TryDequeue(out WebSocketMessage early)) return early;
            return await ReadMessageAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _receiving, 0);
        }
    }

    /// <summary>
    /// Says goodbye and waits until the server has done so, too. Messages that come meanwhile are there for
    /// <see cref="ReceiveAsync"/>.
    /// </summary>
    /// <param name="code">1000, or 3000 to 4999.</param>
    /// <param name="reason">123 bytes at most.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="InvalidOperationException">A <see cref="ReceiveAsync"/> has not completed.</exception>
    public async ValueTask CloseAsync(
        int code = 1000, string reason = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (code is < 1000 or > 4999)
            throw new ArgumentOutOfRangeException(nameof(code), code, "It must be >= 1000 and <= 4999.");
        if (Encoding.UTF8.GetByteCount(reason) > 123)
            throw new ArgumentException("A reason holds 123 bytes at most (RFC 6455 section 5.5).", nameof(reason));

        BeginReceiving();
        try
        {
            if (_ended) return;
            await SendCloseAsync(code, reason, cancellationToken).ConfigureAwait(false);
            while (await ReadMessageAsync(cancellationToken).ConfigureAwait(false) is { } message)
                _early.Enqueue(message);
        }
        catch (IOException)
        {
            // The server has cut the connection meanwhile
            End(Abnormal, "");
        }
        finally
        {
            Volatile.Write(ref _receiving, 0);
        }
    }

    /// <summary>Cuts the connection as a client that vanishes: the handler sees 1006.</summary>
    public void Abort() => _socket.Leave();

    /// <summary>Cuts the connection if it has not closed.</summary>
    public ValueTask DisposeAsync()
    {
        Abort();
        return default;
    }

    /// <summary>The handshake over a connection that has just been opened.</summary>
    internal static async ValueTask<WebSocketClient> ConnectAsync(
        ClientSocket socket, OutgoingRequest request, Headers headers, CancellationToken cancellationToken)
    {
        Span<byte> key = stackalloc byte[16];
        RandomNumberGenerator.Fill(key);
        byte[] bytes = request.SerializeUpgrade(headers, Convert.ToBase64String(key));
        try
        {
            await socket.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            return await ReadHandshakeAsync(socket, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Leave();
            throw;
        }
    }

    private static async ValueTask<WebSocketClient> ReadHandshakeAsync(
        ClientSocket socket, CancellationToken cancellationToken)
    {
        bool isRefused = false;
        int taken = 0;
        while (true)
        {
            ReadResult read = await socket.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            byte[] seen = buffer.ToArray();
            int headEnd = seen.AsSpan().IndexOf("\r\n\r\n"u8);

            if (headEnd > 0 && seen.AsSpan().StartsWith("HTTP/1.1 101 "u8))
            {
                SequencePosition end = buffer.GetPosition(headEnd + 4);
                socket.Consumed(end, end, headEnd + 4 - taken);
                return new WebSocketClient(socket, ResponseReader.ReadHead(seen.AsSpan(0, headEnd)));
            }

            if (read.IsCompleted)
            {
                socket.Consumed(buffer.End, buffer.End, seen.Length - taken);
                throw new WebSocketRefusedException(ResponseReader.Read(seen, isHead: false));
            }

            // It has been answered, and nothing else is wanted of this connection
            if (headEnd > 0 && !isRefused) { isRefused = true; socket.EndInput(); }
            socket.Consumed(buffer.Start, buffer.End, seen.Length - taken);
            taken = seen.Length;
        }
    }

    private void BeginReceiving()
    {
        if (Interlocked.Exchange(ref _receiving, 1) == 1)
            throw new InvalidOperationException(
                "Another ReceiveAsync or CloseAsync has not completed; await it first.");
    }

    private async ValueTask<WebSocketMessage?> ReadMessageAsync(CancellationToken cancellationToken)
    {
        while (!_ended)
        {
            (byte opcode, byte[] payload) = await ReadFrameAsync(cancellationToken).ConfigureAwait(false);
            switch (opcode)
            {
                case (byte)MessageKind.Text or (byte)MessageKind.Binary:
                    return new WebSocketMessage((MessageKind)opcode, payload);
                case Ping:
                    await SendAsync(Pong, payload, cancellationToken).ConfigureAwait(false);
                    break;
                case Close:
                    await AnswerCloseAsync(payload, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }

        return null;
    }

    private async ValueTask AnswerCloseAsync(byte[] payload, CancellationToken cancellationToken)
    {
        int code = payload.Length < 2 ? NoStatus : BinaryPrimitives.ReadUInt16BigEndian(payload);
        try
        {
            await SendCloseAsync(code, "", cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It did not wait for an answer
        }

        End(code, payload.Length < 2 ? "" : Encoding.UTF8.GetString(payload.AsSpan(2)));
    }

    // The server writes whole messages and does not mask. A cut is a Close without a code of its own
    private async ValueTask<(byte Opcode, byte[] Payload)> ReadFrameAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult read = await _socket.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;

            if (ClientFrame.TryParseHead(buffer, out byte opcode, out int head, out long length)
                && buffer.Length >= head + length)
            {
                byte[] payload = buffer.Slice(head, length).ToArray();
                SequencePosition end = buffer.GetPosition(head + length);
                _socket.Consumed(end, end, head + (int)length - _taken);
                _taken = 0;
                return (opcode, payload);
            }

            if (read.IsCompleted)
            {
                _socket.Consumed(buffer.End, buffer.End, (int)buffer.Length - _taken);
                _taken = 0;
                End(Abnormal, "");
                return default;
            }

            // A frame that exceeds the window: what has come of it makes room for the rest
            _socket.Consumed(buffer.Start, buffer.End, (int)buffer.Length - _taken);
            _taken = (int)buffer.Length;
        }
    }

    private async ValueTask SendCloseAsync(int code, string reason, CancellationToken cancellationToken)
    {
        if (_closeSent) return;
        _closeSent = true;

        byte[] payload = code == NoStatus ? [] : [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)];
        await SendAsync(Close, payload, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask SendAsync(byte opcode, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        byte[] frame = ClientFrame.Make(opcode, payload.Span);
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_ended) throw Gone();
            await _socket.WriteAsync(frame, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            throw Gone();           // it ended at this moment
        }
        finally
        {
            _sending.Release();
        }
    }

    private static IOException Gone() => new("The WebSocket has closed; nothing more can be sent.");

    private void End(int code, string reason)
    {
        if (_ended) return;
        _ended = true;
        CloseCode = code;
        CloseReason = reason;
        _socket.EndInput();
    }
}
