using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prebake.Conformance;

/// <summary>Whatever a stranger sends, what is wrong with it is a 4xx that names the field, and never a 500.</summary>
public sealed partial class ValidationTests
{
    internal sealed record Article([Required, StringLength(20)] string Title, [Required] string Body, [MaxLength(2)] string[]? Tags, Link[]? Links);

    internal sealed record Link([Url] string? Address, [Range(1, 5)] int Weight);

    internal sealed class Order
    {
        public required string Item { get; init; }
        [JsonRequired] public int Count { get; init; }
        public required List<Line> Lines { get; init; }
    }

    internal sealed class Line
    {
        public required string Name { get; init; }
        public Line? Next { get; init; }
        [RegularExpression("([a-z]+)+x")] public string? Code { get; init; }
        [RegularExpression("(?=a)(a+)+x")] public string? Slow { get; init; }
    }

    internal sealed record Tenant(string Name)
    {
        public static async ValueTask<Tenant?> BindAsync(Request request)
        {
            await Task.Yield();
            return request.Headers["X-Tenant"] is { } name ? new(name) : null;
        }
    }

    internal sealed record Place(string Name)
    {
        public static Place? Bind(Request request) => request.Headers["X-Place"] is { } name ? new(name) : null;
    }

    [Parameters] internal record struct Paging([Range(1, 100)] int Limit = 20, int Offset = 0);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Article)), JsonSerializable(typeof(Order))]
    internal sealed partial class ValidationJson : JsonSerializerContext;

    internal sealed partial class App
    {
        [Post("/articles"), Status(201)] private static string Add(Article article) => article.Title;
        [Post("/orders")] private static string Order(Order order) => order.Item;
        [Post("/later")] private static string Later(Article article, Tenant tenant, int times) => $"{article.Title} {tenant.Name} {times}";
        [Post("/either"), Status(201)] private static async Task<Response<Article>> Either(Article article, Response response)
        {
            await Task.Yield();
            response.Headers["Location"] = "/articles/1";
            return article.Title == "other" ? new Response("another") { Status = 202 } : article;
        }

        [Get("/empty")] private static void Empty(Response response) => response.Headers["X-Empty"] = "yes";
        [Get("/created"), Status(201)] private static void Created() { }
        [Get("/paging")] private static string Paged(Paging paging, string[] tag, [Header("X-Day")] DateOnly? day, [Cookie] int visits = 0) =>
            $"{paging.Limit} {tag.Length} {day?.Day} {visits}";
        [Get("/place")] private static string At(Place place) => place.Name;
        [HttpQuery("/find")] private static string Find(Article article) => article.Title;

        [Validate] private static async Task Free(Article article, Errors errors)
        {
            if (article.Title == "throws") throw new InvalidOperationException("of the user's own");
            if (article.Title == "odd") errors.Add("", "is odd");
            if (article.Title != "taken") return;
            await Task.Yield();
            errors.Add(nameof(article.Title), "has already been taken");
        }
    }

    internal sealed partial class Shaped
    {
        [Post("/articles")] private static string Add(Article article, int times) => article.Title + times;
        [Validate] private static async Task Free(Article article, Errors errors)
        {
            await Task.Yield();
            if (article.Title == "taken") errors.Add("title", "has already been taken");
        }

        [Error] private static string OnError(Exception error) => error is HttpException refusal
            ? $"{refusal.Status} [{string.Join(", ", refusal.Errors.Select(field => $"{field.Name} {field.Message}"))}]"
            : error.Message;
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static RawResponse Post(Server server, string path, string body, string fields = "", string type = "application/json", string method = "POST")
    {
        using var client = new RawClient(server);
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        return client.Send($"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {type}\r\n{fields}Content-Length: {bytes.Length}\r\n\r\n{body}").Receive()!;
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_holds_is_answered(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        RawResponse added = Post(server, "/articles", """{"title":"a","body":"b"}""");
        Assert.Equal((201, "a"), (added.Status, added.Text));
        Assert.Equal("a t 2", Post(server, "/later?times=2", """{"title":"a","body":"b"}""", "X-Tenant: t\r\n").Text);
        Assert.Equal("20 0  0", RawClient.Ask(server, "/paging").Text);
        Assert.Equal("7 2 3 4", RawClient.Ask(server, "/paging?limit=7&tag=a&tag=b", "X-Day: 2026-01-03\r\nCookie: visits=4\r\n").Text);
        Assert.Equal("here", RawClient.Ask(server, "/place", "X-Place: here\r\n").Text);
        Assert.Equal("a", Post(server, "/find", """{"title":"a","body":"b"}""", method: "QUERY").Text);

        RawResponse either = Post(server, "/either", """{"title":"a","body":"b"}""");
        Assert.Equal((201, "/articles/1", """{"title":"a","body":"b","tags":null,"links":null}"""), (either.Status, either["location"], either.Text));
        RawResponse other = Post(server, "/either", """{"title":"other","body":"b"}""");
        Assert.Equal((202, "another"), (other.Status, other.Text));
        RawResponse empty = RawClient.Ask(server, "/empty"), created = RawClient.Ask(server, "/created");
        Assert.Equal((204, "yes", 201, ""), (empty.Status, empty["x-empty"], created.Status, created.Text));
    }

    public static TheoryData<Over, string, string, string, string, int, string> Wrong
    {
        get
        {
            string deep = string.Concat(Enumerable.Repeat("""{"name":"a","next":""", 40)) + "null" + new string('}', 40);
            string tooDeep = string.Concat(Enumerable.Repeat("""{"name":"a","next":""", 5_000)) + "null" + new string('}', 5_000);
            (string Path, string Fields, string Type, string Body, int Status, string Named)[] cases =
            [
                ("/articles", "", "application/json", "{}", 422, "title is required; body is required"),
                ("/articles", "", "application/json", "", 400, "$ is required"),
                ("/articles", "", "application/json", "null", 400, "$ is required"),
                ("/articles", "", "application/json", "[]", 400, "$ has an invalid value"),
                ("/articles", "", "application/json", "{\"title\":", 400, "$ is not JSON"),
                ("/articles", "", "application/json", "\"\u0001", 400, "$ is not JSON"),
                // Half a character, in a value and in a name
                ("/articles", "", "application/json", """{"title":"\ud800","body":"b"}""", 400, "title has an invalid value"),
                ("/articles", "", "application/json", """{"title":5,"\ud800":"b"}""", 400, "title has an invalid value"),
                ("/articles", "", "text/plain", "{}", 415, ""),
                ("/articles", "", "application/json", """{"title":["a"],"body":"b"}""", 400, "title has an invalid value"),
                ("/articles", "", "application/json", """{"title":"a","body":"b","links":[{"address":"x","weight":1},{"weight":"heavy"}]}""", 400, "links[1].weight has an invalid value"),
                ("/articles", "", "application/json", """{"title":"a","body":"b","links":[null,{"address":"x","weight":9}]}""", 422,
                    "links[1].address is not an address that begins with http://, https:// or ftp://; links[1].weight must be from 1 to 5"),
                ("/articles", "", "application/json", """{"title":"taken","body":"b"}""", 422, "title has already been taken"),
                // Of the body as a whole
                ("/articles", "", "application/json", """{"title":"odd","body":"b"}""", 422, "$ is odd"),
                ("/articles", "", "application/json", $$"""{"title":"{{new string('a', 100_000)}}","body":"b"}""", 422, "title must have at most 20 characters"),
                ("/orders", "", "application/json", "{}", 400, "item is required; count is required; lines is required"),
                ("/orders", "", "application/json", """{"item":"a","count":1,"lines":[{"name":"b"},{"code":"c"}]}""", 400, "lines[1].name is required"),
                ("/orders", "", "application/json", """{"item":"a","count":1e99,"lines":[]}""", 400, "count has an invalid value"),
                ("/orders", "", "application/json", """{"item":"a","count":1,"lines":[{"name":"b","code":"CODE"}]}""".Replace("CODE", new string('a', 50_000)), 422, "lines[0].code does not have the right form"),
                ("/orders", "", "application/json", """{"item":"a","count":1,"lines":[{"name":"b","slow":"CODE"}]}""".Replace("CODE", new string('a', 200)), 422, "lines[0].slow does not have the right form"),
                ("/orders", "", "application/json", $$"""{"item":"a","count":1,"lines":[{{deep}}]}""", 200, ""),
                ("/orders", "", "application/json", $$"""{"item":"a","count":1,"lines":[{{tooDeep}}]}""", 400, "$ is not JSON"),
                ("/later", "", "application/json", "{}", 400, "title is required; body is required; times is missing or has an invalid value; tenant is missing or has an invalid value"),
                ("/later?times=x", "X-Tenant: t\r\n", "application/json", "[1,", 400, "$ is not JSON; times is missing or has an invalid value"),
            ];
            var data = new TheoryData<Over, string, string, string, string, int, string>();
            foreach (Over transport in Servers.Transports)
                foreach ((string path, string fields, string type, string body, int status, string named) in cases) data.Add(transport, path, fields, type, body, status, named);
            return data;
        }
    }

    [Theory, MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task A_strangers_worst_body_is_named(Over transport, string path, string fields, string type, string body, int status, string named)
    {
        await using Server server = Servers.StartApp(transport, new App());
        RawResponse response = Post(server, path, body, fields, type);
        Assert.True(status == response.Status, $"{response.Status}: {response.Text}");
        if (status >= 400) Assert.Equal(named, ErrorsOf(response));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_strangers_worst_head_is_named(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        foreach ((string path, string fields, int status, string named) in new[]
        {
            ("/paging?limit=0", "", 422, "limit must be from 1 to 100"),
            ("/paging?limit=x&offset=99999999999999999999", "X-Day: 2026-02-30\r\nCookie: visits=%ff%fe\r\n", 400,
                "limit is missing or has an invalid value; offset is missing or has an invalid value; X-Day is missing or has an invalid value; visits is missing or has an invalid value"),
            ("/paging?limit=%ff%00&tag=%", "", 400, "limit is missing or has an invalid value"),
            ("/place", "", 400, "place is missing or has an invalid value"),
        })
        {
            RawResponse response = RawClient.Ask(server, path, fields);
            Assert.True(status == response.Status, $"{response.Status}: {response.Text}");
            Assert.Equal(named, ErrorsOf(response));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_a_rule_throws_is_a_fault_of_the_server(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        Assert.Equal(500, Post(server, "/articles", """{"title":"throws","body":"b"}""").Status);
        Assert.Equal(201, Post(server, "/articles", """{"title":"a","body":"b"}""").Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_error_handler_shapes_it(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Shaped());
        foreach ((string path, string body, int status, string text) in new[]
        {
            ("/articles?times=1", "{}", 422, "422 [title is required, body is required]"),
            ("/articles", """{"title":"a","body":"b"}""", 400, "400 [times is missing or has an invalid value]"),
            ("/articles?times=1", """{"title":"taken","body":"b"}""", 422, "422 [title has already been taken]"),
            ("/articles?times=1", """{"title":"a","body":"b"}""", 200, "a1"),
        })
        {
            RawResponse response = Post(server, path, body);
            Assert.Equal((status, text), (response.Status, response.Text));
        }
    }

    private static string ErrorsOf(RawResponse response)
    {
        Assert.Equal("application/problem+json", response["content-type"]);
        using JsonDocument problem = JsonDocument.Parse(response.Text);
        return problem.RootElement.TryGetProperty("errors", out JsonElement errors)
            ? string.Join("; ", errors.EnumerateObject().SelectMany(field => field.Value.EnumerateArray().Select(message => field.Name + " " + message.GetString())))
            : "";
    }
}
