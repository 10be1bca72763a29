using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using static Prebake.Tls.OpenSsl.LibSsl;

namespace Prebake.Tls.OpenSsl;

/// <summary>Makes the context of one certificate, in the order in which OpenSSL wants to be told.</summary>
internal sealed unsafe class OpenSslContextBuilder(TlsOptions options, TlsCertificate certificate)
{
    // Forward secret and authenticated, in Mozilla's order (server-side TLS, intermediate); AES-128 first, which is as safe as the
    // rest of the handshake and a fifth cheaper. A client that prefers ChaCha20 has no hardware for AES, and gets it
    private const string DefaultSuites =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
            + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
            + "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";

    private const string DefaultSuites13 =
        "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

    // Two hours: as of OpenSSL for TLS 1.2, and below the period of the keys
    private const int TicketSeconds = 7200;

    public OpenSslContext Build()
    {
        ERR_clear_error();
        var handle = new SslContextHandle(SSL_CTX_new(TLS_server_method()));
        if (handle.IsInvalid) throw OpenSslErrors.Refused("OpenSSL cannot make a context");

        nint context = handle.DangerousGetHandle();
        try
        {
            int modes = SetModes(context);
            SetOptions(context);
            byte[] suites13 = SetCiphers(context, out bool has12);
            (int, int) protocols = SetProtocols(context, has12);
            SetCertificate(context);
            SetDhParameters(context);
            int verify = SetClientCertificates(context);
            nuint tickets = SetTickets(context, verify);
            OpenSslCallbacks.Install(context);
            return new OpenSslContext(handle)
            {
                Verify = verify, Protocols = protocols, Suites13 = suites13, Modes = modes, Tickets = tickets,
                Options = SSL_CTX_set_options(context, 0), OcspResponse = ReadOcspResponse(),
            };
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private int SetModes(nint context)
    {
        int mode = ModePartialWrite | ModeMovingBuffer | ModeAutoRetry | ModeNoAutoChain;
        if (options.LowMemory) mode |= ModeReleaseBuffers;
        SSL_CTX_ctrl(context, CtrlMode, mode, null);

        // A whole receive at once, instead of the head of each record and then its rest
        SSL_CTX_ctrl(context, CtrlReadAhead, 1, null);
        SSL_CTX_ctrl(context, CtrlSessionCacheMode, 0, null);

        return mode;
    }

    private void SetOptions(nint context) =>
        SSL_CTX_set_options(
            context,
            OpNoCompression | OpNoRenegotiation | OpServerPreference | OpPrioritizeChaCha | (ulong)options.SecureOptions);

    private (int Least, int Most) SetProtocols(nint context, bool has12)
    {
        SslProtocols asked = options.Protocols is SslProtocols.None ? SslProtocols.Tls12 | SslProtocols.Tls13 : options.Protocols;
        if ((asked & ~(SslProtocols.Tls12 | SslProtocols.Tls13)) != 0)
            throw new ArgumentException(
                "The value of \"TlsOptions.Protocols\" must be Tls12, Tls13, both or None. "
                    + $"Received {options.Protocols}");

        int least = asked.HasFlag(SslProtocols.Tls12) && has12 ? Tls12 : Tls13;
        int most = asked.HasFlag(SslProtocols.Tls13) ? Tls13 : Tls12;
        SSL_CTX_ctrl(context, CtrlMinProtocol, least, null);
        SSL_CTX_ctrl(context, CtrlMaxProtocol, most, null);
        return (least, most);
    }

    // Without a suite of TLS 1.2 that is not spoken
    private byte[] SetCiphers(nint context, out bool has12)
    {
        if (options.CipherSuites is not { } policy || OperatingSystem.IsWindows())
        {
            has12 = true;
            return SetCiphers(context, DefaultSuites, DefaultSuites13);
        }

        List<string> before13 = [], of13 = [];
        foreach (TlsCipherSuite suite in policy.AllowedCipherSuites)
        {
            // RFC 8446 appendix B.4: the suites of TLS 1.3 name no key exchange
            string name = suite.ToString();
            if (!name.Contains("_WITH_", StringComparison.Ordinal)) of13.Add(name);
            else if (OpenSslNameOf(name) is { } known) before13.Add(known);
        }

        if (before13.Count + of13.Count == 0)
            throw new ArgumentException(
                "OpenSSL knows none of the suites in \"TlsOptions.CipherSuites\": add some that it has.");

        has12 = before13.Count > 0;
        return SetCiphers(context, string.Join(':', before13), string.Join(':', of13));
    }

    private static byte[] SetCiphers(nint context, string suites, string suites13)
    {
        // An empty list is an error here
        fixed (byte* names = Text(suites))
        {
            if (suites != "" && SSL_CTX_set_cipher_list(context, names) != 1)
                throw OpenSslErrors.Refused("OpenSSL refuses the suites in \"TlsOptions.CipherSuites\"");
        }

        byte[] list13 = Text(suites13);
        fixed (byte* names = list13)
        {
            if (SSL_CTX_set_ciphersuites(context, names) != 1)
                throw OpenSslErrors.Refused("OpenSSL refuses the TLS 1.3 suites in \"TlsOptions.CipherSuites\"");
        }

        return list13;
    }

    private static string? OpenSslNameOf(string standardName)
    {
        fixed (byte* name = Text(standardName))
        {
            string? known = System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)OPENSSL_cipher_name(name));
            return known is null or "(NONE)" ? null : known;
        }
    }

