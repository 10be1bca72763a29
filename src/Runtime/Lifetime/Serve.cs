using System.Runtime.InteropServices;
using Prebake.Lifetime;
using Prebake.Logging;

namespace Prebake;

/// <summary>Starts servers. <c>Run</c> blocks until the server has stopped, <c>Start</c> returns at once.</summary>
/// <example><code>
/// Serve.Run&lt;App&gt;(args);
///
/// partial class App
/// {
///     [Fetch] string Handle() => "Bun!";
/// }
/// </code></example>
public static class Serve
{
    /// <summary>
    /// Serves <typeparamref name="TApp"/> until SIGTERM, SIGINT or <see cref="Server.StopAsync"/>; prints where it listens. On a signal
    /// requests in flight finish, at most for <see cref="ServeOptions.ShutdownTimeout"/>; a second signal ends the process (row A101).
    /// </summary>
    /// <param name="args">
    /// The program's arguments. <c>--port=N</c> is understood (row A65); <c>--routes</c> prints the routes in the order in which they are tried
    /// and returns 0 without listening (row C20). All else is the program's own.
    /// </param>
    /// <returns>The process's exit code: 0 after a stop, 1 if the server could not start; why is then on standard error.</returns>
    public static int Run<TApp>(string[] args) where TApp : IApp<TApp>, new() => Run(new TApp(), new ServeOptions(), args);

    /// <inheritdoc cref="Run{TApp}(string[])"/>
    /// <param name="options">How to listen, and what to tolerate.</param>
    public static int Run<TApp>(ServeOptions options) where TApp : IApp<TApp>, new() => Run(new TApp(), options, []);

    /// <inheritdoc cref="Run{TApp}(string[])"/>
    /// <param name="args">The program's arguments.</param>
    /// <param name="options">How to listen, and what to tolerate; what is set here beats the arguments.</param>
    public static int Run<TApp>(string[] args, ServeOptions options) where TApp : IApp<TApp>, new() => Run(new TApp(), options, args);

    /// <inheritdoc cref="Run{TApp}(string[])"/>
    /// <param name="app">The object whose members are the routes; made by you, so that it can have constructor parameters.</param>
    /// <param name="options">How to listen, and what to tolerate; null for the defaults.</param>
    public static int Run<TApp>(TApp app, ServeOptions? options = null) where TApp : IApp<TApp> => Run(app, options ?? new ServeOptions(), []);

    /// <summary>As <see cref="Run{TApp}(string[])"/>, for a program whose main is asynchronous.</summary>
    /// <param name="app">The object whose members are the routes.</param>
    /// <param name="options">How to listen, and what to tolerate; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the server gently, as a signal does.</param>
    public static Task<int> RunAsync<TApp>(TApp app, ServeOptions? options = null, CancellationToken cancellationToken = default) where TApp : IApp<TApp> =>
        RunAsync(app, options ?? new ServeOptions(), [], cancellationToken);

    /// <summary>Starts a server in the background of this process. It listens when this returns.</summary>
    /// <param name="options">How to listen, and what to tolerate; null for the defaults.</param>
    /// <exception cref="AddressInUseException">The port or socket is taken; the message names it.</exception>
    /// <exception cref="IOException">The address cannot be listened on; the message says why.</exception>
    /// <exception cref="ArgumentException">An option has a value that is not allowed; the message says which and what is.</exception>
    public static Server Start<TApp>(ServeOptions? options = null) where TApp : IApp<TApp>, new() => Start(new TApp(), options);

    /// <inheritdoc cref="Start{TApp}(ServeOptions)"/>
    /// <param name="app">The object whose members are the routes.</param>
    /// <param name="options">How to listen, and what to tolerate; null for the defaults.</param>
    public static Server Start<TApp>(TApp app, ServeOptions? options = null) where TApp : IApp<TApp> =>
        Server.Start(() => TApp.CreateTable(app), options ?? new ServeOptions(), []).FinishStart();

    private static void Announce(Server server)
    {
        var console = server.Logger as ConsoleLog;
        console?.Waits = true;
        Log.Listening(server.Logger, server.UrlText);
        if (server.Port is { } port) Log.PortSetBy(server.Logger, port, server.PortSource);
        console?.Waits = false;
    }

    private static int Run<TApp>(TApp app, ServeOptions options, string[] args) where TApp : IApp<TApp> =>
        RunAsync(app, options, args, CancellationToken.None).GetAwaiter().GetResult();

    private static async Task<int> RunAsync<TApp>(TApp app, ServeOptions options, string[] args, CancellationToken cancellationToken) where TApp : IApp<TApp>
    {
        Server server;
        ShutdownSignals signals;
        try
        {
            if (args.Contains("--routes"))
            {
                StandardStreams.WriteLine(TApp.CreateTable(app).Describe().TrimEnd('\n'));
                return 0;
            }

            options.Validate();
            signals = new ShutdownSignals(options);
            server = Server.Start(() => TApp.CreateTable(app), options, args);
        }
        catch (Exception e) when (e is IOException or ArgumentException or PlatformNotSupportedException)
        {
            StandardStreams.WriteErrorLine(e.Message);
            Environment.ExitCode = 1;               // also for a program that does not return what Run returns
            return 1;
        }

        using ShutdownSignals disposed = signals;
        signals.Attach(server);
        Announce(server);
        server.FinishStart();
        using Timer? watchdog = Systemd.Started(server);

        using CancellationTokenRegistration registration = cancellationToken.Register(signals.Shutdown);
        await server.Stopped.ConfigureAwait(false);
        return 0;
    }
}
