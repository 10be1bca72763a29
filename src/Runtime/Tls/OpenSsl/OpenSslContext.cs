using System.Runtime.InteropServices;
using static Prebake.Tls.OpenSsl.LibSsl;

namespace Prebake.Tls.OpenSsl;

/// <summary>An <c>SSL_CTX</c>. OpenSSL counts references, so a connection that still uses it keeps it alive after this handle is gone.</summary>
internal sealed class SslContextHandle() : SafeHandle(0, ownsHandle: true)
{
    public SslContextHandle(nint context) : this() => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        SSL_CTX_free(handle);
        return true;
    }
}

/// <summary>What the connections with one certificate share.</summary>
internal sealed unsafe class OpenSslContext(SslContextHandle handle) : TlsContext
{
    /// <summary>Valid while this object is.</summary>
    public nint Handle => handle.DangerousGetHandle();

    /// <summary>How client certificates are verified, in OpenSSL's flags.</summary>
    public int Verify { get; init; }

    public override bool AsksForCertificate => Verify != VerifyNone;

    /// <summary>In OpenSSL's numbers.</summary>
    public (int Least, int Most) Protocols { get; init; }

    public ulong Options { get; init; }

    /// <summary>Bits of <c>SSL_CTX_set_mode</c>.</summary>
    public int Modes { get; init; }

    /// <summary>How many tickets of TLS 1.3 a client gets after a full handshake.</summary>
    public nuint Tickets { get; init; }

    /// <summary>The suites of TLS 1.3 in OpenSSL's words and zero-terminated.</summary>
    public required byte[] Suites13 { get; init; }

    /// <summary>For clients that ask for one, in DER format; null for none.</summary>
    public byte[]? OcspResponse { get; init; }

    /// <summary>
    /// Makes a connection use this certificate although it was made with another one's context. False: it cannot, and must not go on.
    /// </summary>
    public bool TryApplyTo(nint ssl)
    {
        if (SSL_set_SSL_CTX(ssl, Handle) == 0) return false;

        // What SSL_set_SSL_CTX leaves as it was
        SSL_set_verify(ssl, Verify, null);
        SSL_ctrl(ssl, CtrlMinProtocol, Protocols.Least, null);
        SSL_ctrl(ssl, CtrlMaxProtocol, Protocols.Most, null);
        SSL_clear_options(ssl, ~Options);
        SSL_set_options(ssl, Options);
        SSL_ctrl(ssl, CtrlClearMode, ~Modes, null);
        SSL_ctrl(ssl, CtrlMode, Modes, null);
        if (SSL_set_num_tickets(ssl, Tickets) != 1) return false;

        fixed (byte* names = Suites13) return SSL_set_ciphersuites(ssl, names) == 1;
    }
}
