using System.Reflection;
using Prebake.Generators.Model;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary>What <c>[WebSocket]</c> becomes: routes, options, callbacks.</summary>
public sealed class SocketTests
{
    private const string Echo = """

        public sealed class Echo : WebSocketHandler { protected override ValueTask Message(string text) => default; }
        """;

    /// <summary>The options objects of an app in the order of their routes.</summary>
    private static WebSocketOptions[] OptionsOf(RouteTable table) => [.. table.GetType()
        .GetFields(BindingFlags.NonPublic | BindingFlags.Static)
        .Where(field => field.FieldType == typeof(WebSocketOptions))
        .OrderBy(field => int.Parse(field.Name["s_socket".Length..], System.Globalization.CultureInfo.InvariantCulture))
        .Select(field => (WebSocketOptions)field.GetValue(null)!)];

    private static Generated Generate(string members, string more = Echo, bool debug = false) =>
        Harness.Generate("public partial class App { " + members + " }\n" + more, debug).AssertClean();

    [Theory]
    [InlineData("Echo A() => new();", "Reply(exchange, _app.A(), s_socket0);")]
    [InlineData("Echo? A() => null;", "Reply(exchange, _app.A(), s_socket0);")]
    [InlineData("static Echo A() => new();", "Reply(exchange, global::App.A(), s_socket0);")]
    [InlineData("WebSocketHandler A() => new Echo();", "Reply(exchange, _app.A(), s_socket0);")]
    [InlineData("async Task<Echo> A() { await Task.Yield(); return new(); }", "ReplyWhenDone(exchange, _app.A()!, s_socket0);")]
    [InlineData("async Task<Echo?> A() { await Task.Yield(); return null; }", "ReplyWhenDone(exchange, _app.A()!, s_socket0);")]
    [InlineData("Task<Echo?>? A() => null;", "ReplyWhenDone(exchange, _app.A()!, s_socket0);")]
    [InlineData("ValueTask<Echo> A() => new(new Echo());", "ReplyWhenDone(exchange, _app.A()!, s_socket0);")]
    [InlineData("ValueTask<WebSocketHandler?> A() => default;", "ReplyWhenDone(exchange, _app.A()!, s_socket0);")]
    public void A_handler_is_returned_in_each_of_the_ways_of_a_result(string method, string expected)
    {
        foreach (bool debug in new[] { false, true })
        {
            Generated generated = Generate("[WebSocket(\"/\")] " + method, debug: debug);
            Assert.Contains("global::Prebake.Routing.WebSocketRoute." + expected, generated.Source, StringComparison.Ordinal);
            Assert.Equal(method.Contains("Task<", StringComparison.Ordinal) ? RouteTraits.Async : RouteTraits.None, generated.Table().TraitsOf(0));
        }
    }

    [Fact]
    public void The_path_is_bound_before_the_handshake_and_all_else_behind_it()
    {
        string source = Generate("[WebSocket(\"/{room}/{id}\")] Echo A(string room, int id, string name, [Header(\"X-Key\")] string key, [Cookie] string? theme, Request request, "
            + "Server server, CancellationToken aborted) => new();").Source;
        int path = source.IndexOf("TryParse(id_", StringComparison.Ordinal), accepts = source.IndexOf("Accepts(exchange, s_socket0)", StringComparison.Ordinal),
            query = source.IndexOf("TryQuery(", StringComparison.Ordinal), call = source.IndexOf("_app.A(room, id, name, key, theme, exchange.Request,", StringComparison.Ordinal);
        Assert.True(0 < path && path < accepts && accepts < query && query < call, source);
    }

