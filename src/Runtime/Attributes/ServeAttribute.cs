namespace Prebake;

/// <summary>
/// Makes a program of the class: where the project has no entry point, <c>Main</c> is written, and it serves the class. The
/// properties are the options that are constants; what is not set comes from the command line and the environment.
/// </summary>
/// <example><code>
/// [Serve(Port = 3000)]
/// partial class App
/// {
///     [Fetch] string Handle() => "Bun!";
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ServeAttribute : Attribute
{
    /// <summary>0 to 65535; 0 is any free port.</summary>
    public int Port { get; set; }

    /// <summary>The address or name to listen on.</summary>
    public string? Hostname { get; set; }

    /// <summary>The path of a unix socket, or <c>"\0name"</c> for an abstract one.</summary>
    public string? Unix { get; set; }

    /// <summary>
    /// The path of a certificate in PEM format, for a server that speaks https; it needs <see cref="Key"/>. More than
    /// one certificate, and other forms, are <see cref="ServeOptions.Tls"/>.
    /// </summary>
    public string? Certificate { get; set; }

    /// <summary>The path of the private key of <see cref="Certificate"/>, in PEM format and not encrypted.</summary>
    public string? Key { get; set; }

    /// <summary>A port of plain http, on which every request is sent to https; 0 is any free port.</summary>
    public int HttpsRedirect { get; set; }

    /// <summary>The port of https that clients see, where that is not the server's own: 1 to 65535.</summary>
    public int HttpsRedirectTo { get; set; }

    /// <summary>The longest silence on a connection, in seconds; 0 for no limit.</summary>
    public double IdleTimeout { get; set; }

    /// <summary>How long a request's head may take, in seconds; 0 for no limit.</summary>
    public double HeadTimeout { get; set; }

    /// <summary>How long requests may take to finish after SIGTERM, in seconds; 0 for no limit.</summary>
    public double ShutdownTimeout { get; set; }

    /// <summary>The largest number of connections at a time; at least 1.</summary>
    public int MaxConnections { get; set; }

    /// <summary>A line for each answered request.</summary>
    public bool AccessLog { get; set; }

    /// <summary>The most bytes of a request body.</summary>
    public long MaxRequestBodySize { get; set; }

    /// <summary>Several processes may listen on the same port.</summary>
    public bool ReusePort { get; set; }

    /// <summary>Listens on IPv6 only.</summary>
    public bool IPv6Only { get; set; }

    /// <summary>Error pages with details, and the watchdog for handlers that block.</summary>
    public bool Development { get; set; }

    /// <summary>The name of the server in its own messages.</summary>
    public string? Id { get; set; }
}
