using Microsoft.Extensions.Logging;
using Prebake.Http;
using Prebake.Lifetime;
using Prebake.Proxies;
using Prebake.Transports;

namespace Prebake;

/// <summary>
/// How a server listens, and which limits it keeps. Written once; checked when the server starts, so that no setting is
/// silently ignored.
/// </summary>
/// <example><code>Serve.Run&lt;App&gt;(new ServeOptions { Port = 8080, IdleTimeout = TimeSpan.FromSeconds(30) });</code></example>
public sealed record ServeOptions
{
    /// <summary>
    /// 0 to 65535; 0 takes any free port. Null: <c>--port</c> of the arguments given to <c>Serve.Run</c>, then the environment variables
    /// PREBAKE_PORT and PORT, then 3000. A value that is not a port is an error, wherever it comes from.
    /// </summary>
    public int? Port { get; init; }

    /// <summary>
    /// A host name or an IP address to listen on. Null: all addresses of the machine, IPv4 and IPv6. Not together with
    /// <see cref="Unix"/>.
    /// </summary>
    public string? Hostname { get; init; }

    /// <summary>
    /// The path of a unix domain socket, or <c>"\0name"</c> for an abstract one (Linux only). A socket file that was
    /// left over by a server that has ended is replaced; any other file is an error. Not together with <see
    /// cref="Hostname"/> or <see cref="Port"/>.
    /// </summary>
    public string? Unix { get; init; }

    /// <summary>
    /// Permissions of the unix socket's file, as of <c>chmod</c>: connecting needs the right to write. Null, the default, leaves what the process's umask
    /// leaves, usually 0755: then only the server's own user and root can connect, and a proxy with a user of its own gets "permission denied" (nginx: 502).
    /// Set before the first connection can come. For a path only; not on Windows. A socket that systemd passes has what its unit says (<c>SocketMode=</c>).
    /// </summary>
    /// <example><code>
    /// // 0660 for a group of which both the server's user and nginx's are members
    /// new ServeOptions
    /// {
    ///     Unix = "/run/app/app.sock",
    ///     UnixGroup = "www-data",
    ///     UnixMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
    /// }
    /// </code></example>
    public UnixFileMode? UnixMode { get; init; }

    /// <summary>
    /// The group of the unix socket's file, by name or number, as of <c>chgrp</c>: one that the server's user is a member of, or any for root. Null, the
    /// default, leaves the user's own. Set before <see cref="UnixMode"/>, so before the first connection can come. For a path only; not on Windows.
    /// </summary>
    public string? UnixGroup { get; init; }

    /// <summary>
    /// Certificates, for a server that speaks https. Of several, each after the first needs a
    /// <see cref="TlsOptions.ServerName"/>; the first is for clients that ask for another name or for none. Default none:
    /// plain http.
    /// </summary>
    /// <example><code>new ServeOptions { Tls = [TlsOptions.FromPemFiles("cert.pem", "key.pem")] }</code></example>
    public IReadOnlyList<TlsOptions> Tls { get; init; } = [];

    /// <summary>
    /// A port of plain http beside the one of <see cref="Tls"/>, usually 80: every request to it is answered 308 with
    /// the same address in https: host, path and query. 0 takes any free port. Null, the default: none.
    /// </summary>
    /// <example><code>
    /// new ServeOptions { Port = 443, HttpsRedirect = 80, Tls = [TlsOptions.FromPemFiles("cert.pem", "key.pem")] }
    /// </code></example>
    public int? HttpsRedirect
    {
        get;
        init
        {
            field = value;
            StartRedirect = HttpsRedirection.Start;
        }
    }

    /// <summary>
    /// The port of https that <see cref="HttpsRedirect"/> sends clients to, where that is not the server's own: behind
    /// a mapping of ports, such as a container's, clients see another. 1 to 65535. Null, the default: the server's own.
    /// </summary>
    /// <example><code>
    /// // The container's 8443 is 443 outside, and its 8080 is 80
    /// new ServeOptions
    /// {
    ///     Port = 8443, HttpsRedirect = 8080, HttpsRedirectTo = 443,
    ///     Tls = [TlsOptions.FromPemFiles("cert.pem", "key.pem")],
    /// }
    /// </code></example>
    public int? HttpsRedirectTo { get; init; }

