using System.Text;
using System.Text.Json.Serialization;

namespace Prebake.Conformance;

/// <summary>What binding refuses has one way: to <c>[Error]</c> if there is one, else a constant or a problem.</summary>
public sealed partial class RefusalTests
{
    internal sealed record Order(string Item, int Count);

    [JsonSerializable(typeof(Order))]
    internal sealed partial class Json : JsonSerializerContext;

    [Header("X-App", "a")]
    internal sealed partial class Told
    {
        [Get("/users/{id}"), Header("X-Route", "r")] private static string User(int id) => $"{id}";
        [Get("/blocking/{id}"), Blocking] private static string Blocks(int id) => $"{id}";
        [Get("/later/{id}")] private static async Task<string> Later(Guid id)
        {
            await Task.Yield();
            return $"{id}";
        }

        [Get("/two/{a}/{b}")] private static string Two(int a, int b) => $"{a} {b}";
        [Get("/page")] private static string Page(int number, [Header("X-Size")] int size = 1) => $"{number} {size}";
        [Get("/cookie")] private static string Cookie([Cookie] int visits) => $"{visits}";
        [Post("/orders")] private static string Add(Order order) => $"{order.Count} {order.Item}";
        [Get("/throws")] private static string Throws() => throw new HttpException(418, "teapot");
        [Get("/fails")] private static string Fails() => throw new InvalidOperationException("woops");

        // The status is the refusal's, since the response says none
        [Error] private static string OnError(Exception error) => error is HttpException refusal
            ? $"{refusal.Status} {refusal.Detail} [{string.Join(", ", refusal.Errors.Select(field => $"{field.Name} {field.Message}"))}]"
            : error.Message;
    }

    internal sealed partial class Declining
    {
        [Get("/users/{id}")] private static string User(int id) => $"{id}";
        [Get("/page")] private static string Page(int number) => $"{number}";
        [Error] private static async Task<Response?> OnError(Exception error)
        {
            await Task.Yield();
            return error is HttpException { Errors: [{ Name: "number" }] } ? null : new Response("own") { Status = 422 };
        }
    }

    internal sealed partial class Untold
    {
        [Get("/users/{id}")] private static string User(int id) => $"{id}";
        [Get("/blocking/{id}"), Blocking] private static string Blocks(int id) => $"{id}";
        [Get("/page")] private static string Page(int number) => $"{number}";
    }

    internal sealed partial class Fetching
    {
        [Static("/constant")] private const string Constant = "constant";
        [Post("/form")] private static string Form() => "form";
        [Fetch] private static string Rest(Request request) => $"fetched {request.Method}";
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task An_error_handler_hears_what_is_wrong(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Told());
        foreach ((string path, int status, string text) in new[]
        {
            ("/users/x", 400, "400 The parameter 'id' has an invalid value. [id has an invalid value]"),
            ("/blocking/x", 400, "400 The parameter 'id' has an invalid value. [id has an invalid value]"),
            ("/later/x", 400, "400 The parameter 'id' has an invalid value. [id has an invalid value]"),
            ("/two/1/x", 400, "400 The parameter 'b' has an invalid value. [b has an invalid value]"),
            ("/page", 400, "400 The parameter 'number' is missing or has an invalid value. [number is missing or has an invalid value]"),
            ("/page?number=x", 400, "400 The parameter 'number' is missing or has an invalid value. [number is missing or has an invalid value]"),
            ("/cookie", 400, "400 The parameter 'visits' is missing or has an invalid value. [visits is missing or has an invalid value]"),
            ("/throws", 418, "418 teapot []"),
            ("/fails", 500, "woops"),
            ("/users/7", 200, "7"),
        })
        {
            RawResponse response = RawClient.Ask(server, path);
            Assert.Equal((path, status, text), (path, response.Status, response.Text));
            Assert.Equal("a", response["x-app"]);
        }

        // No route has answered, so no route's headers are on it
        Assert.Null(RawClient.Ask(server, "/users/x")["x-route"]);
        Assert.Equal("400 The parameter 'X-Size' is missing or has an invalid value. [X-Size is missing or has an invalid value]", RawClient.Ask(server, "/page?number=1", "X-Size: x\r\n").Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_error_handler_hears_of_bodies_too(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Told());
        foreach ((string type, string body, int status, string text) in new[]
        {
            ("application/json", "", 400, "400 This route needs a body. [$ is required]"),
            ("application/json", "{", 400, "400 The body is not the JSON that this route takes: at $, line 1, byte 2. [$ is not JSON]"),
            ("text/plain", "{}", 415, "415 This route takes application/json. []"),
            ("application/json", "{\"Item\":\"nail\",\"Count\":3}", 200, "3 nail"),
        })
        {
            using var client = new RawClient(server);
            RawResponse response = client.Send($"POST /orders HTTP/1.1\r\nHost: a\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}").Receive()!;
            Assert.Equal((body, status, text), (body, response.Status, response.Text));
            Assert.Equal("7", client.Send("GET /users/7 HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!.Text);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_error_handler_may_wait_and_decline(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Declining());
        RawResponse own = RawClient.Ask(server, "/users/x"), declined = RawClient.Ask(server, "/page");
        Assert.Equal((422, "own"), (own.Status, own.Text));
        Assert.Equal((400, "application/problem+json"), (declined.Status, declined["content-type"]));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Without_an_error_handler_it_is_what_it_was(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Untold());
        foreach (string path in new[] { "/users/x", "/blocking/x" })
        {
            RawResponse bare = RawClient.Ask(server, path);
            Assert.Equal((400, "", null), (bare.Status, bare.Text, bare["content-type"]));
        }

        RawResponse problem = RawClient.Ask(server, "/page");
        Assert.Equal((400, "application/problem+json"), (problem.Status, problem["content-type"]));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_method_that_a_path_does_not_have_goes_to_Fetch_unless_the_path_is_finished_bytes(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Fetching());
        foreach ((string line, int status, string text) in new[]
        {
            ("GET /form", 200, "fetched GET"),
            ("DELETE /form", 200, "fetched DELETE"),
            ("POST /form", 200, "form"),
            ("POST /nowhere", 200, "fetched POST"),
            ("POST /constant", 405, ""),
            ("OPTIONS /form", 204, ""),
        })
        {
            using var client = new RawClient(server);
            RawResponse response = client.Send($"{line} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").Receive()!;
            Assert.Equal((line, status, text), (line, response.Status, response.Text));
        }
    }
}