    private void SetCertificate(nint context)
    {
        using var chain = new PemReader(certificate.Chain);
        nint leaf = chain.NextCertificate();
        if (leaf == 0) throw OpenSslErrors.Refused($"There is no certificate in {certificate.Origin}");

        int set = SSL_CTX_use_certificate(context, leaf);
        X509_free(leaf);
        if (set != 1) throw OpenSslErrors.Refused($"The certificate in {certificate.Origin} cannot be used");

        for (nint next = chain.NextCertificate(); next != 0; next = chain.NextCertificate())
        {
            nint added = SSL_CTX_ctrl(context, CtrlChainCertificate, 1, (void*)next);
            X509_free(next);
            if (added != 1) throw OpenSslErrors.Refused($"The chain in {certificate.Origin} cannot be used");
        }

        if (!chain.IsAtEnd) throw OpenSslErrors.Refused($"The chain in {certificate.Origin} makes no sense");

        using var keys = new PemReader(certificate.Key);
        nint key = keys.NextKey(certificate.Passphrase);
        if (key == 0) throw RefusedKey();

        set = SSL_CTX_use_PrivateKey(context, key);
        EVP_PKEY_free(key);

        // A key of another kind is set without a word, beside the certificate: only the second call finds that
        if (set != 1 || SSL_CTX_check_private_key(context) != 1)
            throw OpenSslErrors.Refused($"The key does not match the certificate in {certificate.Origin}");
    }

    private CryptographicException RefusedKey()
    {
        bool isEncrypted = certificate.Key.Contains("ENCRYPTED", StringComparison.Ordinal);
        return OpenSslErrors.Refused((isEncrypted, certificate.Passphrase) switch
        {
            (true, null) => $"The key in {certificate.Origin} is encrypted: give its passphrase",
            (true, _) => $"The passphrase does not decrypt the key in {certificate.Origin}",
            _ => $"There is no private key in {certificate.Origin}",
        });
    }

    private void SetDhParameters(nint context)
    {
        if (options.DhParametersFile is not { } path) return;

        using var reader = new PemReader(TlsFile.ReadText(path, "Diffie-Hellman parameters"));
        nint parameters = reader.NextParameters();
        if (parameters == 0) throw OpenSslErrors.Refused($"There are no Diffie-Hellman parameters in {path}");

        if (SSL_CTX_set0_tmp_dh_pkey(context, parameters) == 1) return;
        EVP_PKEY_free(parameters);
        throw OpenSslErrors.Refused($"The Diffie-Hellman parameters in {path} cannot be used");
    }

