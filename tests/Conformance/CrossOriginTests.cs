namespace Prebake.Conformance;

/// <summary>Pages of other origins: who may read, and who may change something, from one list.</summary>
public sealed partial class CrossOriginTests
{
    internal sealed partial class Listed
    {
        [Use] private readonly CrossOrigin _origins = new()
        {
            Origins = ["https://app.example", "http://localhost:3000"],
            Credentials = true,
            ExposedHeaders = ["X-Total"],
        };

        [Mount("/part")] private readonly Part _part = new();
        [Get("/page")] private static string Page() => "page";
        [Post("/page")] private static string Change() => "changed";
        [Delete("/page")] private static void Remove() { }
        [Get("/bug")] private static string Bug() => throw new InvalidOperationException("bug");
        [Get("/vary")] private static Response Vary() => new("vary") { Headers = { ["Vary"] = "Accept" } };
        [Error] private static string On(Exception error) => error is HttpException refusal ? $"refused {refusal.Status}" : "bug";
    }

    internal sealed partial class Part
    {
        [Post("/page")] private static string Change() => "changed";
    }

    internal sealed partial class Open
    {
        [Use] private readonly CrossOrigin _origins = new() { Origins = ["*"], MaxAge = TimeSpan.FromMinutes(1), RequestHeaders = [] };
        [Get("/page")] private static string Page() => "page";
        [Post("/page")] private static string Change() => "changed";
    }

    internal sealed partial class Closed
    {
        [Use] private readonly CrossOrigin _origins = new();
        [Get("/page")] private static string Page() => "page";
        [Post("/page")] private static string Change() => "changed";
    }

    internal sealed partial class Keeping
    {
        private static readonly Response s_kept = new("kept");

        [Use] private readonly CrossOrigin _origins = new() { Origins = ["https://app.example"] };
        [Get("/kept")] private static Response Kept() => s_kept;
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task Pages_that_are_listed_may_read(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Listed());
        foreach ((string path, int status) in new[] { ("/page", 200), ("/nothing", 404), ("/bug", 500), ("/part/nothing", 404) })
        {
            RawResponse response = RawClient.Ask(server, path, "Origin: https://app.example\r\n");
            Assert.Equal((status, "https://app.example", "true", "X-Total", "Origin"), (response.Status, response["access-control-allow-origin"],
                response["access-control-allow-credentials"], response["access-control-expose-headers"], response["vary"]));

            // A cache must know in any case
            foreach (string fields in (string[])["", "Origin: https://other.example\r\n", "Origin: null\r\n", "Origin: HTTPS://app.example\r\n"])
            {
                RawResponse other = RawClient.Ask(server, path, fields);
                Assert.Equal((status, null, null, "Origin"), (other.Status, other["access-control-allow-origin"], other["access-control-allow-credentials"], other["vary"]));
            }
        }

