using Prebake.Testing;

namespace Prebake;

// For tests: nothing else names what is here, so that an app carries none of it
public static partial class Serve
{
    /// <summary>
    /// Serves an app to a test, without a port: requests go through the whole pipeline, from the parser to the access
    /// log, over connections in memory. See <c>docs/testing.md</c>.
    /// </summary>
    /// <param name="app">The object whose members are the routes; made by you, so that it can have test
    /// doubles.</param>
    /// <param name="options">
    /// The limits to keep; null for the defaults. What says where to listen (<c>Port</c>, <c>Hostname</c>, <c>Unix</c>,
    /// <c>HttpsRedirect</c> and the like) does not count, so that a program's own options can be given. With
    /// <c>Tls</c>, the connections in memory speak TLS.
    /// </param>
    /// <exception cref="ArgumentException">An option has a value that is not allowed.</exception>
    /// <example><code>
    /// await using TestServer test = Serve.Test(new App(database));
    ///
    /// using HttpResponseMessage response = await test.GetAsync("/users/5");
    /// Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    /// </code></example>
    public static TestServer Test<TApp>(TApp app, ServeOptions? options = null) where TApp : IApp<TApp>
    {
        ArgumentNullException.ThrowIfNull(app);
        return new TestServer(MemoryTarget.Start(() => TApp.CreateTable(app), options ?? new ServeOptions()));
    }

    /// <inheritdoc cref="Test{TApp}(TApp, ServeOptions)"/>
    public static TestServer Test<TApp>(ServeOptions? options = null) where TApp : IApp<TApp>, new() =>
        Test(new TApp(), options);

    /// <summary>
    /// The same, or a server that runs already: so that one class of tests can run in memory, and again against the
    /// published program.
    /// </summary>
    /// <param name="app">The object whose members are the routes; not used if there is a base address.</param>
    /// <param name="baseAddress">Where the program listens, such as <c>http://localhost:3000/</c>; null: in
    /// memory.</param>
    /// <exception cref="ArgumentException">The base address is not an absolute address of http or https.</exception>
    /// <example><code>
    /// string? program = Environment.GetEnvironmentVariable("APP_URL");
    /// await using TestServer test = Serve.Test(new App(), program is null ? null : new Uri(program));
    /// </code></example>
    public static TestServer Test<TApp>(TApp app, Uri? baseAddress) where TApp : IApp<TApp> =>
        baseAddress is null ? Test(app) : Test(baseAddress);

    /// <summary>Sends the requests of a test to a server that runs already, such as the published program.</summary>
    /// <param name="baseAddress">Where it listens, such as <c>http://localhost:3000/</c>.</param>
    /// <exception cref="ArgumentException">It is not an absolute address of http or https.</exception>
    public static TestServer Test(Uri baseAddress) => new(new RemoteTarget(baseAddress));
}
