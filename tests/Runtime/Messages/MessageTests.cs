using System.Text;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Tests.Parser;

namespace Prebake.Tests.Messages;

public sealed class MessageTests
{
    private static QueryString Query(string query) => Received($"GET /?{query} HTTP/1.1\r\nHost: a\r\n\r\n").Query;

    private static Request Received(string head) => new(new HeadOnly(HeadText.Parse(head).Head));

    [Theory]
    [InlineData("a=1", "a", "1")]
    [InlineData("b=2&a=1", "a", "1")]
    [InlineData("a=1&a=2", "a", "1")]
    [InlineData("a", "a", "")]
    [InlineData("a=", "a", "")]
    [InlineData("a=b=c", "a", "b=c")]
    [InlineData("a=b+c%20d", "a", "b c d")]
    [InlineData("%61=1", "a", "1")]
    [InlineData("a%20b=1", "a b", "1")]
    [InlineData("a+b=1", "a b", "1")]
    [InlineData("a=%zz%4", "a", "%zz%4")]
    [InlineData("a=%", "a", "%")]
    [InlineData("a=%c3%a9", "a", "é")]
    [InlineData("a=%ff", "a", "\ufffd")]
    [InlineData("&&a=1&&", "a", "1")]
    [InlineData("=1", "", "1")]
    [InlineData("A=1", "a", null)]
    [InlineData("", "a", null)]
    public void A_query_is_decoded_as_the_web_does(string query, string name, string? value)
    {
        Assert.Equal(value, Query(query)[name]);
        Assert.Equal(value is not null, QueryString.TryGet(Encoding.ASCII.GetBytes(query), Encoding.UTF8.GetBytes(name), out _));
    }

    [Fact]
    public void A_query_lists_its_pairs_in_order()
    {
        QueryString query = Query("a=1&b=2&a=3");
        Assert.Equal("a=1&b=2&a=3", query.Raw);
        Assert.Equal(["1", "3"], query.GetAll("a"));
        Assert.Equal(["a", "b", "a"], query.Select(pair => pair.Key));
        Assert.True(query.Contains("b"));
        Assert.True(Query("").IsEmpty);
        Assert.Null(default(QueryString)["a"]);
    }

    [Theory]
    [InlineData("a=1; b=2", "a", "1")]
    [InlineData("a=1; a=2", "a", "1")]
    [InlineData("a=1;b=2", "b", "2")]
    [InlineData("a=\"1\"", "a", "\"1\"")]
    [InlineData("a=b%20c", "a", "b c")]
    [InlineData("a=b+c", "a", "b+c")]
    [InlineData("a=b=c", "a", "b=c")]
    [InlineData(" a =1", "a", "1")]
    [InlineData("a=", "a", "")]
    [InlineData("a", "a", null)]
    [InlineData("=1", "", null)]
    [InlineData("A=1", "a", null)]
    public void Cookies_are_read(string line, string name, string? value) => Assert.Equal(value, new Cookies(new Headers { { "Cookie", line.Trim() } })[name]);

    [Fact]
    public void Cookies_are_set_and_deleted()
    {
        var cookies = new Cookies(new Headers { { "Cookie", "old=1" } });
        Assert.Null(cookies.ToSet);
        cookies.Set("a", "b c;", new CookieOptions { Domain = "x.test", Path = "/p", Expires = DateTimeOffset.UnixEpoch, MaxAge = TimeSpan.FromMinutes(1), Secure = true, HttpOnly = true, Partitioned = true, SameSite = SameSite.Strict });
        cookies.Set("c", "1");
        cookies.Set("c", "2");
        cookies.Delete("old");

        Assert.Equal(
        [
            "a=b%20c%3B; Domain=x.test; Path=/p; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60; Secure; HttpOnly; Partitioned; SameSite=Strict",
            "c=2; Path=/; SameSite=Lax",
            "old=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax",
        ], cookies.ToSet!.Select(cookie => cookie.ToString()));
        Assert.Equal("2", cookies["c"]);
        Assert.Null(cookies["old"]);

        foreach (string name in (string[])["", "a b", "a=b", "a;b", "é"]) Assert.Throws<ArgumentException>(() => cookies.Set(name, "x"));
        Assert.Throws<ArgumentException>(() => cookies.Set("a", "x", new CookieOptions { Path = "/;x" }));
        Assert.Throws<ArgumentException>(() => cookies.Set("a", "x", new CookieOptions { Domain = "a\r\nb" }));

        Cookie parsed = Cookie.Parse("a=b%20c; Path=/p; Max-Age=60; Secure; SameSite=None; Unknown=1");
        Assert.Equal(("a", "b c", "/p", TimeSpan.FromMinutes(1), true, SameSite.None), (parsed.Name, parsed.Value, parsed.Options.Path, parsed.Options.MaxAge!.Value, parsed.Options.Secure, parsed.Options.SameSite));
        Assert.Throws<FormatException>(() => Cookie.Parse("; Path=/"));
    }

