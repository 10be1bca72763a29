using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prebake.Conformance;

/// <summary>Options of the server that decide who may connect and for how long.</summary>
public sealed partial class OptionTests
{
    internal sealed partial class Named(string name)
    {
        [Get("/")] private string Name() => name;
        [Post("/own")] private static async Task<string> Own(Request request)
        {
            request.IdleTimeout = TimeSpan.FromMilliseconds(300);
            return await request.TextAsync();
        }
        [Post("/any")] private static async Task<string> Any(Request request) => $"{(await request.BytesAsync()).Length}";
        [Post("/patient")] private static async Task<string> Patient(Request request)
        {
            request.IdleTimeout = TimeSpan.FromMinutes(5);
            return await request.TextAsync();
        }
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Routes("/api", TrailingSlash = TrailingSlash.Redirect)]
    internal sealed partial class Lenient
    {
        [Static("/constant")] private const string Constant = "constant";
        [Get("/users/{id}")] private static string User(string id) => $"user {id}";
        [Get("/both")] private static string Both() => "both";
        [Get("/both/")] private static string BothSlash() => "both/";
        [Get("/folder/")] private static string Folder() => "folder/";
        [Post("/form")] private static string Form() => "form";
        [Fetch] private static Response Missing() => new("fetch") { Status = 404 };
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_slash_too_many_or_too_few_is_redirected_where_that_is_asked_for(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Lenient());
        foreach ((string method, string path, int status, string? location) in new (string, string, int, string?)[]
        {
            ("GET", "/api/constant", 200, null),
            ("GET", "/api/constant/", 308, "/api/constant"),
            ("GET", "/api/constant/?a=b&c=%20", 308, "/api/constant?a=b&c=%20"),
            ("HEAD", "/api/constant/", 308, "/api/constant"),
            ("GET", "/api/users/7/", 308, "/api/users/7"),
            ("GET", "/api/users/a%2Fb/", 308, "/api/users/a%2Fb"),
            ("GET", "/api/users/%C3%A9%0D%0A/", 308, "/api/users/%C3%A9%0D%0A"),
            ("GET", "//api//users/7//", 308, "/api/users/7"),
            ("GET", "/api/both", 200, null),
            ("GET", "/api/both/", 200, null),
            ("GET", "/api/folder", 308, "/api/folder/"),
            ("POST", "/api/form/", 308, "/api/form"),
            ("GET", "/api/form/", 308, "/api/form"),            // where it is 405 with its Allow
            ("GET", "/api/nowhere/", 404, null),
            ("GET", "/", 404, null),
        })
        {
            RawResponse response = RawClient.Ask(server, path, method == "POST" ? "Content-Length: 0\r\n" : "", method);
            Assert.Equal((path, status, location), (path, response.Status, response["location"]));
        }
    }

    [Routes("/shop")]
    [Header("Access-Control-Allow-Origin", "https://app.example"), Header("X-Frame-Options", "DENY"), CacheControl("public, max-age=31536000, immutable")]
    internal sealed partial class Shop
    {
        [Post("/orders")] private static string Order([Body] byte[] body) => $"{body.Length}";
        [Get("/fails")] private static string Fails() => throw new HttpException(409);
        [Get("/own"), Header("X-Own", "1")] private static string Own() => "own";
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Headers_of_a_class_are_on_every_response_below_its_prefix_and_what_describes_a_file_is_not(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Shop(), new ServeOptions { MaxRequestBodySize = 10 });
        foreach ((string head, int status) in ((string, int)[])
            [("GET /shop/orders", 405), ("GET /shop/no-such", 404), ("GET /shop", 404), ("OPTIONS /shop/orders", 204), ("BREW /shop/orders", 501), ("POST /shop/orders", 413), ("GET /shop/fails", 409)])
        {
            using var client = new RawClient(server);
            RawResponse response = client.Send($"{head} HTTP/1.1\r\nHost: a\r\n{(status == 413 ? "Content-Length: 11\r\n" : "")}\r\n").Receive()!;
            Assert.Equal(status, response.Status);
            Assert.True(response["access-control-allow-origin"] == "https://app.example", $"{head}: {response.StatusLine}");
            Assert.Equal("DENY", response["x-frame-options"]);
            // A route's own refusal is the route's, with all that it says
            if (status != 409) Assert.Null(response["cache-control"]);
        }

        RawResponse own = RawClient.Ask(server, "/shop/own"), elsewhere = RawClient.Ask(server, "/shopping");
        Assert.Equal(("1", "DENY"), (own["x-own"], own["x-frame-options"]));
        Assert.Equal((404, null), (elsewhere.Status, elsewhere["x-frame-options"]));
    }