    /// <summary>
    /// How many TLS handshakes a client's address may have in progress; further ones of the same address are cut. Of
    /// IPv6 the first 64 bits count, since whoever has one address there has all of these; behind a trusted PROXY
    /// protocol it is the address that the proxy names. Set it where clients connect directly, to 20 or more: all that
    /// are behind one router or one load balancer share its address. At least 1. Null, the default: as many as there
    /// are places.
    /// </summary>
    public int? MaxHandshakesPerAddress { get; init; }

    /// <summary>
    /// Starts the port of <see cref="HttpsRedirect"/>. Named where that is set, so that an app which does not set it carries
    /// nothing of it.
    /// </summary>
    internal Func<ServeOptions, (Server Server, HttpsRedirectTable Table)>? StartRedirect { get; private init; }

    /// <summary>
    /// The proxies whose word about the client counts: networks such as <c>10.0.0.0/8</c> or <c>2001:db8::/32</c>, single
    /// addresses, or <c>unix</c> for whoever connects to the unix socket. What they say is in <see
    /// cref="Request.Client"/>, the access log and traces. Default none: a header that names a client is then the client's
    /// own word, and means nothing.
    /// </summary>
    /// <example><code>new ServeOptions { TrustedProxies = ["10.0.0.0/8"] }</code></example>
    public IReadOnlyList<string> TrustedProxies
    {
        get;
        init
        {
            field = value;
            MakeClients = ForwardedClient.Of;
        }
    } = [];

    /// <summary>
    /// The headers in which <see cref="TrustedProxies"/> name the client. Default <c>X-Forwarded-For</c> and
    /// <c>X-Forwarded-Proto</c>: name no other unless your proxy sets it on each request.
    /// </summary>
    public ForwardedHeaders ForwardedHeaders { get; init; } =
        ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;

    /// <summary>
    /// Each connection begins with a header of the PROXY protocol, version 1 or 2, in front of TLS: <c>send-proxy</c> of
    /// HAProxy, <c>proxy_protocol</c> of nginx, and the like of cloud load balancers. The address in it is the
    /// connection's: <see cref="Request.RemoteEndPoint"/>. Only <see cref="TrustedProxies"/> may connect then; a
    /// connection from elsewhere, or without the header, is cut. Default false.
    /// </summary>
    public bool ProxyProtocol
    {
        get;
        init
        {
            field = value;
            MakeGreeter = ProxyGreeter.Of;
        }
    }

    // Named where the options are set, so that an app which does not set them carries nothing of it
    internal Func<IReadOnlyList<string>, ForwardedHeaders, bool, ClientResolver>? MakeClients { get; private init; }

    internal Func<IReadOnlyList<string>, bool, TimeSpan, ILogger, Action<Connection>, ConnectionGreeter>? MakeGreeter
    {
        get;
        private init;
    }

    /// <summary>What a test has put in the place of ports; null for a server that listens.</summary>
    internal TestSeam? Seam { get; init; }

    /// <summary>How many event loops there are; null for one for each processor.</summary>
    internal int? Loops { get; init; }

    /// <summary>How long a TLS handshake may take.</summary>
    internal TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the files of certificates are looked at.</summary>
    internal TimeSpan CertificateInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>It may have the sockets that systemd has passed to the process.</summary>
    internal bool TakesPassedSockets { get; init; } = true;

    /// <summary>Set for the port of <see cref="HttpsRedirect"/>: messages about it name that option, and it stops with the other.</summary>
    internal bool IsRedirect { get; init; }

    /// <summary>
    /// How long a connection may be silent between two requests and while a request is being read. The time that a
    /// handler takes does not count. Default 10 seconds; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a request's head may take from its first byte to its last, however steadily it arrives; then 408. Also
    /// how long a new connection may be silent. Default 10 seconds; <see cref="Timeout.InfiniteTimeSpan"/> for no
    /// limit.
    /// </summary>
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After how much silence a stream of server-sent events gets a comment, so that proxies keep it open and a client that has left is noticed. Default
    /// 15 seconds; <see cref="Timeout.InfiniteTimeSpan"/> for never.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long <c>Serve.Run</c> lets requests finish after SIGTERM or SIGINT before it cuts them. Default 10 seconds.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long <c>Serve.Run</c> still takes connections after SIGTERM or SIGINT, with <c>/readyz</c> at 503, so that a
    /// load balancer notices first. Default 0: the port closes at once.
    /// </summary>
    public TimeSpan ShutdownDelay { get; init; }