        Assert.Equal("Accept, Origin", RawClient.Ask(server, "/vary")["vary"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_preflight_is_answered_for_pages_that_are_listed(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Listed());
        foreach (string path in (string[])["/page", "/part/page", "/nothing"])
        {
            RawResponse response = RawClient.Ask(server, path, "Origin: http://localhost:3000\r\nAccess-Control-Request-Method: DELETE\r\nSec-Fetch-Site: cross-site\r\n", "OPTIONS");
            Assert.Equal((204, "http://localhost:3000", "GET, HEAD, POST, PUT, PATCH, DELETE", "Authorization, Content-Type"), (response.Status,
                response["access-control-allow-origin"], response["access-control-allow-methods"], response["access-control-allow-headers"]));
            Assert.Equal(("true", "7200", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
                (response["access-control-allow-credentials"], response["access-control-max-age"], response["vary"]));
        }

        // Like any OPTIONS: another page, and a request that is not a preflight
        RawResponse other = RawClient.Ask(server, "/page", "Origin: https://other.example\r\nAccess-Control-Request-Method: PUT\r\n", "OPTIONS");
        Assert.Equal((204, null, "GET, HEAD, POST, DELETE, OPTIONS"), (other.Status, other["access-control-allow-origin"], other["allow"]));
        RawResponse plain = RawClient.Ask(server, "/page", "Origin: https://app.example\r\n", "OPTIONS");
        Assert.Equal((204, "https://app.example", null), (plain.Status, plain["access-control-allow-origin"], plain["access-control-allow-methods"]));
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData("Sec-Fetch-Site: same-origin\r\n", 200)]
    [InlineData("Sec-Fetch-Site: none\r\n", 200)]
    [InlineData("Sec-Fetch-Site: same-origin\r\nOrigin: null\r\n", 200)]
    [InlineData("Sec-Fetch-Site: cross-site\r\nOrigin: https://app.example\r\n", 200)]
    [InlineData("Sec-Fetch-Site: same-site\r\nOrigin: http://localhost:3000\r\n", 200)]
    [InlineData("Sec-Fetch-Site: cross-site\r\n", 403)]
    [InlineData("Sec-Fetch-Site: cross-site\r\nOrigin: https://other.example\r\n", 403)]
    [InlineData("Sec-Fetch-Site: same-site\r\nOrigin: https://a.app.example\r\n", 403)]
    [InlineData("Sec-Fetch-Site: same-site\r\nOrigin: http://a\r\n", 403)]
    [InlineData("Sec-Fetch-Site: other\r\n", 403)]
    [InlineData("Origin: https://app.example\r\n", 200)]
    [InlineData("Origin: http://a\r\n", 200)]
    [InlineData("Origin: https://A\r\n", 200)]
    [InlineData("Origin: http://a:8080\r\n", 403)]
    [InlineData("Origin: http://b\r\n", 403)]
    [InlineData("Origin: null\r\n", 403)]
    [InlineData("Origin: \r\n", 403)]
    public async Task A_request_that_changes_something_comes_from_a_page_that_may(string fields, int status)
    {
        await using Server server = Servers.StartApp(Servers.Transports[0], new Listed());
        foreach (string path in (string[])["/page", "/part/page"])
        {
            RawResponse response = RawClient.Ask(server, path, fields + "Content-Length: 0\r\n", "POST");
            Assert.Equal((status, status == 200 ? "changed" : "refused 403"), (response.Status, response.Text));
        }

        // Whatever changes nothing is not asked
        Assert.Equal(200, RawClient.Ask(server, "/page", fields).Status);
    }

    // nginx passes on what "$host:$server_port" says
    [Theory]
    [InlineData("a:80", "http://a", 200)]
    [InlineData("A:443", "https://a", 200)]
    [InlineData("a:8080", "http://a:8080", 200)]
    [InlineData("[::1]:80", "http://[::1]", 200)]
    [InlineData("a:443", "http://a", 403)]
    [InlineData("a:80", "https://a", 403)]
    [InlineData("a:8080", "http://a", 403)]
    [InlineData("a", "http://a:8080", 403)]
    [InlineData("ab:80", "http://a", 403)]
    public async Task The_port_of_a_scheme_may_be_left_out(string host, string origin, int status)
    {
        await using Server server = Servers.StartApp(Servers.Transports[0], new Closed());
        using var client = new RawClient(server);
        client.Send($"POST /page HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(status, client.Receive()!.Status);
    }

    [Fact]
    public async Task A_response_that_is_kept_says_once_what_it_varies_by()
    {
        await using Server server = Servers.StartApp(Servers.Transports[0], new Keeping());
        for (int i = 0; i < 3; i++)
            Assert.Equal("Origin", RawClient.Ask(server, "/kept", "Origin: https://app.example\r\n")["vary"]);
        Assert.Null(RawClient.Ask(server, "/kept", "Origin: https://other.example\r\n")["access-control-allow-origin"]);
    }

    [Fact]
    public async Task Every_page_may_read_and_none_of_them_may_change_something()
    {
        await using Server server = Servers.StartApp(Servers.Transports[0], new Open());
        RawResponse page = RawClient.Ask(server, "/page", "Origin: https://other.example\r\n");
        Assert.Equal(("*", null, null), (page["access-control-allow-origin"], page["vary"], page["access-control-allow-credentials"]));
        RawResponse preflight = RawClient.Ask(server, "/page", "Origin: https://other.example\r\nAccess-Control-Request-Method: POST\r\n", "OPTIONS");
        Assert.Equal((204, "*", "60", null), (preflight.Status, preflight["access-control-allow-origin"], preflight["access-control-max-age"], preflight["access-control-allow-headers"]));
        RawResponse change = RawClient.Ask(server, "/page", "Origin: https://other.example\r\nContent-Length: 0\r\n", "POST");
        Assert.Equal((403, null), (change.Status, change["access-control-allow-origin"]));
        Assert.Equal("application/problem+json", change["content-type"]);
    }

    [Fact]
    public async Task Without_a_list_it_only_protects()
    {
        await using Server server = Servers.StartApp(Servers.Transports[0], new Closed());
        RawResponse page = RawClient.Ask(server, "/page", "Origin: https://other.example\r\n");
        Assert.Equal((200, null, null), (page.Status, page["access-control-allow-origin"], page["vary"]));
        Assert.Equal(403, RawClient.Ask(server, "/page", "Sec-Fetch-Site: cross-site\r\nContent-Length: 0\r\n", "POST").Status);
        Assert.Equal(200, RawClient.Ask(server, "/page", "Sec-Fetch-Site: same-origin\r\nContent-Length: 0\r\n", "POST").Status);
    }

    [Theory]
    [InlineData("https://app.example/")]
    [InlineData("app.example")]
    [InlineData("https://App.example")]
    [InlineData("https://app.example:443")]
    [InlineData("https://*.example")]
    [InlineData("null")]
    public void A_text_that_no_browser_sends_is_refused_when_the_object_is_made(string origin)
    {
        Assert.Contains(origin, Assert.Throws<ArgumentException>(() => new CrossOrigin { Origins = [origin] }).Message);
        Assert.Throws<ArgumentException>(() => new CrossOrigin { Origins = ["*", "https://app.example"] });
        Assert.Throws<ArgumentException>(() => new CrossOrigin { Origins = ["*"], Credentials = true });
        Assert.Throws<ArgumentException>(() => new CrossOrigin { Credentials = true, Origins = ["*"] });
    }
}
