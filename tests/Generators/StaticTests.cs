using System.Text;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary>The bytes of static responses, which tier they are in, and that both tiers send the same.</summary>
public class StaticTests
{
    private const string Hole = "Thu, 01 Jan 1970 00:00:00 GMT";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Text_is_laid_out_as_documented(bool debug)
    {
        StaticBlock block = Block("""[Static("/t")] const string T = "Hello World";""", debug);

        Assert.Equal($"HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=utf-8\r\nETag: {Text(block.EntityTag)}\r\nDate: {Hole}\r\nContent-Length: 11\r\n\r\nHello World",
            Text(block.Response));
        Assert.Equal(Hole, Text(block.Response.Slice(block.DateOffset, 29)));
        Assert.Equal("Hello World", Text(block.Response[block.HeadLength..]));
        Assert.Matches("^\"[0-9a-f]{16}\"$", Text(block.EntityTag));
        Assert.Equal($"HTTP/1.1 304 Not Modified\r\nContent-Type: text/plain;charset=utf-8\r\nETag: {Text(block.EntityTag)}\r\nDate: {Hole}\r\n\r\n", Text(block.NotModified));
        Assert.Equal(Hole, Text(block.NotModified.Slice(block.NotModifiedDateOffset, 29)));
    }

    [Theory]
    [InlineData("a", "d24ec4f1a98c6e5b")]
    [InlineData("abc", "44bc2cf5ad770999")]
    [InlineData("Nobody inspects the spammish repetition", "fbcea83c8a378bf1")]
    public void The_entity_tag_is_the_XXH64_of_the_body(string text, string expected) =>
        Assert.Equal($"\"{expected}\"", Text(Block($"""[Static("/t")] const string T = "{text}";""", debug: false).EntityTag));

    [Theory]
    [InlineData("""[Static("/t", Status = 204)] const string T = "";""", "HTTP/1.1 204 No Content|Date: @")]
    [InlineData("""[Static("/t", Status = 204)] const string? T = null;""", "HTTP/1.1 204 No Content|Date: @")]
    [InlineData("""[Static("/t")] const string T = "";""", "HTTP/1.1 200 OK|Date: @|Content-Length: 0")]
    [InlineData("""[Static("/t", Status = 404, ETag = false)] const string T = "gone";""", "HTTP/1.1 404 Not Found|Content-Type: text/plain;charset=utf-8|Date: @|Content-Length: 4||gone")]
    [InlineData("""[Static("/t.json", ETag = false)] const string T = "{}";""", "HTTP/1.1 200 OK|Content-Type: application/json;charset=utf-8|Date: @|Content-Length: 2||{}")]
    [InlineData("""[Static("/t.json", ETag = false, ContentType = "x/y")] const string T = "{}";""", "HTTP/1.1 200 OK|Content-Type: x/y|Date: @|Content-Length: 2||{}")]
    [InlineData("""[Static("/t", ETag = false), Header("X-One", "1"), Header("Content-Type", "a/b")] const string T = "é\"\\\r\n";""", "HTTP/1.1 200 OK|Content-Type: a/b|X-One: 1|Date: @|Content-Length: 6||é\"\\\r\n")]
    [InlineData("""[Static("/t"), Header("ETag", "W/\"own\"")] const string T = "x";""", "HTTP/1.1 200 OK|Content-Type: text/plain;charset=utf-8|ETag: W/\"own\"|Date: @|Content-Length: 1||x")]
    [InlineData("""[Static("/t", ETag = false), Header("Date", "Mon, 01 Jan 2001 00:00:00 GMT")] const string T = "x";""", "HTTP/1.1 200 OK|Content-Type: text/plain;charset=utf-8|Date: Mon, 01 Jan 2001 00:00:00 GMT|Content-Length: 1||x")]
    [InlineData("""[Static("/t", ETag = false), Header("X-Name", "Jörg")] const string T = "x";""", "HTTP/1.1 200 OK|Content-Type: text/plain;charset=utf-8|X-Name: Jörg|Date: @|Content-Length: 1||x")]
    public void Attributes_decide_the_head(string member, string expected)
    {
        foreach (bool debug in new[] { false, true })
        {
            StaticBlock block = Block(member, debug);
            string head = Encoding.Latin1.GetString(block.Response[..block.HeadLength]), body = Text(block.Response[block.HeadLength..]);
            string actual = head.Replace("\r\n\r\n", body.Length > 0 ? "||" : "").Replace("\r\n", "|").Replace(Hole, "@") + body;
            Assert.Equal(expected, actual);
            Assert.Equal(block.DateOffset < 0, member.Contains("\"Date\""));
        }
    }

