using System.Net;
using System.Net.Sockets;
using static Prebake.Benchmarks.Load.LibSsl;

namespace Prebake.Benchmarks.Load;

/// <summary>
/// A connection of OpenSSL's client, which waits for what it asks. So that all servers have the same work, it offers one version, one group
/// and one suite: TLS 1.3, X25519 and AES-128-GCM; and a name and a protocol, as browsers do.
/// </summary>
internal sealed unsafe class TlsPeer : IDisposable
{
    private static readonly nint s_context = MakeContext();

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[2048];
    private nint _ssl;

    /// <param name="session">A session to resume, or 0.</param>
    public TlsPeer(int port, nint session = 0)
    {
        _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 10_000, SendTimeout = 10_000 };
        try
        {
            _socket.Connect(IPAddress.Loopback, port);
            ERR_clear_error();
            _ssl = SSL_new(s_context);
            _ = SSL_set_fd(_ssl, (int)_socket.Handle);
            fixed (byte* name = "localhost\0"u8) SSL_ctrl(_ssl, ControlHostName, 0, name);
            if (session != 0) _ = SSL_set_session(_ssl, session);
            if (SSL_connect(_ssl) != 1) throw new IOException("A handshake failed.");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>It has resumed a session.</summary>
    public bool IsResumed => SSL_session_reused(_ssl) == 1;

    /// <summary>The session as it is now, with the last ticket that has come. The caller's, to be freed.</summary>
    public nint Session => SSL_get1_session(_ssl);

    /// <summary>Asks, and reads until the answer ends with these bytes; the connection stays.</summary>
    public void Ask(byte[] request, byte[] end)
    {
        Send(request);
        for (var length = 0; !_buffer.AsSpan(0, length).EndsWith(end);)
        {
            var count = Read(length);
            if (count <= 0) throw new IOException("A connection ended before its answer was complete.");
            length += count;
        }
    }

    /// <summary>Asks, reads until the server says goodbye, and says it, too: else the session would not be good for another connection.</summary>
    public void AskOnce(byte[] request)
    {
        Send(request);
        var length = 0;
        for (int count; (count = Read(length)) > 0;) length += count;

        if (!_buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8)) throw new IOException("A request was not answered.");
        _ = SSL_shutdown(_ssl);
    }

    /// <summary>The connection stays, and nothing more is said on it; so this side needs no memory for it.</summary>
    public void FallSilent()
    {
        SSL_free(_ssl);
        _ssl = 0;
    }

    public void Dispose()
    {
        if (_ssl != 0) SSL_free(_ssl);
        _ssl = 0;
        _socket.Dispose();
    }

    private void Send(byte[] bytes)
    {
        fixed (byte* from = bytes)
            if (SSL_write(_ssl, from, bytes.Length) != bytes.Length) throw new IOException("A request was not taken.");
    }

    private int Read(int at)
    {
        fixed (byte* to = _buffer)
        {
            var count = SSL_read(_ssl, to + at, _buffer.Length - at);
            if (count <= 0 && SSL_get_error(_ssl, count) != ErrorZeroReturn) throw new IOException("A connection was cut.");
            return count;
        }
    }

    private static nint MakeContext()
    {
        var context = SSL_CTX_new(TLS_client_method());
        SSL_CTX_ctrl(context, ControlMinProtocol, Tls13, null);
        fixed (byte* groups = "X25519\0"u8, suites = "TLS_AES_128_GCM_SHA256\0"u8, protocols = "\bhttp/1.1"u8)
        {
            SSL_CTX_ctrl(context, ControlGroups, 0, groups);
            _ = SSL_CTX_set_ciphersuites(context, suites);
            _ = SSL_CTX_set_alpn_protos(context, protocols, 9);
        }

        return context;
    }
}