    [Routes("/Api", IgnoreCase = true, TrailingSlash = TrailingSlash.Redirect)]
    [Redirect("/Old", "/Api/constant")]
    internal sealed partial class Easy
    {
        [Static("/Constant")] private const string Constant = "constant";
        [Get("/Users/{id}")] private static string User(string id) => $"user {id}";
        [Get("/Files/{name}-Of-{owner}.TXT")] private static string File(string name, string owner) => $"{name} of {owner}";
        [Post("/Form")] private static string Form() => "form";
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Paths_are_found_whatever_their_case_where_that_is_asked_for(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Easy());
        foreach ((string method, string path, int status, string text) in new (string, string, int, string)[]
        {
            ("GET", "/Api/Constant", 200, "constant"),
            ("GET", "/api/constant", 200, "constant"),
            ("GET", "/API/CONSTANT?Q=Q", 200, "constant"),
            ("GET", "/aPI/uSERS/JoHn", 200, "user JoHn"),
            ("GET", "/api/users/J%C3%89", 200, "user JÉ"),
            ("GET", "/api/files/A-OF-b-of-C.txt", 200, "A-OF-b of C"),
            ("GET", "/api/form", 405, ""),
            ("POST", "/API/FORM", 200, "form"),
            ("GET", "/api/CONSTANT/", 308, "/api/CONSTANT"),
            ("GET", "/api/constants", 404, ""),
        })
        {
            RawResponse response = RawClient.Ask(server, path, method == "POST" ? "Content-Length: 0\r\n" : "", method);
            Assert.Equal((path, status), (path, response.Status));
            Assert.Equal(text, status == 308 ? response["location"] : response.Text);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Two_servers_share_a_port_that_both_want_to_share(Over transport)
    {
        if (!OperatingSystem.IsLinux()) return;

        await using Server first = Servers.StartApp(transport, new Named("first"), new ServeOptions { ReusePort = true });
        await using Server second = Servers.StartAt(transport, new Named("second"), new ServeOptions { Port = first.Port, Hostname = "127.0.0.1", ReusePort = true });

        var names = new HashSet<string>();
        for (int i = 0; i < 200 && names.Count < 2; i++) names.Add(RawClient.Ask(first, "/").Text);
        Assert.Equal(["first", "second"], names.Order());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Without_IPv6Only_a_server_on_all_addresses_hears_IPv4_and_with_it_not(Over transport)
    {
        if (!Socket.OSSupportsIPv6) return;

        foreach (bool only in new[] { false, true })
        {
            string name = $"six {Guid.NewGuid():n}";
            var options = new ServeOptions { Port = 0, Hostname = "::", IPv6Only = only };
            await using Server server = Servers.StartAt(transport, new Named(name), options);
            Assert.True(Answers(IPAddress.IPv6Loopback, server.Port!.Value, name));
            Assert.Equal(!only, Answers(IPAddress.Loopback, server.Port!.Value, name));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_unix_socket_has_the_mode_and_the_group_that_are_asked_for(Over transport)
    {
        if (OperatingSystem.IsWindows()) return;
        string path = Path.Combine(Path.GetTempPath(), $"prebake-{Guid.NewGuid():n}"[..20] + ".sock");

        foreach (int mode in new[] { 0b110_110_110, 0b110_110_000, 0b110_000_000, 0b111_111_111 })
        {
            await using Server server = Servers.StartAt(transport, new Named("x"), new ServeOptions { Unix = path, UnixMode = (UnixFileMode)mode });
            Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(path));
        }

        // A group that one may always give: one's own, by number
        string own = Run("id", "-g").Output;
        await using (Servers.StartAt(transport, new Named("x"), new ServeOptions { Unix = path, UnixGroup = own })) Assert.Equal(own, GroupOf(path));

        // By name, where there is one of that number
        string name = Run("id", "-gn").Output;
        await using (Servers.StartAt(transport, new Named("x"), new ServeOptions { Unix = path, UnixGroup = name })) Assert.Equal(own, GroupOf(path));

        // What fails leaves nothing behind
        IOException missing = Assert.ThrowsAny<IOException>(() => Servers.StartAt(transport, new Named("x"), new ServeOptions { Unix = path, UnixGroup = "no-such-group" }));
        Assert.Contains("This machine has no group 'no-such-group'", missing.Message);
        Assert.False(File.Exists(path));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_proxy_with_a_user_of_its_own_reaches_a_unix_socket_that_lets_it(Over transport)
    {
        // As root, since somebody else's rights are needed; nobody is the proxy
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv") || !File.Exists("/usr/bin/curl")) return;
        string path = Path.Combine(Path.GetTempPath(), $"prebake-{Guid.NewGuid():n}"[..20] + ".sock");

        async Task<string> Asked(ServeOptions options)
        {
            await using Server server = Servers.StartAt(transport, new Named("hello"), options with { Unix = path });
            return (await Task.Run(() => Run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "curl", "-s", "--max-time", "20", "--unix-socket", path, "http://a/"))).Output;
        }

        Assert.Equal("hello", await Asked(new() { UnixMode = (UnixFileMode)0b110_110_110 }));
        Assert.Equal("hello", await Asked(new() { UnixMode = (UnixFileMode)0b110_110_000, UnixGroup = "65534" }));
        Assert.Equal("", await Asked(new() { UnixMode = (UnixFileMode)0b110_110_000 }));
    }

    private static string GroupOf(string path) => Run("stat", OperatingSystem.IsMacOS() ? ["-f", "%g", path] : ["-c", "%g", path]).Output;

    private static (int Code, string Output) Run(string tool, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    [Fact]
    public void What_is_for_the_file_of_a_unix_socket_is_refused_without_one()
    {
        string Message(ServeOptions options) => Assert.ThrowsAny<ArgumentException>(() => Serve.Start(new Named("x"), options)).Message;
        if (OperatingSystem.IsWindows()) return;

        Assert.Contains("\"ServeOptions.UnixMode\" applies only to the file of a unix socket", Message(new() { Port = 0, UnixMode = UnixFileMode.UserRead }));
        Assert.Contains("\"ServeOptions.UnixGroup\" applies only to the file of a unix socket", Message(new() { Port = 0, UnixGroup = "x" }));
        Assert.Contains("\"ServeOptions.UnixGroup\" is empty", Message(new() { Unix = "/tmp/x", UnixGroup = "" }));
        Assert.Contains("(0 to 0777). Received 04777", Message(new() { Unix = "/tmp/x", UnixMode = UnixFileMode.SetUser | (UnixFileMode)0b111_111_111 }));
        if (OperatingSystem.IsLinux()) Assert.Contains("only to the file", Message(new() { Unix = "\0x", UnixMode = UnixFileMode.UserRead }));
    }

    // Asked for its name: the same port of the other family may belong to a server of another test
    private static bool Answers(IPAddress address, int port, string name)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        var answer = new StringBuilder();
        byte[] buffer = new byte[4096];
        try
        {
            socket.Connect(address, port);
            socket.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8);
            while (socket.Receive(buffer) is > 0 and int count) answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (SocketException) { }                 // refused, or somebody else who speaks another protocol

        return answer.ToString().Contains(name, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_request_s_own_time_out_is_shorter_or_longer_than_the_server_s(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Named("x"), new ServeOptions { IdleTimeout = TimeSpan.FromSeconds(1) });

        // Shorter: half a body and silence are answered 408 long before the general limit
        using (var client = new RawClient(server))
        {
            client.Send("POST /own HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
            Assert.Equal(408, client.Receive()!.Status);
        }

        // Longer: the server's own second passes and the rest is still welcome
        using (var client = new RawClient(server))
        {
            client.Send("POST /patient HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
            await Task.Delay(2_500);
            client.Send("67890");
            Assert.Equal("1234567890", client.Receive()!.Text);

            // And what follows is under the server's again: silence closes, and not five minutes later
            client.Socket.ReceiveTimeout = 8_000;
            Assert.Equal(0, client.Socket.Receive(new byte[1]));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_body_must_keep_to_its_rate_or_only_not_fall_silent(Over transport)
    {
        await using Server strict = Servers.StartApp(transport, new Named("x"), new ServeOptions { MinRequestBodyRate = 100_000, IdleTimeout = TimeSpan.FromMilliseconds(500) });
        await using Server lenient = Servers.StartApp(transport, new Named("x"), new ServeOptions { MinRequestBodyRate = 0, IdleTimeout = TimeSpan.FromSeconds(2) });
        using var hurried = new RawClient(strict);
        using var patient = new RawClient(lenient);
        foreach (RawClient client in new[] { hurried, patient }) client.Send("POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n");

        // 40 bytes in 6 seconds
        for (int i = 0; i < 40; i++)
        {
            patient.Send("x");
            try { hurried.Send("x"); } catch (SocketException) { }
            await Task.Delay(150);
        }

        Assert.Equal(408, hurried.Receive()!.Status);
        Assert.Equal("40", patient.Receive()!.Text);
    }

    [Theory]
    [InlineData(nameof(ServeOptions.MinRequestBodyRate))]
    [InlineData(nameof(ServeOptions.MinResponseRate))]
    [InlineData(nameof(ServeOptions.MaxConnections))]
    [InlineData(nameof(ServeOptions.ShutdownDelay))]
    [InlineData(nameof(ServeOptions.HeartbeatInterval))]
    public void What_cannot_be_honoured_is_said_by_name(string option)
    {
        ServeOptions options = option switch
        {
            nameof(ServeOptions.MinRequestBodyRate) => new() { MinRequestBodyRate = -1 },
            nameof(ServeOptions.MinResponseRate) => new() { MinResponseRate = -1 },
            nameof(ServeOptions.MaxConnections) => new() { MaxConnections = 0 },
            nameof(ServeOptions.ShutdownDelay) => new() { ShutdownDelay = TimeSpan.FromSeconds(-1) },
            _ => new() { HeartbeatInterval = TimeSpan.Zero },
        };
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => Serve.Start(new Named("x"), options));
        Assert.Contains($"\"ServeOptions.{option}\" is out of range", error.Message);
    }
}
