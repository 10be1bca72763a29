using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Prebake.Conformance.Tls;

/// <summary>What is agreed on before the first byte of HTTP, and what is refused.</summary>
public sealed class HandshakeTests
{
    public static TheoryData<Over> Transports => new(Servers.TlsTransports);

    internal static Server Start(Over transport, params TlsOptions[] tls) =>
        Servers.StartApp(transport, new TlsApp(), new ServeOptions { Tls = tls });

    [Theory, MemberData(nameof(Transports))]
    public async Task A_request_knows_that_it_came_over_TLS(Over transport)
    {
        await using Server server = Start(transport, Servers.Tls);
        Assert.Equal($"https://127.0.0.1:{server.Port}/", server.Url.ToString());
        using var client = new TlsClient(server);
        Assert.EndsWith("\r\n\r\nhttps://localhost/url True", client.ShakeHands().Get("/url"));
        Assert.EndsWith("nobody", new TlsClient(server).ShakeHands().Get("/who"));

        // What is of this process has no wire, and the same scheme
        Assert.Equal("https://localhost/url True", (await server.FetchAsync("/url")).BodyText);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task TLS_1_2_and_1_3_are_spoken_and_nothing_older(Over transport)
    {
        await using Server server = Start(transport, Servers.Tls);
        foreach (SslProtocols version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            using var client = new TlsClient(server);
            Assert.EndsWith("hello", client.ShakeHands(protocols: version).Get("/"));
            Assert.Equal(version, client.Stream.SslProtocol);
        }

        await using Server only13 = Start(transport, Servers.Tls with { Protocols = SslProtocols.Tls13 });
        Assert.EndsWith("hello", new TlsClient(only13).ShakeHands().Get("/"));
        Assert.ThrowsAny<Exception>(() => new TlsClient(only13).ShakeHands(protocols: SslProtocols.Tls12));

        await using Server only12 = Start(transport, Servers.Tls with { Protocols = SslProtocols.Tls12 });
        using var old = new TlsClient(only12);
        Assert.EndsWith("hello", old.ShakeHands().Get("/"));
        Assert.Equal(SslProtocols.Tls12, old.Stream.SslProtocol);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_protocol_is_agreed_on_or_the_client_is_told_that_there_is_none(Over transport)
    {
        await using Server server = Start(transport, Servers.Tls);
        using var both = new TlsClient(server);
        Assert.EndsWith("hello", both.ShakeHands(applicationProtocols: ["h3", "http/1.1"]).Get("/"));
        Assert.Equal("http/1.1", both.Stream.NegotiatedApplicationProtocol.ToString());

        using var older = new TlsClient(server);
        Assert.EndsWith("hello", older.ShakeHands(applicationProtocols: ["http/0.9", "http/1.0"]).Get("/"));
        Assert.Equal("http/1.0", older.Stream.NegotiatedApplicationProtocol.ToString());

        var error = Assert.ThrowsAny<Exception>(() => new TlsClient(server).ShakeHands(applicationProtocols: ["h3"]));
        Assert.Contains("no application protocol", error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Each_name_has_its_certificate(Over transport)
    {
        Issued first = Certificates.Authority.Issue("first.test"), second = Certificates.Authority.Issue("second.test", rsa: true),
            any = Certificates.Authority.Issue("*.any.test");
        await using Server server = Start(
            transport, first.Options, second.Options with { ServerName = "Second.Test." },
            any.Options with { ServerName = "*.any.test" });

        string NameFor(string asked)
        {
            using var client = new TlsClient(server);
            Assert.EndsWith("hello", client.ShakeHands(asked).Get("/"));
            return client.Shown!.Subject;
        }

        Assert.Equal("CN=first.test", NameFor("first.test"));
        Assert.Equal("CN=second.test", NameFor("second.test"));
        Assert.Equal("CN=second.test", NameFor("SECOND.test"));
        Assert.Equal("CN=*.any.test", NameFor("a.any.test"));
        Assert.Equal("CN=first.test", NameFor("a.b.any.test"));
        Assert.Equal("CN=first.test", NameFor("any.test"));
        Assert.Equal("CN=first.test", NameFor("unknown.test"));
        Assert.Equal("CN=first.test", NameFor("127.0.0.1"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Plain_http_is_told_what_this_port_speaks(Over transport)
    {
        await using Server server = Start(transport, Servers.Tls);
        using var socket = Connect(server);
        socket.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        string answer = ReadToEnd(socket);
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", answer);
        Assert.Contains("use https://", answer);
        Assert.EndsWith("hello", new TlsClient(server).ShakeHands().Get("/"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Garbage_ends_its_connection_with_an_alert_and_no_other(Over transport)
    {
        await using Server server = Start(transport, Servers.Tls);
        using TlsClient other = new TlsClient(server).ShakeHands();
        foreach (byte[] garbage in (byte[][])
            [[0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0], [0x80, 0x2e, 1, 3, 1], [0x16, 3, 1, 0xff, 0xff, 1], [0, 0, 0, 0, 0, 0, 0]])
        {
            using var socket = Connect(server);
            socket.Send(garbage);
            socket.Shutdown(SocketShutdown.Send);
            ReadToEnd(socket);
        }

        Assert.EndsWith("hello", other.Get("/"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_hello_may_come_byte_by_byte(Over transport)
    {
        await using Server server = Start(transport, Servers.Tls);
        foreach (SslProtocols version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            using var socket = Connect(server);
            using var client = new System.Net.Security.SslStream(new Dripping(socket), false, (_, _, _, _) => true);
            await client.AuthenticateAsClientAsync(
                new System.Net.Security.SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = version });
            client.Write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);
            Assert.EndsWith("hello", await new StreamReader(client).ReadToEndAsync());
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_handshake_that_is_cut_anywhere_leaves_nothing(Over transport)
    {
        await using Server server = Start(transport, Servers.Tls);
        byte[] hello = Hello();
        for (int cut = 0; cut <= hello.Length; cut++)
        {
            using var socket = Connect(server);
            socket.Send(hello.AsSpan(0, cut));
            if (cut % 2 == 0) socket.LingerState = new LingerOption(true, 0);       // a reset, else an end
        }

        Assert.EndsWith("hello", new TlsClient(server).ShakeHands().Get("/"));
        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_client_that_comes_back_resumes(Over transport)
    {
        await using Server server = Start(transport, Servers.Tls);
        foreach (SslProtocols version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            int resumed = 0;
            for (int i = 0; i < 4; i++)
            {
                string output = OpenSsl(server, version is SslProtocols.Tls12 ? "-tls1_2" : "-tls1_3", i > 0);
                if (output.Contains("Reused, ")) resumed++;
            }

            if (s_openssl is not null) Assert.Equal(3, resumed);
        }
    }

    private static readonly string? s_openssl = Tools.Find("openssl");

    // .NET's client does not say whether it has resumed
    private static string OpenSsl(Server server, string version, bool resumes)
    {
        if (s_openssl is null) return "";
        string session = Path.Combine(Path.GetTempPath(), $"prebake-session-{server.Port}{version}");
        var start = new System.Diagnostics.ProcessStartInfo(s_openssl)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (string argument in (string[])
            ["s_client", "-connect", $"127.0.0.1:{server.Port}", version, "-sess_out", session, "-ign_eof"])
            start.ArgumentList.Add(argument);
        if (resumes) { start.ArgumentList.Add("-sess_in"); start.ArgumentList.Add(session); }
        using var process = System.Diagnostics.Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.StandardInput.Write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        process.StandardInput.Flush();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    internal static Socket Connect(Server server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true, ReceiveTimeout = 30_000, SendTimeout = 30_000,
        };
        socket.Connect(System.Net.IPAddress.Loopback, server.Port!.Value);
        return socket;
    }

    internal static string ReadToEnd(Socket socket)
    {
        var all = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            for (int count; (count = socket.Receive(buffer)) > 0;) all.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
        }

        return all.ToString();
    }

    // What .NET's client would say first
    private static byte[] Hello()
    {
        var stream = new Recording();
        using var client = new System.Net.Security.SslStream(stream, false, (_, _, _, _) => true);
        Assert.ThrowsAny<Exception>(() => client.AuthenticateAsClient("localhost"));
        return stream.Written.ToArray();
    }

    private sealed class Recording : MemoryStream
    {
        public MemoryStream Written { get; } = new();
        public override int Read(Span<byte> buffer) => 0;
        public override int Read(byte[] buffer, int offset, int count) => 0;
        public override void Write(ReadOnlySpan<byte> buffer) => Written.Write(buffer);
        public override void Write(byte[] buffer, int offset, int count) => Written.Write(buffer, offset, count);
    }

    /// <summary>Sends byte by byte.</summary>
    private sealed class Dripping(Socket socket) : NetworkStream(socket)
    {
        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            for (int i = 0; i < buffer.Length; i++) Socket.Send(buffer.Slice(i, 1));
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return default;
        }
    }
}
