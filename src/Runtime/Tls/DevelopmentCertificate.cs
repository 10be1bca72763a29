using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Prebake.Logging;

namespace Prebake.Tls;

/// <summary>
/// A certificate for <c>localhost</c> that this user has made: it is kept in a folder of the user's, so that it is
/// trusted once for all projects, and made anew before it expires.
/// </summary>
internal sealed class DevelopmentCertificate : TlsSource
{
    /// <summary>Asks for it also where the server is not in development.</summary>
    internal const string Variable = "PREBAKE_DEVELOPMENT_CERTIFICATE";

    // Browsers accept no certificate that is valid for more than 398 days, unless its root is the user's own; Apple
    // says 825 for all
    private const int ValidDays = 365, RenewedBeforeDays = 30;

    private readonly string _folder;
    private bool _isNew;

    /// <param name="folder">Where it is kept; null for the user's application data.</param>
    public DevelopmentCertificate(string? folder = null) => _folder = folder ?? DefaultFolder();

    private string CertificatePath => Path.Combine(_folder, "localhost.pem");

    private string KeyPath => Path.Combine(_folder, "localhost.key");

    public override IReadOnlyList<string> Files => [CertificatePath, KeyPath];

    public override bool IsNew => _isNew;

    public override TlsCertificate Load()
    {
        // Two programs may start at the same time
        Directory.CreateDirectory(_folder);
        using FileStream _ = Lock(Path.Combine(_folder, "lock"));

        _isNew = false;
        if (TryRead() is { } kept) return kept;

        Make();
        _isNew = true;
        return TryRead() ?? throw new CryptographicException(
            $"The development certificate in {TlsFile.Quote(_folder)} makes no sense. Delete the folder.");
    }

    public override TlsTermination Terminate(TlsSettings settings) => new TlsServer(settings);

    public override void Check(TlsSettings settings)
    {
        if (!settings.IsDevelopment && Environment.GetEnvironmentVariable(Variable) != "1")
            throw new ArgumentException(
                "\"TlsOptions.Development\" is a certificate that only this machine trusts, and the server is not in "
                    + "development. Give a "
                    + "real one, for example with TlsOptions.FromPemFiles; or, to use it all the same, set "
                    + "\"ServeOptions.Development\" "
                    + $"to true or the environment variable {Variable} to 1.");
    }

    public override void Announce(ILogger logger)
    {
        if (IsNew) Log.DevelopmentCertificateMade(logger, CertificatePath, HowToTrust());
    }

    private static string DefaultFolder()
    {
        string data = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0
            ? Path.Combine(data, "prebake", "tls")
            : throw new IOException(
                "There is no folder for the development certificate, since this user has neither HOME nor "
                    + "XDG_DATA_HOME. Set one of "
                    + "them, or give a certificate with TlsOptions.FromPemFiles.");
    }

    private static FileStream Lock(string path)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < 200)
            {
                Thread.Sleep(25);           // at the start of a program, when another makes the certificate
            }
        }
    }

    // Null: there is none that can be used for another while
    private TlsCertificate? TryRead()
    {
        if (!File.Exists(CertificatePath) || !File.Exists(KeyPath)) return null;
        try
        {
            TlsCertificate kept = PemPair.Make(
                File.ReadAllText(CertificatePath), TlsFile.Quote(CertificatePath),
                File.ReadAllText(KeyPath), TlsFile.Quote(KeyPath), passphrase: null);
            using X509Certificate2 _ = X509Certificate2.CreateFromPem(kept.Chain, kept.Key);
            DateTimeOffset now = DateTimeOffset.UtcNow;
            return kept.NotBefore <= now && kept.NotAfter > now.AddDays(RenewedBeforeDays) ? kept : null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    private void Make()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            "CN=localhost,O=Prebake development certificate", key, HashAlgorithmName.SHA256);

        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("*.localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());

        // Not an authority: who gets hold of its key can be localhost, and nobody else
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));

        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(ValidDays));
        Write(KeyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
        Write(CertificatePath, certificate.ExportCertificatePem() + "\n");
    }

    // Whole or not at all, and from its first byte on for nobody else
    private static void Write(string path, string text)
    {
        string beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(new FileStream(beside, options))) writer.Write(text);
        File.Move(beside, path, overwrite: true);
    }

    private string HowToTrust() =>
        OperatingSystem.IsWindows() ? $"certutil -user -addstore Root \"{CertificatePath}\""
        : OperatingSystem.IsMacOS()
            ? $"security add-trusted-cert -p ssl -k ~/Library/Keychains/login.keychain-db \"{CertificatePath}\""
        : $"sudo cp \"{CertificatePath}\" /usr/local/share/ca-certificates/prebake-localhost.crt && sudo "
            + "update-ca-certificates; "
            + "Chromium and Firefox have lists of their own, which their settings lead to";
}
