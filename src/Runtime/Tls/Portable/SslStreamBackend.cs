using Prebake.Transports;

namespace Prebake.Tls.Portable;

/// <summary>.NET's own TLS, for the portable transport.</summary>
internal sealed class SslStreamBackend : TlsBackend
{
    public override TlsContext MakeContext(TlsOptions options, TlsCertificate certificate)
    {
        Refuse(options);
        return new SslStreamContext(options, PortableCertificate.Make(certificate));
    }

    public override void FillRandom(byte[] bytes) => System.Security.Cryptography.RandomNumberGenerator.Fill(bytes);

    public override Session MakeSession(Connection connection, TlsServer server) =>
        new SslStreamSession(connection, (TlsHandshake)connection.Protocol, server);

    private static void Refuse(TlsOptions options)
    {
        string? name = options switch
        {
            { SecureOptions: not 0 } => nameof(TlsOptions.SecureOptions),
            { DhParametersFile: not null } => nameof(TlsOptions.DhParametersFile),
            { LowMemory: true } => nameof(TlsOptions.LowMemory),
            { RevocationLists.Count: > 0 } => nameof(TlsOptions.RevocationLists),
            { OcspResponseFile: not null } => nameof(TlsOptions.OcspResponseFile),
            { TicketKeysFile: not null } => nameof(TlsOptions.TicketKeysFile),
            { CipherSuites: not null } when OperatingSystem.IsWindows() => nameof(TlsOptions.CipherSuites),
            _ => null,
        };

        if (name is not null)
            throw new PlatformNotSupportedException(
                $"\"TlsOptions.{name}\" needs OpenSSL on the loops of Linux, which the portable transport does not "
                    + "use. Leave it out, "
                    + "or run on Linux without PrebakePortableTransport.");
    }
}
