using Prebake.Hosting;

namespace Prebake.Conformance;

/// <summary>The same app on each transport, on port 0 of the loopback address.</summary>
public static class Servers
{
    private static readonly Lazy<Server> s_native = new(() => Start(portable: false));
    private static readonly Lazy<Server> s_portable = new(() => Start(portable: true));

    public static IEnumerable<bool> Transports => OperatingSystem.IsLinux() ? [false, true] : [true];

    public static Server Of(bool portable) => portable ? s_portable.Value : s_native.Value;

    public static Server Start(bool portable, ServeOptions? options = null) => StartApp(portable, new TestApp(), options);

    internal static Server StartApp<TApp>(bool portable, TApp app, ServeOptions? options = null) where TApp : IApp<TApp>
    {
        TransportChoice.Override = portable;
        try
        {
            return Serve.Start(app, (options ?? new ServeOptions()) with { Port = 0, Hostname = "127.0.0.1", Development = options?.Development ?? false });
        }
        finally
        {
            TransportChoice.Override = null;
        }
    }
}
