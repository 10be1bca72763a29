using Prebake.Transports;

namespace Prebake.Tls.OpenSsl;

/// <summary>OpenSSL 3 on the loops of Linux.</summary>
internal sealed class OpenSslBackend : TlsBackend
{
    public override TlsContext MakeContext(TlsOptions options, TlsCertificate certificate) =>
        throw new PlatformNotSupportedException("OpenSSL is not supported yet.");

    public override TlsSession MakeSession(Connection connection, TlsServer server) =>
        throw new PlatformNotSupportedException("OpenSSL is not supported yet.");
}
