using System.Security.Cryptography;
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
public static partial class Serve
{
    /// <summary>
    /// Serves <typeparamref name="TApp"/> until SIGTERM, SIGINT or <see cref="Server.StopAsync"/>; logs where it
    /// listens. On a signal every server of the process stops taking connections, requests in flight finish, at most
    /// for <see cref="ServeOptions.ShutdownTimeout"/>, and <c>Run</c> returns when all servers have stopped; a second
    /// signal ends the process at once.
    /// </summary>
    /// <param name="args">
    /// The program's arguments. <c>--port=N</c> is understood; <c>--routes</c> prints the routes in the order in which they are tried
    /// and returns 0 without listening. All else is the program's own.
    /// </param>
    /// <returns>
    /// The process's exit code: 0 after a stop, 1 if the server could not start; standard error then says why.
    /// </returns>
    public static int Run<TApp>(string[] args) where TApp : IApp<TApp>, new() => Run(new TApp(), new ServeOptions(), args);

    /// <inheritdoc cref="Run{TApp}(string[])"/>
    /// <param name="options">How to listen, and which limits to keep.</param>
    public static int Run<TApp>(ServeOptions options) where TApp : IApp<TApp>, new() => Run(new TApp(), options, null);

    /// <inheritdoc cref="Run{TApp}(string[])"/>
    /// <param name="args">The program's arguments.</param>
    /// <param name="options">
    /// How to listen, and which limits to keep; what is set here takes precedence over the arguments.
    /// </param>
    public static int Run<TApp>(string[] args, ServeOptions options) where TApp : IApp<TApp>, new() => Run(new TApp(), options, args);

    /// <inheritdoc cref="Run{TApp}(string[])"/>
    /// <param name="app">The object whose members are the routes; made by you, so that it can have constructor parameters.</param>
    /// <param name="options">How to listen, and which limits to keep; null for the defaults.</param>
    public static int Run<TApp>(TApp app, ServeOptions? options = null) where TApp : IApp<TApp> => Run(app, options ?? new ServeOptions(), null);

    /// <inheritdoc cref="Run{TApp}(string[])"/>
    /// <param name="app">The object whose members are the routes; made by you, so that it can have constructor parameters.</param>
    /// <param name="args">The program's arguments: <c>--port=N</c> and <c>--routes</c> are understood.</param>
    /// <param name="options">
    /// How to listen, and which limits to keep; what is set here takes precedence over the arguments. Null for the
    /// defaults.
    /// </param>
    /// <example><code>Serve.Run(new App(database), args);</code></example>
    public static int Run<TApp>(TApp app, string[] args, ServeOptions? options = null) where TApp : IApp<TApp> => Run(app, options ?? new ServeOptions(), args);

    /// <summary>As <see cref="Run{TApp}(string[])"/>, for a program whose main is asynchronous.</summary>
    /// <param name="app">The object whose members are the routes.</param>
    /// <param name="options">How to listen, and which limits to keep; null for the defaults.</param>
    /// <param name="cancellationToken">Stops this server gently, with the delay and the deadline of a signal.</param>
    /// <returns>The process's exit code, as of <see cref="Run{TApp}(string[])"/>.</returns>
    public static Task<int> RunAsync<TApp>(TApp app, ServeOptions? options = null, CancellationToken cancellationToken = default) where TApp : IApp<TApp> =>
        RunAsync(app, options ?? new ServeOptions(), null, cancellationToken);

    /// <inheritdoc cref="RunAsync{TApp}(TApp, ServeOptions, CancellationToken)"/>
    /// <param name="app">The object whose members are the routes.</param>
    /// <param name="args">The program's arguments: <c>--port=N</c> and <c>--routes</c> are understood.</param>
    /// <param name="options">
    /// How to listen, and which limits to keep; what is set here takes precedence over the arguments. Null for the
    /// defaults.
    /// </param>
    /// <param name="cancellationToken">Stops this server gently, with the delay and the deadline of a signal.</param>
    public static Task<int> RunAsync<TApp>(TApp app, string[] args, ServeOptions? options = null, CancellationToken cancellationToken = default) where TApp : IApp<TApp> =>
        RunAsync(app, options ?? new ServeOptions(), args, cancellationToken);

    /// <inheritdoc cref="RunAsync{TApp}(TApp, ServeOptions, CancellationToken)"/>
    /// <param name="args">The program's arguments: <c>--port=N</c> and <c>--routes</c> are understood.</param>
    /// <param name="options">
    /// How to listen, and which limits to keep; what is set here takes precedence over the arguments. Null for the
    /// defaults.
    /// </param>
    /// <param name="cancellationToken">Stops this server gently, with the delay and the deadline of a signal.</param>
    public static Task<int> RunAsync<TApp>(string[] args, ServeOptions? options = null, CancellationToken cancellationToken = default) where TApp : IApp<TApp>, new() =>
        RunAsync(new TApp(), options ?? new ServeOptions(), args, cancellationToken);