    /// <summary>
    /// The largest number of connections at a time; further ones are answered 503 and closed, or with TLS just closed. Null, the default: as
    /// many as there are file descriptors. At least 1.
    /// </summary>
    public int? MaxConnections { get; init; }

    /// <summary>
    /// The lowest rate of a request's body in bytes a second, after 5 seconds of grace; a slower one is answered 408.
    /// Default 240; 0 for no limit except <see cref="IdleTimeout"/>, the longest silence.
    /// </summary>
    public int MinRequestBodyRate { get; init; } = 240;

    /// <summary>
    /// The lowest rate in bytes a second, over 30 seconds, at which a client must read a response that waits for it; a
    /// slower client's connection is cut. Default 240; 0 for no limit.
    /// </summary>
    public int MinResponseRate { get; init; } = 240;

    /// <summary>
    /// The largest body of a request, in bytes; a larger one is answered 413. Default 128 MiB. <c>[MaxBody]</c> sets it
    /// for one route.
    /// </summary>
    public long MaxRequestBodySize { get; init; } = 128 << 20;

    /// <summary>
    /// How much memory all WebSockets together may hold, in bytes, for messages that come in parts and for what waits for
    /// slow clients. A socket may hold as much as is still free and no more, so that the fullest are refused first: their
    /// messages are dropped (<see cref="SendStatus.Dropped"/>), and a client whose message in parts does not fit is closed
    /// with 1013. At least 1 MiB, default 256 MiB. The limits of one socket are those of <c>[WebSocket]</c>.
    /// </summary>
    public long MaxWebSocketMemory { get; init; } = 256 << 20;

    /// <summary>
    /// The largest head of a request, in bytes, request line and headers together; a larger one is answered 431. 1 KiB
    /// to 60 KiB, default 32 KiB.
    /// </summary>
    public int MaxRequestHeadSize { get; init; } = 32 << 10;

    /// <summary>
    /// The largest target of a request (path and query), in bytes; a larger one is answered 414. At least 64 and less
    /// than <see cref="MaxRequestHeadSize"/>, default 8 KiB.
    /// </summary>
    public int MaxRequestTargetSize { get; init; } = 8 << 10;

    /// <summary>The largest number of headers in a request; more are answered 431. 8 to 1,000, default 100.</summary>
    public int MaxRequestFieldCount { get; init; } = 100;

    /// <summary>Lets several processes listen on the same port, if all of them set it. Linux and macOS.</summary>
    public bool ReusePort { get; init; }

    /// <summary>Listens on IPv6 only where IPv4 would be included.</summary>
    public bool IPv6Only { get; init; }

    /// <summary>
    /// Whether to wait with io_uring on Linux. Null, the default: the environment variable PREBAKE_IO_URING (0 or 1),
    /// or else io_uring where the kernel allows it, and otherwise epoll, which does the same with more system calls.
    /// True requires it: the server does not start without; false uses epoll.
    /// </summary>
    public bool? IoUring { get; init; }

    /// <summary>
    /// Shows the client what went wrong: the exception instead of a bare 500. Null: true in Debug builds, false in
    /// Release builds.
    /// </summary>
    public bool? Development { get; init; }

    /// <summary>
    /// Where the server logs: categories <c>Prebake.Server</c> and <c>Prebake.Access</c>. Null: a small log of its own, information to standard output,
    /// warnings and errors to standard error; it never waits for a stream that is stuck, and counts what is lost. <c>NullLoggerFactory.Instance</c> for silence.
    /// </summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>How the server's own log looks. Default text.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>
    /// A line for each answered request, to standard output or to <see cref="LoggerFactory"/>: Common Log Format with the seconds it took, or JSON. Off
    /// by default.
    /// </summary>
    public bool AccessLog { get; init; }

    /// <summary>
    /// Connects several instances, so that what one publishes to a WebSocket topic reaches the subscribers of all: see the
    /// package <c>Prebake.Redis</c>. One object for each server. Default none.
    /// </summary>
    public Backplane? Backplane { get; init; }

    /// <summary>A name for this server, to tell several in one process apart. Default empty.</summary>
    public string? Id { get; init; }

