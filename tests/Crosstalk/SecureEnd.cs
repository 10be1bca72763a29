using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Prebake.Crosstalk;

/// <summary>The client's side of TLS on a connection. It trusts whoever answers.</summary>
internal sealed class SecureEnd
{
    private readonly SslStream _stream;
    private readonly byte[] _plain = new byte[16 << 10];
    private Task<int>? _read;               // goes on although nobody waits for it any more: else its record would be lost
    private int _start, _end;
    private volatile bool _hasSaidFarewell;

    private SecureEnd(Socket socket) =>
        _stream = new SslStream(new NetworkStream(socket, ownsSocket: false), leaveInnerStreamOpen: true, (_, _, _, _) => true);

    public static async Task<SecureEnd> ShakeHandsAsync(Socket socket)
    {
        var end = new SecureEnd(socket);
        await end._stream.AuthenticateAsClientAsync("localhost");
        return end;
    }

    /// <summary>The connection has gone in the middle of a record; anything else that goes wrong is a record that makes no sense.</summary>
    public static bool IsCut(Exception e) =>
        e.InnerException is SocketException or ObjectDisposedException || e.Message.Contains("EOF", StringComparison.Ordinal);

    /// <exception cref="IOException">The connection has gone, or this end has been closed, as a plain socket says it.</exception>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes);
        }
        catch (InvalidOperationException e) when (_hasSaidFarewell)
        {
            throw new IOException("This end has been closed.", e);
        }
    }

    /// <returns>
    /// False: the library has not said it. It looks for the peer's at once, and takes an answer that has come and
    /// not been read for a fault.
    /// </returns>
    public bool SayFarewell()
    {
        if (_hasSaidFarewell) return true;
        _hasSaidFarewell = true;
        try
        {
            _stream.ShutdownAsync().GetAwaiter().GetResult();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> to, CancellationToken patience)
    {
        if (_start == _end)
        {
            _read ??= _stream.ReadAsync(_plain).AsTask();
            _end = await _read.WaitAsync(patience);
            _start = 0;
            _read = null;
        }

        int count = Math.Min(to.Length, _end - _start);
        _plain.AsSpan(_start, count).CopyTo(to.Span);
        _start += count;
        return count;
    }
}
