using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Prebake.Tls;

namespace Prebake.Tests.Tls;

/// <summary>The certificate that a user makes for localhost.</summary>
public sealed class DevelopmentCertificateTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("prebake-dev-").FullName, "tls");

    [Fact]
    public void It_is_made_once_and_kept()
    {
        var first = new DevelopmentCertificate(_folder);
        TlsCertificate made = first.Load();
        Assert.True(first.IsNew);

        var second = new DevelopmentCertificate(_folder);
        Assert.Equal(made, second.Load());
        Assert.False(second.IsNew);

        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(made.Chain, made.Key);
        Assert.True(certificate.MatchesHostname("localhost"));
        Assert.True(certificate.MatchesHostname("app.localhost"));
        Assert.True(certificate.MatchesHostname("127.0.0.1"));
        Assert.True(certificate.MatchesHostname("::1"));
        Assert.False(certificate.MatchesHostname("example.com"));
        Assert.InRange(certificate.NotAfter - DateTime.Now, TimeSpan.FromDays(360), TimeSpan.FromDays(398));
        Assert.Equal(2, second.Files.Count);
    }

    [Fact]
    public void Nobody_else_may_read_its_key()
    {
        var source = new DevelopmentCertificate(_folder);
        source.Load();
        if (OperatingSystem.IsWindows()) return;
        foreach (string file in source.Files) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void It_is_made_anew_when_it_expires_soon_or_is_damaged()
    {
        var source = new DevelopmentCertificate(_folder);
        TlsCertificate made = source.Load();

        using (var pki = new TestPki())
        using (X509Certificate2 soon = pki.Issue("localhost", notAfter: DateTimeOffset.UtcNow.AddDays(20)))
        {
            File.WriteAllText(source.Files[0], soon.ExportCertificatePem());
            File.WriteAllText(source.Files[1], TestPki.KeyText(soon));
        }

        TlsCertificate renewed = source.Load();
        Assert.True(source.IsNew);
        Assert.NotEqual(made, renewed);

        File.WriteAllText(source.Files[1], made.Key);           // another's
        Assert.NotEqual(renewed, source.Load());
        File.WriteAllText(source.Files[0], "half");
        source.Load();
        Assert.True(source.IsNew);
    }

    [Fact]
    public async Task Many_that_start_at_once_agree()
    {
        TlsCertificate[] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(new DevelopmentCertificate(_folder).Load)));
        Assert.Single(all.Distinct());
    }

    [Fact]
    public void It_is_refused_in_production()
    {
        TlsSettings Settings(bool isDevelopment) => new()
        {
            Options = [], UsesOpenSsl = false, Speak = _ => { }, Logger = NullLogger.Instance, IsDevelopment = isDevelopment,
            WatchInterval = TimeSpan.FromMinutes(1), HandshakeTimeout = TimeSpan.FromSeconds(10),
        };

        var source = new DevelopmentCertificate(_folder);
        source.Check(Settings(isDevelopment: true));
        ArgumentException e = Assert.Throws<ArgumentException>(() => source.Check(Settings(isDevelopment: false)));
        Assert.Contains("not in development", e.Message);
        Assert.Contains(DevelopmentCertificate.Variable, e.Message);
        Assert.False(Directory.Exists(_folder));
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);
}
