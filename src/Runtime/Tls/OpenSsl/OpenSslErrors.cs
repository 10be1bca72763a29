using System.Security.Cryptography;
using static Prebake.Tls.OpenSsl.LibSsl;

namespace Prebake.Tls.OpenSsl;

/// <summary>What OpenSSL's numbers mean.</summary>
internal static class OpenSslErrors
{
    /// <summary>Why a handshake has failed.</summary>
    public static TlsFailure FailureOf(nuint error)
    {
        // Alerts of the peer are its number above 1000
        const int PeerAlerts = 1000;
        int reason = (int)(error & 0x7FFFFF);
        return reason switch
        {
            0 => TlsFailure.PeerLeft,
            258 or 267 or 396 => TlsFailure.Version,                    // unsupported, wrong, too low
            193 or 101 or 118 or 410 => TlsFailure.NothingInCommon,     // cipher, key share, signature, group
            235 => TlsFailure.NoProtocol,
            199 => TlsFailure.NoClientCertificate,
            134 => TlsFailure.ClientCertificateRefused,
            >= PeerAlerts and < PeerAlerts + 256 => TlsFailure.RefusedByPeer,
            _ => TlsFailure.Malformed,
        };
    }

    /// <summary>In OpenSSL's words, or null.</summary>
    public static string? Reason(nuint error) => LibSsl.Reason(error);

    /// <summary>Something of a certificate that cannot be used; what OpenSSL says about it is behind it.</summary>
    public static CryptographicException Refused(string what)
    {
        string? reason = LibSsl.Reason(ERR_peek_last_error());
        ERR_clear_error();
        return new CryptographicException(reason is null ? what : $"{what} ({reason})");
    }
}