    /// <summary>
    /// Starts a server in the background of this process. It listens when this returns. Signals are the program's own, as long as nothing else in the process
    /// is in <c>Run</c> or <c>RunAsync</c>: those stop this server, too.
    /// </summary>
    /// <param name="options">How to listen, and which limits to keep; null for the defaults.</param>
    /// <exception cref="AddressInUseException">
    /// The port or the socket is already in use; the message names it.
    /// </exception>
    /// <exception cref="IOException">The server cannot listen on the address; the message says why.</exception>
    /// <exception cref="ArgumentException">
    /// An option has a value that is not allowed; the message says which one, and which values are.
    /// </exception>
    public static Server Start<TApp>(ServeOptions? options = null) where TApp : IApp<TApp>, new() => Start(new TApp(), options);

    /// <inheritdoc cref="Start{TApp}(ServeOptions)"/>
    /// <param name="app">The object whose members are the routes.</param>
    /// <param name="options">How to listen, and which limits to keep; null for the defaults.</param>
    public static Server Start<TApp>(TApp app, ServeOptions? options = null) where TApp : IApp<TApp> =>
        Server.Start(() => TApp.CreateTable(app), options ?? new ServeOptions(), null).FinishStart();

    /// <inheritdoc cref="Start{TApp}(ServeOptions)"/>
    /// <param name="args">
    /// The program's arguments. <c>--port=N</c> is understood; <c>--routes</c> prints the routes in the order in which they are tried and ends the process
    /// with exit code 0.
    /// </param>
    /// <param name="options">
    /// How to listen, and which limits to keep; what is set here takes precedence over the arguments. Null for the
    /// defaults.
    /// </param>
    public static Server Start<TApp>(string[] args, ServeOptions? options = null) where TApp : IApp<TApp>, new() => Start(new TApp(), args, options);

    /// <inheritdoc cref="Start{TApp}(string[], ServeOptions)"/>
    /// <param name="app">The object whose members are the routes.</param>
    /// <param name="args">
    /// The program's arguments. <c>--port=N</c> is understood; <c>--routes</c> prints the routes in the order in which they are tried and ends the process
    /// with exit code 0.
    /// </param>
    /// <param name="options">
    /// How to listen, and which limits to keep; what is set here takes precedence over the arguments. Null for the
    /// defaults.
    /// </param>
    public static Server Start<TApp>(TApp app, string[] args, ServeOptions? options = null) where TApp : IApp<TApp>
    {
        // Whoever asks for the routes does not want a server, and there is none to return
        if (PrintsRoutes(app, args)) Environment.Exit(0);
        return Server.Start(() => TApp.CreateTable(app), options ?? new ServeOptions(), args).FinishStart();
    }

    private static bool PrintsRoutes<TApp>(TApp app, string[]? args) where TApp : IApp<TApp>
    {
        if (args?.Contains("--routes") is not true) return false;
        StandardStreams.WriteLine(TApp.CreateTable(app).Describe().TrimEnd('\n'));
        return true;
    }

    private static void Announce(Server server)
    {
        var console = server.Logger as ConsoleLog;
        console?.Waits = true;
        Log.Listening(server.Logger, server.UrlText);
        if (server.Port is { } port) Log.PortSetBy(server.Logger, port, server.PortSource);
        if (server.Redirect is { } redirect) Log.Redirecting(server.Logger, redirect.UrlText);
        console?.Waits = false;
    }

    private static int Run<TApp>(TApp app, ServeOptions options, string[]? args) where TApp : IApp<TApp> =>
        RunAsync(app, options, args, CancellationToken.None).GetAwaiter().GetResult();

    private static async Task<int> RunAsync<TApp>(TApp app, ServeOptions options, string[]? args, CancellationToken cancellationToken) where TApp : IApp<TApp>
    {
        using ShutdownSignals signals = ShutdownSignals.Hold();
        Server server;
        try
        {
            if (PrintsRoutes(app, args)) return 0;
            server = Server.Start(() => TApp.CreateTable(app), options, args);
        }
        catch (Exception e) when (e is IOException or ArgumentException or PlatformNotSupportedException
                                      or UnauthorizedAccessException or CryptographicException)
        {
            StandardStreams.WriteErrorLine(e.Message);
            Environment.ExitCode = 1;               // also for a program that does not return what Run returns
            return 1;
        }

        Announce(server);
        server.FinishStart();
        using Timer? watchdog = Systemd.Started(server);

        using (cancellationToken.Register(static server => ((Server)server!).StopGracefully(), server))
            await server.Stopped.ConfigureAwait(false);

        // After a signal the process is about to end, which must not cut what other servers are still at
        await ShutdownSignals.Obeyed().ConfigureAwait(false);
        return 0;
    }
}