    /// <summary>Says of the first value that cannot be honoured what it is and what is allowed.</summary>
    internal void Validate()
    {
        if (Port is < 0 or > 65535) throw OutOfRange(nameof(Port), "It must be >= 0 and <= 65535", Port);
        CheckTimeout(nameof(IdleTimeout), IdleTimeout);
        CheckTimeout(nameof(HeadTimeout), HeadTimeout);
        CheckTimeout(nameof(HeartbeatInterval), HeartbeatInterval);
        CheckTimeout(nameof(ShutdownTimeout), ShutdownTimeout);
        if (ShutdownDelay < TimeSpan.Zero || ShutdownDelay > TimeSpan.FromHours(1))
            throw OutOfRange(nameof(ShutdownDelay), "It must be >= 0 and <= 1 hour", ShutdownDelay);
        if (MinRequestBodyRate < 0)
            throw OutOfRange(nameof(MinRequestBodyRate), "It must be >= 0 bytes a second", MinRequestBodyRate);
        if (MinResponseRate < 0)
            throw OutOfRange(nameof(MinResponseRate), "It must be >= 0 bytes a second", MinResponseRate);
        if (MaxConnections < 1) throw OutOfRange(nameof(MaxConnections), "It must be >= 1", MaxConnections);
        if (MaxRequestBodySize < 0)
            throw OutOfRange(nameof(MaxRequestBodySize), "It must be >= 0 bytes", MaxRequestBodySize);
        if (MaxRequestHeadSize is < 1 << 10 or > 60 << 10)
            throw OutOfRange(nameof(MaxRequestHeadSize), "It must be >= 1024 and <= 61440 bytes", MaxRequestHeadSize);
        if (MaxRequestTargetSize < 64 || MaxRequestTargetSize >= MaxRequestHeadSize)
            throw OutOfRange(
                nameof(MaxRequestTargetSize),
                $"It must be >= 64 bytes and below MaxRequestHeadSize ({MaxRequestHeadSize})", MaxRequestTargetSize);
        if (MaxWebSocketMemory < 1 << 20)
            throw OutOfRange(nameof(MaxWebSocketMemory), "It must be >= 1 MiB (1048576)", MaxWebSocketMemory);
        if (MaxRequestFieldCount is < 8 or > 1000)
            throw OutOfRange(nameof(MaxRequestFieldCount), "It must be >= 8 and <= 1000", MaxRequestFieldCount);

        CheckTls();
        CheckProxies();
        if (Unix is not null)
        {
            if (Unix.Length == 0 || Unix == "\0")
                throw new ArgumentException(
                    "The value of \"ServeOptions.Unix\" is empty. It must be a path, or \"\\0name\" for an abstract "
                        + "socket.", nameof(Unix));
            if (Hostname is not null)
                throw new ArgumentException(
                    "Cannot specify both \"ServeOptions.Hostname\" and \"ServeOptions.Unix\": leave one of them out.",
                    nameof(Unix));
            if (Port is not null)
                throw new ArgumentException(
                    "Cannot specify both \"ServeOptions.Port\" and \"ServeOptions.Unix\": a unix socket has no port; "
                        + "leave one of them out.", nameof(Unix));
            if (ReusePort)
                throw new ArgumentException(
                    "\"ServeOptions.ReusePort\" does not apply to a unix socket: leave it out.", nameof(ReusePort));
            if (IPv6Only)
                throw new ArgumentException(
                    "\"ServeOptions.IPv6Only\" does not apply to a unix socket: leave it out.", nameof(IPv6Only));
            if (Unix[0] == '\0' && !OperatingSystem.IsLinux())
                throw new PlatformNotSupportedException(
                    "Abstract unix sockets (\"ServeOptions.Unix\" with a leading \\0) exist on Linux only: use a "
                        + "path.");
        }

        if (UnixMode is not null) CheckFileOption(nameof(UnixMode));
        if (UnixGroup is not null) CheckFileOption(nameof(UnixGroup));
        if (UnixMode is { } mode && (mode & ~AllPermissions) != 0)
            throw OutOfRange(
                nameof(UnixMode),
                "It must consist of permissions to read, write and execute (0 to 0777)",
                $"0{Convert.ToString((int)mode, 8)}");
        if (UnixGroup is { Length: 0 })
            throw new ArgumentException(
                "The value of \"ServeOptions.UnixGroup\" is empty. Give a group's name or number, or leave it out.",
                nameof(UnixGroup));

        if (Hostname is { Length: 0 })
            throw new ArgumentException(
                "The value of \"ServeOptions.Hostname\" is empty. Leave it out to listen on all addresses.",
                nameof(Hostname));
    }