    [Fact]
    public void A_redirect_has_a_location_and_nothing_else()
    {
        RouteTable table = Harness.Generate("""[Redirect("/old", "https://example.com/", 308)] partial class App { }""").AssertClean().Table();
        Assert.Equal(1, table.StaticCount);
        Assert.Equal($"HTTP/1.1 308 Permanent Redirect\r\nLocation: https://example.com/\r\nDate: {Hole}\r\nContent-Length: 0\r\n\r\n", Text(table.GetStatic(0).Response));
        Assert.True(table.GetStatic(0).EntityTag.IsEmpty);
        Assert.True(table.GetStatic(0).NotModified.IsEmpty);
    }

    [Theory]
    [InlineData("""const string T = "x";""")]
    [InlineData("""const string A = "y"; [Static("/t")] const string T = "a" + A;""")]
    [InlineData("""const string A = "y"; [Static("/t")] const string T = $"{A}!";""")]
    [InlineData("""static string T => "x";""")]
    [InlineData("""string T { get { return ("x"); } }""")]
    [InlineData("""string T { get; } = "x";""")]
    [InlineData("""static readonly string T = "x";""")]
    [InlineData("""readonly string T = "x";""")]
    [InlineData("""string T() => "x" + "y";""")]
    [InlineData("""string T() { return "x"; }""")]
    [InlineData("""static ReadOnlySpan<byte> T => "x"u8;""")]
    [InlineData("""static ReadOnlySpan<byte> T => "x"u8 + "y"u8;""")]
    [InlineData("""static byte[] T => "x"u8.ToArray();""", "ContentType = \"a/b\"")]
    public void What_folds_is_a_constant(string member, string? option = null) => Assert.Contains("  constant", Tier(member, option));

    [Theory]
    [InlineData("""static string T => DateTime.UtcNow.ToString();""")]
    [InlineData("""string T { get; set; } = "x";""")]
    [InlineData("""static string T = "x";""")]
    [InlineData("""readonly string T = "x"; public App() { T = "y"; }""")]
    [InlineData("""public virtual string T => "x";""")]
    [InlineData("""async Task<string> T() { await Task.Yield(); return "x"; }""")]
    [InlineData("""static string T() { Console.Write(1); return "x"; }""")]
    public void What_does_not_fold_is_evaluated_at_the_start(string member, string? option = null) => Assert.Contains("  start-up", Tier(member, option));

    [Fact]
    public async Task Both_tiers_send_the_same_bytes()
    {
        RouteTable table = Harness.Generate("""
            [Header("X-Class", "c")]
            partial class App
            {
                [Static("/a", Status = 201), Header("X-A", "1"), CacheControl("no-store")] static string A => "täxt";
                [Static("/b", Status = 201), Header("X-A", "1"), CacheControl("no-store")] static string B() { string text = "täxt"; return text; }
                [Static("/c", Status = 201), Header("X-A", "1"), CacheControl("no-store")] async ValueTask<byte[]> C() { await Task.Yield(); return "täxt"u8.ToArray(); }
                [Static("/d", Status = 201), Header("X-A", "1"), CacheControl("no-store")] static Task<Response> D() => Task.FromResult(new Response("täxt"));
            }
            """.Replace("[Static(\"/c\",", "[Static(\"/c\", ContentType = \"text/plain;charset=utf-8\",")).AssertClean().Table();
        await table.BakeAsync();

        string expected = Text(table.GetStatic(0).Response);
        Assert.Contains("\r\nX-Class: c\r\nX-A: 1\r\nCache-Control: no-store\r\n", expected);
        for (int i = 1; i < 4; i++)
        {
            Assert.Equal(expected, Text(table.GetStatic(i).Response));
            Assert.Equal(table.GetStatic(0).HeadLength, table.GetStatic(i).HeadLength);
            Assert.Equal(table.GetStatic(0).DateOffset, table.GetStatic(i).DateOffset);
            Assert.Equal(Text(table.GetStatic(0).EntityTag), Text(table.GetStatic(i).EntityTag));
        }
    }

