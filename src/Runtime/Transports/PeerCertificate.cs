using System.Security.Cryptography.X509Certificates;

namespace Prebake.Transports;

/// <summary>What a peer has shown of itself, verified. From any thread, also when the connection is gone.</summary>
/// <param name="bytes">In DER format.</param>
internal sealed class PeerCertificate(byte[] bytes)
{
    /// <summary>Made when somebody asks: most do not.</summary>
    public X509Certificate2 Value => field ??= X509CertificateLoader.LoadCertificate(bytes);
}