    private void CheckTls()
    {
        if (Tls is null)
            throw new ArgumentException("The value of \"ServeOptions.Tls\" is null. Leave it out for plain "
                + "http.", nameof(Tls));
        for (int i = 0; i < Tls.Count; i++)
            if (Tls[i] is null)
                throw new ArgumentException(
                    $"The certificate at index {i} of \"ServeOptions.Tls\" is null. Leave it out.", nameof(Tls));
        CheckHandshakes();
        CheckRedirect();
    }

    private void CheckHandshakes()
    {
        if (MaxHandshakesPerAddress is null) return;

        if (MaxHandshakesPerAddress < 1)
            throw OutOfRange(nameof(MaxHandshakesPerAddress), "It must be >= 1", MaxHandshakesPerAddress);
        if (Tls.Count == 0)
            throw new ArgumentException(
                "\"ServeOptions.MaxHandshakesPerAddress\" is for TLS, which this server does not speak: set "
                    + "\"ServeOptions.Tls\", or leave it out.", nameof(MaxHandshakesPerAddress));
    }

    private void CheckRedirect()
    {
        if (HttpsRedirectTo is < 1 or > 65535)
            throw OutOfRange(nameof(HttpsRedirectTo), "It must be >= 1 and <= 65535", HttpsRedirectTo);
        if (HttpsRedirect is null)
        {
            if (HttpsRedirectTo is null) return;

            throw new ArgumentException(
                "\"ServeOptions.HttpsRedirectTo\" says where a port of plain http sends clients, and there is none: "
                    + "set \"ServeOptions.HttpsRedirect\" to that port, or leave it out.", nameof(HttpsRedirectTo));
        }

        if (HttpsRedirect is < 0 or > 65535)
            throw OutOfRange(nameof(HttpsRedirect), "It must be >= 0 and <= 65535", HttpsRedirect);
        if (Tls.Count == 0)
            throw new ArgumentException(
                "\"ServeOptions.HttpsRedirect\" sends clients to https, which this server does not speak: set "
                    + "\"ServeOptions.Tls\", or leave it out.", nameof(HttpsRedirect));
        if (Unix is not null)
            throw new ArgumentException(
                "\"ServeOptions.HttpsRedirect\" sends clients to the port of https, and a unix socket has none: leave "
                    + "one of "
                    + "them out.", nameof(HttpsRedirect));
        if (HttpsRedirect == Port && Port != 0)
            throw new ArgumentException(
                "\"ServeOptions.HttpsRedirect\" and \"ServeOptions.Port\" are the same port: http and https need one "
                    + "each.",
                nameof(HttpsRedirect));
    }

    private void CheckProxies()
    {
        if (TrustedProxies is null)
            throw new ArgumentException(
                "The value of \"ServeOptions.TrustedProxies\" is null. Leave it out to trust nobody.",
                nameof(TrustedProxies));
        MakeClients?.Invoke(TrustedProxies, ForwardedHeaders, false);
        if (ProxyProtocol && TrustedProxies.Count == 0)
            throw new ArgumentException(
                "\"ServeOptions.ProxyProtocol\" needs \"ServeOptions.TrustedProxies\": name the networks that the "
                    + "proxies connect from.", nameof(ProxyProtocol));
    }

    private const UnixFileMode AllPermissions = (UnixFileMode)0b111_111_111;

    private void CheckFileOption(string name)
    {
        if (Unix is null or ['\0', ..])
            throw new ArgumentException(
                $"\"ServeOptions.{name}\" applies only to the file of a unix socket: set \"ServeOptions.Unix\" to a "
                    + "path, or leave it out.", name);
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException(
                $"\"ServeOptions.{name}\" does not exist on Windows: leave it out, and set the rights of the "
                    + "directory.");
    }

    private static void CheckTimeout(string name, TimeSpan value)
    {
        if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan || value > TimeSpan.FromDays(24))
            throw OutOfRange(name, "It must be > 0 and <= 24 days, or Timeout.InfiniteTimeSpan", value);
    }

    private static ArgumentOutOfRangeException OutOfRange(string name, string allowed, object? value) =>
        new(name, $"The value of \"ServeOptions.{name}\" is out of range. {allowed}. Received {value}");
}
