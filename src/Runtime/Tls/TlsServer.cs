using System.Security.Cryptography;
using Prebake.Logging;
using Prebake.Tls.OpenSsl;
using Prebake.Tls.Portable;
using Prebake.Transports;

namespace Prebake.Tls;

/// <summary>The certificates of one server: owns the current contexts, and swaps them at a renewal.</summary>
internal sealed class TlsServer : TlsTermination
{
    private readonly Lock _renewing = new();
    private volatile TlsContexts _contexts;

    /// <summary>Reads all certificates. What is wrong with one is an exception that says so.</summary>
    public TlsServer(TlsSettings settings)
    {
        Settings = settings;

        // In this form the trimmer sees that a native binary for Linux has no use for SslStream
        Backend = OperatingSystem.IsLinux() && settings.UsesOpenSsl ? new OpenSslBackend() : new SslStreamBackend();
        TicketKeys = new TicketKeys(Backend.FillRandom, static () => Environment.TickCount64);
        Report = new TlsReport(settings.Logger);
        _contexts = MakeContexts();
    }

    public TlsSettings Settings { get; }

    public TlsBackend Backend { get; }

    /// <summary>They outlive renewals, so that clients still resume after one.</summary>
    public TicketKeys TicketKeys { get; }

    public TlsReport Report { get; }

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
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
            {
                Log.RenewalFailed(Settings.Logger, e);
                return false;
            }
        }
    }

    public override void Stop() { }

    private TlsContexts MakeContexts() =>
        new(Settings.Options, options => Backend.MakeContext(options, options.Source.Load()));
}