    [Fact]
    public void Only_what_differs_from_the_defaults_is_emitted()
    {
        RouteTable table = Generate("""
            [WebSocket("/a")] Echo A() => new();
            [WebSocket("/b", MaxPayloadLength = 64 * 1024, BackpressureLimit = 1024 * 1024, CloseOnBackpressureLimit = true, Compress = Deflate.Shared,
                Decompress = Deflate.Dedicated32KB, SendPings = true, PublishToSelf = true, IdleTimeout = 0, MaxLifetime = 60,
                Origins = ["https://a.example", "http://localhost:3000", "*"], Protocols = new[] { "v2", "v1" })] Echo B() => new();
            [WebSocket("/c", MaxPayloadLength = 16 << 20, IdleTimeout = 120, SendPings = false, Compress = Deflate.Disabled, Origins = [])] Echo C() => new();
            """).Table();
        WebSocketOptions[] options = OptionsOf(table);
        WebSocketOptions standard = new();
        Assert.Equal(3, options.Length);
        foreach (PropertyInfo property in typeof(WebSocketOptions).GetProperties().Where(property => property.Name != "Callbacks"))
            Assert.Equal(property.GetValue(standard), property.GetValue(options[0]));
        Assert.Equal((64 * 1024, 1024 * 1024, true, Deflate.Shared, Deflate.Dedicated32KB, true, true, 0, 60),
            (options[1].MaxPayloadLength, options[1].BackpressureLimit, options[1].CloseOnBackpressureLimit, options[1].Compress, options[1].Decompress, options[1].SendPings,
                options[1].PublishToSelf, options[1].IdleTimeout, options[1].MaxLifetime));
        Assert.Equal(["https://a.example", "http://localhost:3000", "*"], options[1].Origins);
        Assert.Equal(["v2", "v1"], options[1].Protocols);
        Assert.False(options[2].SendPings);
        Assert.Equal((16 << 20, 120, 0), (options[2].MaxPayloadLength, options[2].IdleTimeout, options[2].Origins.Length));
    }

    [Theory]
    // a sealed type, and what it inherits
    [InlineData("Sealed A() => null!;", WebSocketCallbacks.Text | WebSocketCallbacks.Ping)]
    [InlineData("Nothing A() => null!;", WebSocketCallbacks.None)]
    [InlineData("Task<Derived> A() => null!;", WebSocketCallbacks.Text | WebSocketCallbacks.Ping | WebSocketCallbacks.Drain)]
    [InlineData("Span A() => null!;", WebSocketCallbacks.Span)]
    [InlineData("Binary? A() => null;", WebSocketCallbacks.Binary | WebSocketCallbacks.Pong)]
    // one that may have heirs: the objects that are made
    [InlineData("Open A() => new();", WebSocketCallbacks.Text | WebSocketCallbacks.Ping)]
    [InlineData("WebSocketHandler A() => new Binary();", WebSocketCallbacks.Binary | WebSocketCallbacks.Pong)]
    [InlineData("WebSocketHandler? A(bool x) => x ? new Binary() : null;", WebSocketCallbacks.Binary | WebSocketCallbacks.Pong)]
    [InlineData("WebSocketHandler? A(int x) { if (x == 1) return new Span(); return x switch { 2 => new Binary()!, 3 => (new Nothing()), _ => throw new HttpException(404) }; }",
        WebSocketCallbacks.Span | WebSocketCallbacks.Binary | WebSocketCallbacks.Pong)]
    [InlineData("async Task<WebSocketHandler> A() { Func<WebSocketHandler> x = () => { return Any(); }; await Task.Yield(); return new Span(); } static WebSocketHandler Any() => new Span();",
        WebSocketCallbacks.Span)]
    [InlineData("Task<WebSocketHandler> A() => Task.FromResult<WebSocketHandler>(new Span());", WebSocketCallbacks.Span)]
    [InlineData("ValueTask<WebSocketHandler> A() => new(new Span());", WebSocketCallbacks.Span)]
    // neither
    [InlineData("Open A() => Any(); static Open Any() => new Heir();", WebSocketCallbacks.All)]
    [InlineData("WebSocketHandler A(bool x) => x ? new Span() : Any(); static WebSocketHandler Any() => new Open();", WebSocketCallbacks.All)]
    [InlineData("Open A() { Open x = new(); return x; }", WebSocketCallbacks.All)]
    // another generator may write the other part
    [InlineData("Parts A() => new();", WebSocketCallbacks.All)]
    // JSON
    [InlineData("Typed A() => new();", WebSocketCallbacks.Text | WebSocketCallbacks.Binary | WebSocketCallbacks.Span)]
    public void Callbacks_are_those_that_the_handler_can_have(string method, WebSocketCallbacks expected)
    {
        WebSocketOptions options = Assert.Single(OptionsOf(Generate("[WebSocket(\"/\")] " + method, """
            public class Open : WebSocketHandler { protected override ValueTask Message(string text) => default; protected override void Ping(ReadOnlySpan<byte> data) { } }
            public class Heir : Open { protected override void Pong(ReadOnlySpan<byte> data) { } }
            public sealed class Sealed : Open { protected override void Open() { } protected override void Close(int code, string reason) { } void Drain(int x) { } }
            public class Middle : Open { protected override void Drain() { } }
            public sealed class Derived : Middle { protected override ValueTask Message(string text) => default; }
            public sealed class Nothing : WebSocketHandler { public new void Drain() { } }
            public sealed class Span : WebSocketHandler { protected override void Message(ReadOnlySpan<byte> data, MessageKind kind) { } }
            public sealed class Binary : WebSocketHandler { protected override ValueTask Message(ReadOnlyMemory<byte> data) => default; protected override void Pong(ReadOnlySpan<byte> data) { } }
            public sealed partial class Parts : WebSocketHandler { }
            public sealed class Typed : WebSocketHandler<int> { protected override ValueTask Message(int message) => default; }
            """).Table()));
        if (method.StartsWith("Typed", StringComparison.Ordinal)) Assert.NotEqual(WebSocketCallbacks.None, options.Callbacks & expected);
        else Assert.Equal(expected, options.Callbacks);
    }

