using Prebake.Logging;
using Prebake.Tls.OpenSsl;
using Prebake.Tls.Portable;
using Prebake.Transports;

namespace Prebake.Tls;

/// <summary>The certificates of one server: owns the current contexts, and swaps them at a renewal.</summary>
internal sealed class TlsServer : TlsTermination
{
    private readonly Lock _renewing = new();
    private readonly CertificateWatch? _watch;
    private volatile TlsContexts _contexts;

    /// <summary>Reads all certificates. What is wrong with one is an exception that says so.</summary>
    public TlsServer(TlsSettings settings)
    {
        Settings = settings;

        foreach (TlsOptions each in settings.Options) each.Source.Check(settings);

        // In this form the trimmer sees that a native binary for Linux has no use for SslStream
        Backend = OperatingSystem.IsLinux() && settings.UsesOpenSsl ? new OpenSslBackend() : new SslStreamBackend();

        string[] files = [.. settings.Options.SelectMany(each => each.Files)];
        if (files.Length > 0) _watch = new CertificateWatch(files, settings.WatchInterval, () => Renew());
        TicketKeys = new TicketKeys(Backend.FillRandom, static () => Environment.TickCount64);
        Report = new TlsReport(settings.Logger);
        if (settings.MostOfAddress is { } most) Addresses = new HandshakesOfAddresses(most);
        _contexts = MakeContexts();
    }

    public TlsSettings Settings { get; }

    public TlsBackend Backend { get; }

    /// <summary>They outlive renewals, so that clients still resume after one.</summary>
    public TicketKeys TicketKeys { get; }

    public TlsReport Report { get; }

    /// <summary>Null without a limit for each address.</summary>
    public HandshakesOfAddresses? Addresses { get; }

    /// <summary>The present generation. From any thread.</summary>
    public TlsContexts Contexts => _contexts;

    public override void Accept(Connection connection)
    {
        connection.Protocol = new TlsHandshake(connection, this);
        connection.UseSession(Backend.MakeSession(connection, this));
    }

    public override bool Renew()
    {
        lock (_renewing)
        {
            try
            {
                _contexts = MakeContexts();
                Log.CertificatesRenewed(Settings.Logger);
                return true;
            }
            catch (Exception e)
            {
                // Whatever it is: a renewal is nobody's request, and the server has certificates
                Log.RenewalFailed(Settings.Logger, e);
                return false;
            }
        }
    }

    public override void Watch() =>
        _watch?.Start(Settings.Options.Where(static each => each.Source.IsNew).SelectMany(static each => each.Source.Files));

    public override void Stop() => _watch?.Dispose();

    private TlsContexts MakeContexts()
    {
        TicketKey[]? keys = Settings.Options[0]?.TicketKeysFile is { } path ? TicketKey.In(path) : null;
        var contexts = new TlsContexts(Settings.Options, MakeContext);
        if (keys is not null) TicketKeys.Use(keys);
        return contexts;
    }

    private TlsContext MakeContext(TlsOptions options)
    {
        TlsCertificate certificate = options.Source.Load();
        TlsContext context = Backend.MakeContext(options, certificate);

        DateTimeOffset now = DateTimeOffset.UtcNow;
        options.Source.Announce(Settings.Logger);
        if (certificate.NotAfter < now)
            Log.CertificateExpired(Settings.Logger, certificate.Origin, certificate.NotAfter);
        else if (certificate.NotBefore > now)
            Log.CertificateNotYetValid(Settings.Logger, certificate.Origin, certificate.NotBefore);
        return context;
    }
}