    [Fact]
    public void A_form_is_read()
    {
        FormData form = FormData.ParseUrlEncoded("a=1&b=x+y%26&a=2&c"u8);
        Assert.Equal("1", form["a"]);
        Assert.Equal(["1", "2"], form.GetAll("a"));
        Assert.Equal("x y&", form["b"]);
        Assert.Equal("", form["c"]);
        Assert.Equal(4, form.Count);
        Assert.Equal(413, Assert.Throws<HttpException>(() => FormData.ParseUrlEncoded(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a&", 1001))))).Status);
    }

    [Theory]
    [InlineData("\"a\"", "\"a\"", true, true)]
    [InlineData("W/\"a\"", "\"a\"", true, false)]
    [InlineData("\"a\"", "W/\"a\"", true, false)]
    [InlineData("W/\"a\"", "W/\"a\"", true, false)]
    [InlineData("\"b\", \"a\"", "\"a\"", true, true)]
    [InlineData("\"b\",\"a\"", "\"a\"", true, true)]
    [InlineData(" , \"a\" , ", "\"a\"", true, true)]
    [InlineData("*", "\"a\"", true, true)]
    [InlineData("*", "", true, true)]
    [InlineData("\"b,\"a\"", "\"a\"", false, false)]
    [InlineData("\"x,y\"", "\"x,y\"", true, true)]
    [InlineData("a", "\"a\"", false, false)]
    [InlineData("\"a", "\"a\"", false, false)]
    [InlineData("\"A\"", "\"a\"", false, false)]
    [InlineData("w/\"a\"", "\"a\"", false, false)]
    [InlineData("", "\"a\"", false, false)]
    public void Entity_tags_are_compared(string list, string tag, bool weak, bool strong)
    {
        Assert.Equal(weak, EntityTags.Matches(Encoding.ASCII.GetBytes(list), Encoding.ASCII.GetBytes(tag), strong: false));
        Assert.Equal(strong, EntityTags.Matches(Encoding.ASCII.GetBytes(list), Encoding.ASCII.GetBytes(tag), strong: true));
    }

    [Fact]
    public void A_date_is_written_as_RFC_9110_asks()
    {
        var random = new Random(1);
        Span<byte> bytes = stackalloc byte[29];
        for (int i = 0; i < 1000; i++)
        {
            DateTime time = DateTime.UnixEpoch.AddSeconds(random.NextInt64(0, 250_000_000_000));
            HttpDate.Format(time, bytes);
            Assert.Equal(time.ToString("r", System.Globalization.CultureInfo.InvariantCulture), Encoding.ASCII.GetString(bytes));
        }
    }

    [Fact]
    public void Responses_check_what_they_are_given()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Response { Status = 600 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Response { Status = 199 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Response.Redirect("/", 200));
        Assert.Throws<ArgumentException>(() => Response.Bytes(default, "text/plain\r\nX: y"));
        Assert.Throws<ArgumentException>(() => Response.Bytes(default, "text/plain "));
        Assert.Throws<ArgumentNullException>(() => Response.Bytes(default, null!));
        Assert.Throws<ArgumentNullException>(() => Response.Redirect(null!));
        Assert.Throws<ArgumentException>(() => Response.Redirect("/\r\nX: y"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HttpException(700));
        Assert.Equal((302, "/caf%C3%A9"), (Response.Redirect("/café").Status, Response.Redirect("/café").Headers["Location"]));
        Assert.Equal(200, new Response().Status);
        Assert.Equal(500, new Response().StatusOr(500));
    }

    [Theory]
    [InlineData("/café", "/caf%C3%A9")]
    [InlineData("/\\evil.example/", "/%5Cevil.example/")]
    [InlineData("\\\\evil.example", "%5C%5Cevil.example")]
    [InlineData("/a b\"<>^`{|}", "/a%20b%22%3C%3E%5E%60%7B%7C%7D")]
    [InlineData("https://a.example:81/x?q=1&r=%20#f", "https://a.example:81/x?q=1&r=%20#f")]
    [InlineData("http://[::1]/", "http://[::1]/")]
    [InlineData("../x;y=(1)!*'@$,+~", "../x;y=(1)!*'@$,+~")]
    public void A_location_has_only_what_an_address_can_have(string location, string sent) => Assert.Equal(sent, Response.Redirect(location).Headers["Location"]);

    [Fact]
    public void Html_encodes_what_is_interpolated()
    {
        string name = "<script>\"&'";
        Assert.Equal("<b>&lt;script&gt;&quot;&amp;&#39;</b> 1.5 <i>", Response.Html($"<b>{name}</b> {1.5} {new HtmlText("<i>")}").BodyText);
        Assert.Equal("text/html;charset=utf-8", Response.Html("<b>").ContentType);
    }

    [Fact]
    public void A_problem_is_JSON_that_cannot_break_out()
    {
        string json = Response.Problem(404, "no \"user\" \\ </script>\n").BodyText;
        using var document = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal("no \"user\" \\ </script>\n", document.RootElement.GetProperty("detail").GetString());
        Assert.Equal("Not Found", document.RootElement.GetProperty("title").GetString());
        Assert.Equal(404, document.RootElement.GetProperty("status").GetInt32());
        Assert.DoesNotContain("<", json);
    }

    [Fact]
    public void A_request_that_is_over_says_so()
    {
        Request request = Received("GET /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n");
        Headers headers = request.Headers;
        QueryString query = request.Query;
        request.End();

        Assert.Throws<ObjectDisposedException>(() => headers["Host"]);
        Assert.Throws<ObjectDisposedException>(() => headers.Count());
        Assert.Throws<ObjectDisposedException>(() => query.Raw);
        foreach (Action use in (Action[])[() => _ = request.Url, () => _ = request.Headers, () => _ = request.Body, () => request.TextAsync(), () => request.Abort(), () => _ = request.Aborted, () => _ = request.Path.Length])
            Assert.Contains("over", Assert.Throws<ObjectDisposedException>(use).Message);
    }

    [Fact]
    public void A_time_that_is_set_belongs_to_the_request_and_not_to_what_it_came_on()
    {
        var context = new HeadOnly(new RequestHead());
        Request one = new(context), next = new(context);
        one.IdleTimeout = TimeSpan.FromMinutes(1);
        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.Zero), (one.IdleTimeout, next.IdleTimeout));

        one.End();
        Assert.Throws<ObjectDisposedException>(() => one.IdleTimeout = TimeSpan.FromMinutes(2));
        Assert.Throws<ObjectDisposedException>(() => one.IdleTimeout);
    }

    /// <summary>A request that is nothing but its head.</summary>
    private sealed class HeadOnly(RequestHead head) : RequestContext
    {
        public override RequestHead Head => head;
        public override string Scheme => "http";
        public override System.Net.IPEndPoint? RemoteEndPoint => null;
        public override RequestClient Client => default;
        public override bool IsFromTrustedProxy => false;
        public override System.Security.Cryptography.X509Certificates.X509Certificate2? ClientCertificate => null;
        public override RequestBody Body => throw new NotSupportedException();
        public override char[]? SharedCharacters(int length) => null;
        public override CancellationToken Aborted => default;
        public override void Abort(Request request) { }
        public override TimeSpan IdleTimeout => default;
        public override long MaxRequestBodySize => long.MaxValue;
        public override void IdleTimeoutSet(Request request) { }
        public override System.Text.Json.Serialization.Metadata.IJsonTypeInfoResolver? Json => null;
    }
}
