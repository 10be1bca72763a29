using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Prebake.Tls.Portable;

/// <summary>What all connections with one certificate share, as <c>SslStream</c> has it.</summary>
internal sealed class SslStreamContext : TlsContext
{
    private static readonly List<SslApplicationProtocol> s_protocols =
        [SslApplicationProtocol.Http11, new("http/1.0"u8.ToArray())];

    private readonly TlsOptions _options;
    private readonly SslStreamCertificateContext _certificate;
    private readonly X509Certificate2Collection? _authorities;
    private readonly SslServerAuthenticationOptions? _shared;

    public SslStreamContext(TlsOptions options, PortableCertificate certificate)
    {
        _options = options;
        if (options.ClientCertificates is { } clients) _authorities = AuthoritiesOf(clients.Authorities);

        // The names of the authorities, so that browsers offer what will do. Windows takes them from a store only
        SslCertificateTrust? trust = _authorities is null || OperatingSystem.IsWindows()
            ? null
            : SslCertificateTrust.CreateForX509Collection(_authorities, sendTrustInHandshake: true);

        // Offline: what the file does not have is not looked for in the network
        _certificate = SslStreamCertificateContext.Create(certificate.Own, certificate.Chain, offline: true, trust);
        if (_authorities is null) _shared = MakeOptions();
    }

    public override bool AsksForCertificate => _authorities is not null;

    /// <summary>
    /// For one connection. What verifies a client's certificate collects its chain, and is no two connections'.
    /// </summary>
    public SslServerAuthenticationOptions OptionsFor(SslStreamSession session)
    {
        if (_shared is not null) return _shared;

        SslServerAuthenticationOptions options = MakeOptions();
        bool isRequired = _options.ClientCertificates!.IsRequired;
        options.ClientCertificateRequired = true;                   // "asked for", in the words of SslStream

        // A ticket would stand for the certificate, also after that has been taken from the list
        options.AllowTlsResume = false;
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(_authorities!);
        options.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            if (errors is SslPolicyErrors.None || (certificate is null && !isRequired)) return true;
            session.RefuseCertificate(isMissing: certificate is null);
            return false;
        };
        return options;
    }

    private SslServerAuthenticationOptions MakeOptions()
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _certificate,
            EnabledSslProtocols = _options.ProtocolsOrDefault,
            ApplicationProtocols = s_protocols,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (_options.CipherSuites is { } suites && !OperatingSystem.IsWindows()) options.CipherSuitesPolicy = suites;
        return options;
    }

    private static X509Certificate2Collection AuthoritiesOf(string path)
    {
        var authorities = new X509Certificate2Collection();
        string text = TlsFile.ReadText(path, "authorities");
        foreach (CertificateFacts each in PemPair.CertificatesOf(text, TlsFile.Quote(path)))
            authorities.Add(X509CertificateLoader.LoadCertificate(each.Der));
        return authorities;
    }
}
