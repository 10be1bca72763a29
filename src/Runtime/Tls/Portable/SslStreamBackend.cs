using Prebake.Transports;

namespace Prebake.Tls.Portable;

/// <summary>.NET's own TLS, for the portable transport.</summary>
internal sealed class SslStreamBackend : TlsBackend
{
    public override TlsContext MakeContext(TlsOptions options, TlsCertificate certificate) =>
        throw new PlatformNotSupportedException("SslStream is not supported yet.");

    public override void FillRandom(byte[] bytes) => System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);

    public override Session MakeSession(Connection connection, TlsServer server) =>
        throw new PlatformNotSupportedException("SslStream is not supported yet.");
}