    [Fact]
    public void The_generator_and_the_runtime_number_callbacks_alike() => Assert.Equal(
        Enum.GetValues<WebSocketCallbacks>().Select(value => (value.ToString(), (int)value)),
        Enum.GetValues<SocketCallbacks>().Select(value => (value.ToString(), (int)value)));

    [Fact]
    public void A_socket_is_a_route_for_GET_alone()
    {
        RouteTable table = Generate("""
            [WebSocket("/chat"), WebSocket("/talk")] Echo Connect() => new();
            [WebSocket("/room/{id}")] Echo Room(int id) => new();
            [Get("/room/{name}")] string Page(Guid name) => "page";
            [Head("/own")] void Head() { }
            [WebSocket("/own")] Echo Own() => new();
            [Post("/chat")] string Post() => "posted";
            """).Table();
        Assert.Equal("405 GET, POST, OPTIONS", FakeExchange.Send(table, "HEAD", "/chat"));
        Assert.Equal("405 GET, OPTIONS", FakeExchange.Send(table, "DELETE", "/talk"));
        Assert.Equal("empty", FakeExchange.Send(table, "HEAD", "/own"));
        Assert.Equal("text posted", FakeExchange.Send(table, "POST", "/chat"));
        // A path that does not parse is another route's, whatever the request asks for
        Assert.Equal("text page", FakeExchange.Send(table, "GET", "/room/00000000-0000-0000-0000-000000000001"));
        Assert.Equal("/chat", table.PatternOf(table.Find(HttpMethod.Get, "/chat"u8)));
    }

    [Fact]
    public void The_list_of_routes_says_what_is_a_socket()
    {
        string list = Harness.Generate("[Routes(\"/api\")] public partial class App { [WebSocket(\"/b\")] Echo B() => new(); [WebSocket(\"/a\")] Task<Echo> A() => null!; [Get(\"/c\")] string C() => \"\"; }"
            + Echo).AssertClean().Table().Describe();
        Assert.Equal("0  WS   /api/a  App.A  WebSocket, async\n1  WS   /api/b  App.B  WebSocket\n2  GET  /api/c  App.C  handler\n", list);
    }

    [Fact]
    public void A_socket_has_a_link()
    {
        string source = Generate("[WebSocket(\"/rooms/{room}\")] Echo Room(string room, string? key) => new(); public string Link() => Paths.Room(\"a b\");").Source;
        Assert.Contains("public static string Room(string room, string? key = null) =>", source, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_go_along_but_not_those_of_a_representation()
    {
        RouteTable table = Harness.Generate("[Header(\"X-App\", \"a\"), CacheControl(\"max-age=1\")] public partial class App { "
            + "[WebSocket(\"/\"), Header(\"X-Own\", \"b\")] Echo A() => new(); [Get(\"/b\")] string B() => \"\"; }" + Echo).AssertClean().Table();
        Assert.Equal("X-App: a\r\nX-Own: b\r\n", System.Text.Encoding.ASCII.GetString(table.FieldsOf(table.Find(HttpMethod.Get, "/"u8))));
    }

    [Fact]
    public void Handlers_may_be_private_nested_generic_or_in_another_namespace()
    {
        Generated generated = Harness.Generate("""
            namespace N
            {
                public partial class App
                {
                    [WebSocket("/a")] Inner A() => new();
                    [WebSocket("/b")] Task<Inner?> B() => Task.FromResult<Inner?>(null);
                    [WebSocket("/c")] Generic<string>.Of<int>? C() => new();
                    [WebSocket("/d")] async ValueTask<@class?> D(string s_socket0, int s_socket3) { await Task.Yield(); return null; }
                    private sealed class Inner : WebSocketHandler;
                }
                internal static class Generic<T> { internal class Of<U> : WebSocketHandler; }
                internal abstract class @class : WebSocketHandler;
            }
            """).AssertClean();
        Assert.Equal(4, OptionsOf(generated.Table("N.App")).Length);
    }
}
