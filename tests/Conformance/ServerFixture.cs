using Prebake.Hosting;

namespace Prebake.Conformance;

/// <summary>The same app on each transport, on port 0 of the loopback address.</summary>
public static class Servers
{
    // Time-outs have tests of their own. Elsewhere a machine that is busy for ten seconds is no reason to hang up.
    private static readonly ServeOptions s_patient = new() { IdleTimeout = TimeSpan.FromMinutes(1), HeadTimeout = TimeSpan.FromMinutes(1) };

    private static readonly Lazy<Server> s_native = new(() => Start(portable: false));
    private static readonly Lazy<Server> s_portable = new(() => Start(portable: true));

    public static IEnumerable<bool> Transports => OperatingSystem.IsLinux() ? [false, true] : [true];

    public static Server Of(bool portable) => portable ? s_portable.Value : s_native.Value;

    public static Server Start(bool portable, ServeOptions? options = null) => StartApp(portable, new TestApp(), options);

    internal static Server StartApp<TApp>(bool portable, TApp app, ServeOptions? options = null) where TApp : IApp<TApp> =>
        StartAt(portable, app, (options ?? s_patient) with { Port = 0, Hostname = "127.0.0.1" });

    /// <summary>The same where the options say; not in development unless they say so.</summary>
    internal static Server StartAt<TApp>(bool portable, TApp app, ServeOptions options) where TApp : IApp<TApp>
    {
        TransportChoice.Override = portable;
        try
        {
            return Serve.Start(app, options with { Development = options.Development ?? false });
        }
        finally
        {
            TransportChoice.Override = null;
        }
    }
}

/// <summary>The clients of these tests wait synchronously, many at once; the pool that the servers and their handlers need must not run dry of them.</summary>
internal static class Threads
{
    [System.Runtime.CompilerServices.ModuleInitializer]
    internal static void Provide() => ThreadPool.SetMinThreads(64, 64);
}
