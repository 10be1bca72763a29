namespace Prebake.Tls;

/// <summary>Why a handshake has failed.</summary>
internal enum TlsFailure : byte
{
    /// <summary>The client speaks http without TLS.</summary>
    PlainHttp,

    /// <summary>What came is not TLS, or makes no sense.</summary>
    Malformed,

    /// <summary>No version of TLS that both have.</summary>
    Version,

    /// <summary>No cipher, key exchange or signature that both have.</summary>
    NothingInCommon,

    /// <summary>ALPN: no protocol that both have.</summary>
    NoProtocol,

    /// <summary>The client has asked for a name that the server refuses.</summary>
    OtherName,

    /// <summary>The client has shown no certificate although it must.</summary>
    NoClientCertificate,

    /// <summary>The client's certificate is unknown, expired or revoked.</summary>
    ClientCertificateRefused,

    /// <summary>The client has refused what the server has shown.</summary>
    RefusedByPeer,

    /// <summary>The client has gone.</summary>
    PeerLeft,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>Too many were in progress, and this one the longest.</summary>
    Crowded,

    /// <summary>Too many of its address were in progress.</summary>
    AddressLimit,
}

internal static class TlsFailures
{
    /// <summary>As a metric's <c>error.type</c>.</summary>
    public static string Name(this TlsFailure failure) => failure switch
    {
        TlsFailure.PlainHttp => "plain_http",
        TlsFailure.Malformed => "malformed",
        TlsFailure.Version => "version",
        TlsFailure.NothingInCommon => "nothing_in_common",
        TlsFailure.NoProtocol => "no_application_protocol",
        TlsFailure.OtherName => "other_name",
        TlsFailure.NoClientCertificate => "no_client_certificate",
        TlsFailure.ClientCertificateRefused => "client_certificate_refused",
        TlsFailure.RefusedByPeer => "refused_by_peer",
        TlsFailure.PeerLeft => "peer_left",
        TlsFailure.TimedOut => "timed_out",
        TlsFailure.AddressLimit => "address_limit",
        _ => "crowded",
    };
}