    [Fact]
    public async Task A_response_keeps_what_it_says_about_itself()
    {
        RouteTable table = Harness.Generate("""
            partial class App
            {
                [Static("/a", Status = 201), Header("X-A", "attribute")]
                static Response A() => new("x") { Status = 418, Headers = { ["X-A"] = "own", ["ETag"] = "\"mine\"", ["Date"] = "Mon, 01 Jan 2001 00:00:00 GMT", ["Connection"] = "close" } };

                [Static("/b")] static Response B() { var r = Response.Html("<p>"); r.Headers.Append("Set-Cookie", "a=1"); r.Headers.Append("Set-Cookie", "b=2"); return r; }
            }
            """).AssertClean().Table();
        await table.BakeAsync();

        string first = Text(table.GetStatic(0).Response);
        Assert.StartsWith("HTTP/1.1 418 I'm a teapot\r\nContent-Type: text/plain;charset=utf-8\r\n", first);
        Assert.Contains("X-A: own\r\n", first);
        Assert.DoesNotContain("attribute", first);
        Assert.Contains("ETag: \"mine\"\r\nDate: Mon, 01 Jan 2001 00:00:00 GMT\r\n", first);
        Assert.Equal(-1, table.GetStatic(0).DateOffset);
        Assert.True(table.GetStatic(0).ClosesConnection);

        string second = Text(table.GetStatic(1).Response);
        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/html;charset=utf-8\r\n", second);
        Assert.Contains("Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n", second);
    }

    [Theory]
    [InlineData("""static Response T() => Response.Stream((_, _) => Task.CompletedTask);""", "BufferAsync")]
    [InlineData("""static Response T() => new("x") { Headers = { ["Transfer-Encoding"] = "chunked" } };""", "Transfer-Encoding")]
    [InlineData("""static Response T() => new("x") { Headers = { ["X"] = "a\nb" } };""", "'X'")]
    [InlineData("""static Response T() => new("x") { Status = 99 };""", "99")]
    [InlineData("""static Response T() => Response.Redirect("/", 200);""", "200")]
    [InlineData("""static string? T() => null;""", "null")]
    [InlineData("""static Response T() { var r = new Response("x") { Status = 204 }; return r; }""", "204")]
    public async Task What_cannot_be_static_is_said_at_the_start(string member, string expected)
    {
        Exception? error = await Record.ExceptionAsync(async () =>
        {
            RouteTable table = Harness.Generate($$"""partial class App { [Static("/t")] {{member}} }""").AssertClean().Table();
            await table.BakeAsync();
        });
        Assert.Contains(expected, error?.Message);
    }

    [Fact]
    public void Every_method_can_be_asked_for()
    {
        RouteTable table = Harness.Generate("""partial class App { [Static("/t", Methods = "*")] const string T = "x"; [Static("/p", Methods = "POST, PUT")] const string P = "x"; }""").AssertClean().Table();
        foreach (HttpMethod method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Post, HttpMethod.Options, HttpMethod.Trace }) Assert.Equal(1, table.Find(method, "/t"u8));
        Assert.Equal(0, table.Find(HttpMethod.Put, "/p"u8));
        Assert.Equal(-1, table.Find(HttpMethod.Get, "/p"u8));
        Assert.True(table.MethodsOf("/p"u8).HasStatic);
    }

    private static StaticBlock Block(string member, bool debug)
    {
        RouteTable table = Harness.Generate($$"""partial class App { {{member}} }""", debug).AssertClean().Table();
        Assert.Contains("constant", table.Describe());
        return table.GetStatic(0);
    }

    private static string Tier(string member, string? option)
    {
        string source = member.Contains("[Static") ? member : "[Static(\"/t\"" + (option is null ? "" : ", " + option) + ")] " + member;
        return Harness.Generate($$"""public partial class App { {{source}} }""").AssertClean().Table().Describe();
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
