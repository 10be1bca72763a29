using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Prebake.Http;

namespace Prebake.Conformance;

/// <summary>Refusals in the form of RFC 9457, as an <c>[Error]</c> method of one line makes them, and the sentences that they have.</summary>
public sealed partial class ProblemTests
{
    internal sealed record Order(string Item, int Count);

    internal sealed record Note(string Text);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(Order)), JsonSerializable(typeof(Note))]
    internal sealed partial class ProblemJson : JsonSerializerContext;

    internal sealed record Other(int Number);

    [JsonSerializable(typeof(Other))]
    internal sealed partial class PascalJson : JsonSerializerContext;

    internal sealed partial class App
    {
        [Get("/users/{id}")] private static string? User(int id) => id == 7 ? "Ada" : null;
        [Get("/page")] private static string Page([Range(1, 9)] int number, int size) => $"{number} {size}";
        [Post("/orders")] private static string Add(Order order) => order.Item;
        [Post("/paged")] private static string Paged(Order order, int page) => $"{order.Item} {page}";
        [Get("/login")] private static string Login() => throw new HttpException(401, "Log in.") { Headers = { ["WWW-Authenticate"] = "Bearer" } };
        [Get("/bug")] private static string Bug() => throw new InvalidOperationException("bug");
        [WebSocket("/notes/{topic}")] private static Notes Take(string topic) => new(topic);
        [WebSocket("/feed/{topic}")] private static Feed Follow(string topic) => new(topic);

        [Error] private static Response OnRefusal(HttpException refusal, Request request) => Response.Problem(refusal, request.Path.ToString());
        [Error] private static Response OnBug(Exception bug) => Response.Problem(500);
    }

    internal sealed class Notes(string topic) : WebSocketHandler<Note>
    {
        protected override void Open() => Subscribe(topic);

        protected override ValueTask Message(Note message)
        {
            PublishJson(topic, message with { Text = message.Text + " to others" });
            SendJson(message);
            return default;
        }
    }

    /// <summary>A handler that nobody says JSON to.</summary>
    internal sealed class Feed(string topic) : WebSocketHandler
    {
        protected override void Open()
        {
            Subscribe(topic);
            SendJson(new Note("welcome"));
            PublishJson(topic, new Note("somebody came"));
        }
    }

    [Theory]
    [InlineData("GET", "/users/7", null, 200, "Ada")]
    [InlineData("GET", "/users/8", null, 404, """{"title":"Not Found","status":404,"instance":"/users/8"}""")]
    [InlineData("GET", "/nothing", null, 404, """{"title":"Not Found","status":404,"instance":"/nothing"}""")]
    [InlineData("GET", "/users/x", null, 400, """
        {"title":"Bad Request","status":400,"detail":"The parameter \u0027id\u0027 has an invalid value.","instance":"/users/x","errors":{"id":["has an invalid value"]}}
        """)]
    [InlineData("GET", "/page?number=10&size=1", null, 422, """
        {"title":"Unprocessable Content","status":422,"detail":"The request has invalid values.","instance":"/page","errors":{"number":["must be from 1 to 9"]}}
        """)]
    [InlineData("PUT", "/page", null, 405, """{"title":"Method Not Allowed","status":405,"instance":"/page"}""")]
    [InlineData("GET", "/login", null, 401, """{"title":"Unauthorized","status":401,"detail":"Log in.","instance":"/login"}""")]
    [InlineData("GET", "/bug", null, 500, """{"title":"Internal Server Error","status":500}""")]
    // What a body lacks is at no place in it
    [InlineData("POST", "/orders", """{"item":"nail"}""", 400, """
        {"title":"Bad Request","status":400,"detail":"The body has no \u0027count\u0027, which is required.","instance":"/orders","errors":{"count":["is required"]}}
        """)]
    [InlineData("POST", "/orders", "{}", 400, """
        {"title":"Bad Request","status":400,"detail":"The body lacks properties that are required.","instance":"/orders","errors":{"item":["is required"],"count":["is required"]}}
        """)]
    [InlineData("POST", "/orders", """{"item":"nail","count":"x"}""", 400, """
        {"title":"Bad Request","status":400,"detail":"The body is not the JSON that this route takes: at $.count, line 1, byte 27.","instance":"/orders","errors":{"count":["has an invalid value"]}}
        """)]
    [InlineData("POST", "/paged?page=1", """{"item":"nail"}""", 400, """
        {"title":"Bad Request","status":400,"detail":"The body has no \u0027count\u0027, which is required.","instance":"/paged","errors":{"count":["is required"]}}
        """)]
    [InlineData("POST", "/paged", """{"item":"nail"}""", 400, """
        {"title":"Bad Request","status":400,"detail":"Parts of the request are missing or have invalid values.","instance":"/paged","errors":{"count":["is required"],"page":["is missing or has an invalid value"]}}
        """)]
    public async Task A_refusal_is_a_problem_with_all_that_it_says(string method, string path, string? body, int status, string text)
    {
        await using TestServer test = Serve.Test(new App());
        test.ThrowsExceptions = false;
        using var request = new HttpRequestMessage(new System.Net.Http.HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await test.SendAsync(request);
        Assert.Equal((status, text.Trim()), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        if (status != 200) Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
        if (status == 405) Assert.Equal("GET,HEAD,OPTIONS", string.Join(",", response.Content.Headers.Allow));
        if (status == 401) Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task Values_are_published_as_JSON()
    {
        await using TestServer test = Serve.Test(new App());
        await using WebSocketClient one = await test.ConnectAsync("/notes/sea"), two = await test.ConnectAsync("/notes/sea");

        await one.SendAsync("""{"text":"hello"}""");
        Assert.Equal("""{"text":"hello"}""", (await one.ReceiveAsync())?.Text);
        Assert.Equal("""{"text":"hello to others"}""", (await two.ReceiveAsync())?.Text);

        Assert.Equal(17, test.Server.PublishJson("sea", new Note("to all")).Bytes);
        Assert.Equal("""{"text":"to all"}""", (await one.ReceiveAsync())?.Text);
        Assert.Equal("""{"text":"to all"}""", (await two.ReceiveAsync())?.Text);
        Assert.True(test.Server.PublishJson("nobody", new Note("")).Dropped);
    }

    [Fact]
    public async Task A_handler_that_only_pushes_sends_and_publishes_JSON_too()
    {
        await using TestServer test = Serve.Test(new App());
        await using WebSocketClient one = await test.ConnectAsync("/feed/push");
        Assert.Equal("""{"text":"welcome"}""", (await one.ReceiveAsync())?.Text);

        await using WebSocketClient two = await test.ConnectAsync("/feed/push");
        Assert.Equal("""{"text":"welcome"}""", (await two.ReceiveAsync())?.Text);
        Assert.Equal("""{"text":"somebody came"}""", (await one.ReceiveAsync())?.Text);
    }

    // This project has many contexts. Combined they would lose their options, and be others with each request
    [Fact]
    public void Each_of_several_contexts_keeps_its_options()
    {
        IJsonTypeInfoResolver both = JsonTypeInfoResolver.Combine(ProblemJson.Default, PascalJson.Default);
        Assert.Same(ProblemJson.Default.Options, JsonMetadata.Of<Note>(both).Options);
        Assert.Same(ProblemJson.Default.Options, JsonMetadata.Of<Order>(both).Options);
        Assert.Same(PascalJson.Default.Options, JsonMetadata.Of<Other>(JsonTypeInfoResolver.Combine(ProblemJson.Default, PascalJson.Default)).Options);
    }

    [Fact]
    public void A_refusal_that_is_null_is_refused() => Assert.Throws<ArgumentNullException>(() => Response.Problem(null!));

    [Fact]
    public void A_problem_of_a_refusal_can_be_read_back()
    {
        Response response = Response.Problem(new HttpException(422, "a\"b") { Errors = [new("x", "is 1"), new("x", "is 2")] }, "a/b");
        using var json = JsonDocument.Parse(response.BodyBytes);
        Assert.Equal(("a\"b", "a/b", 2), (json.RootElement.GetProperty("detail").GetString(), json.RootElement.GetProperty("instance").GetString(), json.RootElement.GetProperty("errors").GetProperty("x").GetArrayLength()));
        Assert.Equal(HttpStatusCode.UnprocessableContent, (HttpStatusCode)response.Status);
    }
}
