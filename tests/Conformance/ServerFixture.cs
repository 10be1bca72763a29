using Prebake.Conformance.Tls;
using Prebake.Lifetime;

namespace Prebake.Conformance;

/// <summary>What a test's server waits with: the names and numbers of <see cref="TransportKind"/>, public for xunit.</summary>
public enum Over { IoUring, Epoll, Sockets }

/// <summary>One server over each transport, started when first asked for.</summary>
internal sealed class ServerOfEach(Func<Over, Server> start)
{
    private readonly Lazy<Server>[] _servers = [.. Enum.GetValues<Over>().Select(transport => new Lazy<Server>(() => start(transport)))];

    public Server Of(Over transport) => _servers[(int)transport].Value;
}

/// <summary>The same app on each transport, on port 0 of the loopback address.</summary>
public static class Servers
{
    // Time-outs have tests of their own. Elsewhere a machine that is busy for ten seconds is no reason to hang up.
    private static readonly ServeOptions s_patient = new()
    {
        IdleTimeout = TimeSpan.FromMinutes(1), HeadTimeout = TimeSpan.FromMinutes(1), HandshakeTimeout = TimeSpan.FromMinutes(1),
    };

    private static readonly ServerOfEach s_servers = new(transport => Start(transport));

    /// <summary>For <c>localhost</c>.</summary>
    internal static TlsOptions Tls { get; } = Certificates.Authority.Issue("localhost").Options;

    private static readonly ServerOfEach s_tlsServers = new(transport => Start(transport, s_patient with { Tls = [Tls] }));

    /// <summary>Those that are to be had here, the best first: io_uring needs a kernel that lets it be used.</summary>
    public static IReadOnlyList<Over> Transports { get; } = OperatingSystem.IsLinux() ? HasIoUring() ? [Over.IoUring, Over.Epoll, Over.Sockets] : [Over.Epoll, Over.Sockets] : [Over.Sockets];

    public static Server Of(Over transport) => s_servers.Of(transport);

    /// <summary>The transports that encrypt, and the same app over each with a certificate of its own.</summary>
    public static IReadOnlyList<Over> TlsTransports { get; } = Transports;

    public static Server OfTls(Over transport) => s_tlsServers.Of(transport);

    public static Server Start(Over transport, ServeOptions? options = null) => StartApp(transport, new TestApp(), options);

    internal static Server StartApp<TApp>(Over transport, TApp app, ServeOptions? options = null) where TApp : IApp<TApp> =>
        StartAt(transport, app, (options ?? s_patient) with { Port = 0, Hostname = "127.0.0.1" });

    /// <summary>The same where the options say; not in development unless they say so.</summary>
    internal static Server StartAt<TApp>(Over transport, TApp app, ServeOptions options) where TApp : IApp<TApp>
    {
        TransportChoice.Override = (TransportKind)transport;
        try
        {
            return Serve.Start(app, options with { Development = options.Development ?? false });
        }
        finally
        {
            TransportChoice.Override = null;
        }
    }

    private static bool HasIoUring()
    {
        using Prebake.Transports.Linux.Uring.Ring? ring = Prebake.Transports.Linux.Uring.Ring.TryCreate(out _);
        return ring is not null;
    }
}

/// <summary>The clients of these tests wait synchronously, many at once; the pool that the servers and their handlers need must not run dry of them.</summary>
internal static class Threads
{
    [System.Runtime.CompilerServices.ModuleInitializer]
    internal static void Provide() => ThreadPool.SetMinThreads(64, 64);
}