    private int SetClientCertificates(nint context)
    {
        var identity = new StringBuilder(options.ServerName?.TrimEnd('.').ToLowerInvariant());
        int verify = VerifyNone;
        if (options.ClientCertificates is { } clients)
        {
            verify = VerifyPeer | (clients.IsRequired ? VerifyFailWithout : 0);
            string authorities = TlsFile.ReadText(clients.Authorities, "authorities");
            AddAuthorities(context, authorities, clients.Authorities);
            identity.Append('\n').Append(clients.IsRequired).Append('\n').Append(authorities);
            foreach (string path in options.RevocationLists)
            {
                string lists = TlsFile.ReadText(path, "revocation list");
                AddRevocations(context, lists, path);
                identity.Append('\n').Append(lists);
            }
        }
        else if (options.RevocationLists.Count > 0)
        {
            throw new ArgumentException(
                "\"TlsOptions.RevocationLists\" are for client certificates, which nobody asks for: set "
                    + "\"TlsOptions.ClientCertificates\", too, or leave them out.");
        }

        SSL_CTX_set_verify(context, verify, null);

        // A ticket of a context that asks for other certificates, or trusts others, is not resumed here
        byte* digest = stackalloc byte[32];
        byte[] bytes = Encoding.UTF8.GetBytes(identity.ToString());
        fixed (byte* start = bytes) SHA256(start, (nuint)bytes.Length, digest);
        SSL_CTX_set_session_id_context(context, digest, 32);
        return verify;
    }

    private static void AddAuthorities(nint context, string text, string path)
    {
        using var reader = new PemReader(text);
        nint store = SSL_CTX_get_cert_store(context);
        int count = 0;
        for (nint authority = reader.NextCertificate(); authority != 0; authority = reader.NextCertificate(), count++)
        {
            // Known already is an error that is none
            X509_STORE_add_cert(store, authority);
            SSL_CTX_add_client_CA(context, authority);
            X509_free(authority);
        }

        if (count == 0 || !reader.IsAtEnd) throw OpenSslErrors.Refused($"There are no certificates of authorities in {path}");
    }

    private static void AddRevocations(nint context, string text, string path)
    {
        const uint CheckLists = 4, CheckWholeChain = 8;
        using var reader = new PemReader(text);
        nint store = SSL_CTX_get_cert_store(context);
        int count = 0;
        for (nint list = reader.NextRevocations(); list != 0; list = reader.NextRevocations(), count++)
        {
            X509_STORE_add_crl(store, list);
            X509_CRL_free(list);
        }

        if (count == 0 || !reader.IsAtEnd) throw OpenSslErrors.Refused($"There are no revocation lists in {path}");
        X509_STORE_set_flags(store, CheckLists | CheckWholeChain);
    }

    private byte[]? ReadOcspResponse()
    {
        if (options.OcspResponseFile is not { } path) return null;

        // RFC 6960 section 4.2.1: a sequence; anything else is not a response, and most likely text
        byte[] response = TlsFile.ReadBytes(path, "OCSP response");
        const byte Sequence = 0x30;
        return response is [Sequence, ..] ? response : throw new CryptographicException(
            $"There is no OCSP response in DER format in {path}. \"openssl ocsp -respout\" writes one.");
    }

    // Where clients show certificates there are none: a resumed handshake does not look at the certificate again, which may have
    // expired since, or those between it and its authority, which a ticket does not hold. With the option alone OpenSSL would keep
    // the sessions of TLS 1.3 itself
    private static nuint SetTickets(nint context, int verify)
    {
        nuint count = verify == VerifyNone ? 1u : 0u;
        if (count == 0) SSL_CTX_set_options(context, OpNoTicket);
        SSL_CTX_set_num_tickets(context, count);
        SSL_CTX_set_timeout(context, TicketSeconds);
        return count;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
