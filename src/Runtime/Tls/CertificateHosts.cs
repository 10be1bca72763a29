using Prebake.Transports;

namespace Prebake.Tls;

/// <summary>
/// The hosts that may be asked for on connections that have shaken hands for one certificate: all but those for which
/// clients have to show a certificate, or may. Else a client could ask for a public name in its handshake and for a
/// guarded one in its requests.
/// </summary>
/// <param name="contexts">All certificates of the server.</param>
/// <param name="own">That of the connection.</param>
internal sealed class CertificateHosts(TlsContexts contexts, TlsContext own) : PeerHosts
{
    // Not every other name: one certificate may be valid for several
    public override bool Include(ReadOnlySpan<byte> authority) =>
        authority.IsEmpty
        || contexts.FindHost(NameIn(authority)) is not { AsksForCertificate: true } meant
        || meant == own;

    // An address in brackets is nobody's name either way
    private static ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> authority)
    {
        int colon = authority.IndexOf((byte)':');
        return colon < 0 ? authority : authority[..colon];
    }
}
