using Prebake.Grammar;

namespace Prebake.Tests.Messages;

/// <summary>Cookies as browsers mean them (RFC 6265bis).</summary>
public sealed class CookieTests
{
    private static string[] Lines(Action<Cookies> change)
    {
        var cookies = new Cookies(new Headers());
        change(cookies);
        return [.. cookies.ToSet!.Select(cookie => cookie.ToString())];
    }

    [Fact]
    public void What_could_not_be_written_is_refused_where_it_is_set()
    {
        var cookies = new Cookies(new Headers());
        Assert.Throws<ArgumentNullException>(() => cookies.Set("theme", null!));
        Assert.Throws<ArgumentNullException>(() => cookies.Set(null!, "x"));
        Assert.Throws<ArgumentNullException>(() => cookies.Set("a", "x", new CookieOptions { Path = null! }));
        Assert.Throws<ArgumentNullException>(() => cookies.Delete(null!));
        Assert.Throws<ArgumentNullException>(() => cookies.Delete("a", (CookieOptions)null!));
        foreach (string bad in (string[])["/a\r\nb", "/a;b", "/\0", "/é", "a"]) Assert.Throws<ArgumentException>(() => cookies.Set("a", "x", new CookieOptions { Path = bad }));
        foreach (string bad in (string[])["a\r\nb", "a;b", "\0", "é"]) Assert.Throws<ArgumentException>(() => cookies.Set("a", "x", new CookieOptions { Domain = bad }));
        Assert.Throws<ArgumentException>(() => cookies.Set("a", new string('x', 4096)));
        Assert.Throws<ArgumentException>(() => cookies.Set("a", new string('é', 700)));

        Assert.Null(cookies.ToSet);
        Assert.Null(cookies["theme"]);
        Assert.Empty(cookies);
    }

    [Fact]
    public void Any_value_and_any_time_can_be_written()
    {
        Assert.Equal(
        [
            "a=%0D%0A%00%20%3B; Path=/; SameSite=Lax",
            "b=%EF%BF%BD; Path=/; SameSite=Lax",
            "c=; Path=/; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Max-Age=922337203685; SameSite=Lax",
            "d=; Path=/; Expires=Mon, 01 Jan 0001 00:00:00 GMT; Max-Age=-922337203685; SameSite=Lax",
        ], Lines(cookies =>
        {
            cookies.Set("a", "\r\n\0 ;");
            cookies.Set("b", "\ud800");
            cookies.Set("c", "", new CookieOptions { Expires = DateTimeOffset.MaxValue, MaxAge = TimeSpan.MaxValue });
            cookies.Set("d", "", new CookieOptions { Expires = DateTimeOffset.MinValue, MaxAge = TimeSpan.MinValue });
        }));
    }

    [Theory]
    [InlineData("__Secure-a", "Path=/; Secure; SameSite=Lax")]
    [InlineData("__secure-a", "Path=/; Secure; SameSite=Lax")]
    [InlineData("__Host-a", "Path=/; Secure; SameSite=Lax")]
    [InlineData("__HOST-a", "Path=/; Secure; SameSite=Lax")]
    [InlineData("__Http-a", "Path=/; Secure; HttpOnly; SameSite=Lax")]
    [InlineData("__Host-Http-a", "Path=/; Secure; HttpOnly; SameSite=Lax")]
    [InlineData("Host-a", "Path=/; SameSite=Lax")]
    public void The_prefix_of_a_name_is_kept_as_a_promise(string name, string attributes)
    {
        Assert.Equal([$"{name}=1; {attributes}"], Lines(cookies => cookies.Set(name, "1")));
        Assert.Equal([$"{name}=; {attributes.Replace("Path=/;", "Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT;")}"], Lines(cookies => cookies.Delete(name)));
    }

    [Fact]
    public void A_prefix_that_is_contradicted_is_refused()
    {
        var cookies = new Cookies(new Headers());
        foreach (string name in (string[])["__Host-a", "__host-a", "__Host-Http-a"])
        {
            Assert.Throws<ArgumentException>(() => cookies.Set(name, "1", new CookieOptions { Domain = "a.test" }));
            Assert.Throws<ArgumentException>(() => cookies.Set(name, "1", new CookieOptions { Path = "/a" }));
            Assert.Throws<ArgumentException>(() => cookies.Delete(name, "/a"));
            Assert.Throws<ArgumentException>(() => cookies.Delete(name, domain: "a.test"));
        }

        cookies.Set("__Host-a", "1", new CookieOptions { Path = "" });
        cookies.Set("__Secure-a", "1", new CookieOptions { Domain = "a.test", Path = "/a" });
    }

    [Fact]
    public void A_cookie_is_deleted_with_the_attributes_that_tell_it_from_others() => Assert.Equal(
    [
        "a=; Domain=x.test; Path=/p; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly; Partitioned; SameSite=None",
        "b=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; Partitioned; SameSite=Lax",
        "c=; Domain=x.test; Path=/q; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax",
    ], Lines(cookies =>
    {
        cookies.Delete("a", new CookieOptions { Domain = "x.test", Path = "/p", Secure = true, HttpOnly = true, Partitioned = true, SameSite = SameSite.None, MaxAge = TimeSpan.FromDays(1) });
        cookies.Delete("b", new CookieOptions { Partitioned = true });
        cookies.Delete("c", "/q", "x.test");
    }));

    [Fact]
    public void What_browsers_demand_is_added_and_what_they_tell_apart_is_sent_apart() => Assert.Equal(
    [
        "a=1; Path=/; Secure; SameSite=None",
        "b=2; Path=/; Secure; Partitioned; SameSite=Lax",
        "b=3; Path=/; SameSite=Lax",
        "b=5; Domain=X.test; Path=/; SameSite=Lax",
    ], Lines(cookies =>
    {
        cookies.Set("a", "1", new CookieOptions { SameSite = SameSite.None });
        cookies.Set("b", "2", new CookieOptions { Partitioned = true });
        cookies.Set("b", "3");
        cookies.Set("b", "4", new CookieOptions { Domain = "x.test" });
        cookies.Set("b", "5", new CookieOptions { Domain = "X.test" });
    }));

    [Fact]
    public void Those_to_be_sent_do_not_change_under_the_one_that_writes_them()
    {
        var cookies = new Cookies(new Headers());
        cookies.Set("a", "1");
        List<Cookie> head = cookies.ToSet!;
        cookies.Set("b", "2");
        cookies.Delete("a");
        Assert.Equal(["a"], head.Select(cookie => cookie.Name));
        Assert.Equal(["b", "a"], cookies.ToSet!.Select(cookie => cookie.Name));
    }

    [Theory]
    [InlineData("9999999999999", long.MaxValue)]
    [InlineData("99999999999999999999999999999999", long.MaxValue)]
    [InlineData("922337203685", 922337203685)]
    [InlineData("922337203686", long.MaxValue)]
    [InlineData("-9999999999999", long.MinValue)]
    [InlineData("60", 60L)]
    [InlineData("0", 0L)]
    [InlineData("-1", -1L)]
    [InlineData("007", 7L)]
    [InlineData("+60", null)]
    [InlineData("6 0", null)]
    [InlineData("60s", null)]
    [InlineData("6.5", null)]
    [InlineData("-", null)]
    [InlineData("", null)]
    [InlineData("٣", null)]
    public void Max_age_is_any_number_of_digits(string text, long? seconds)
    {
        TimeSpan? age = Cookie.Parse($"a=b; Max-Age={text}").Options.MaxAge;
        Assert.Equal(seconds switch { null => null, long.MaxValue => TimeSpan.MaxValue, long.MinValue => TimeSpan.MinValue, long some => TimeSpan.FromSeconds(some) }, age);
    }

    // What RFC 6265 section 5.1.1 makes of them; those of its test suite among others
    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z")]
    [InlineData("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z")]
    [InlineData("Mon, 10-Dec-2007 17:02:24 GMT", "2007-12-10T17:02:24Z")]
    [InlineData("10 Dec 07 1:2:3", "2007-12-10T01:02:03Z")]
    [InlineData("Thu, 01-Jan-70 00:00:00 GMT", "1970-01-01T00:00:00Z")]
    [InlineData("Thu, 01-Jan-69 00:00:00 GMT", "2069-01-01T00:00:00Z")]
    [InlineData("2024 Feb 29 00:00:00", "2024-02-29T00:00:00Z")]
    [InlineData("00:00:00 29 February 2024 PST+1", "2024-02-29T00:00:00Z")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:59:59Z")]
    [InlineData("29 Feb 2023 00:00:00", null)]
    [InlineData("32 Dec 2024 00:00:00", null)]
    [InlineData("0 Dec 2024 00:00:00", null)]
    [InlineData("10 Dec 2024 24:00:00", null)]
    [InlineData("10 Dec 2024 00:60:00", null)]
    [InlineData("10 Dec 1600 00:00:00", null)]
    [InlineData("10 Dec 2024", null)]
    [InlineData("10 2024 00:00:00", null)]
    [InlineData("12345 Dec 00:00:00", null)]
    [InlineData("2024-12-10T00:00:00Z", null)]
    [InlineData("tomorrow", null)]
    [InlineData("", null)]
    public void Expires_is_read_as_browsers_do(string text, string? expected)
    {
        DateTimeOffset? date = expected is null ? null : DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(date, Cookie.Parse($"a=b; Expires={text}").Options.Expires);
        Assert.Equal(expected is not null, CookieDate.TryParse(text, out _));
    }

    [Theory]
    [InlineData("a=b", "a", "b", "", null)]
    [InlineData(" a = b c ; Path=/p", "a", "b c", "/p", null)]
    [InlineData("a=b=c;path=/1;PATH = /2 ", "a", "b=c", "/2", null)]
    [InlineData("a=b; Path=/1; Path=relative", "a", "b", "", null)]
    [InlineData("a=b; Domain=.Example.COM", "a", "b", "", "example.com")]
    [InlineData("a=b; Domain=", "a", "b", "", null)]
    [InlineData("a=\"b\"", "a", "\"b\"", "", null)]
    [InlineData("a=;;;; =x; Unknown", "a", "", "", null)]
    [InlineData("a=%E6%97%A5", "a", "日", "", null)]
    public void A_cookie_is_read_as_browsers_do(string text, string name, string value, string path, string? domain)
    {
        Cookie cookie = Cookie.Parse(text);
        Assert.Equal((name, value, path, domain), (cookie.Name, cookie.Value, cookie.Options.Path, cookie.Options.Domain));
    }

    [Fact]
    public void Attributes_of_more_than_a_kibibyte_are_ignored() =>
        Assert.Equal("/1", Cookie.Parse($"a=b; Path=/1; Path=/{new string('x', 1024)}").Options.Path);

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("=b")]
    [InlineData(" = b")]
    [InlineData("; Path=/")]
    [InlineData("a=b\0")]
    [InlineData("a=b; Path=/\r\n")]
    [InlineData("a=b\x7f")]
    public void What_is_not_a_cookie_is_a_format_error(string text) => Assert.Throws<FormatException>(() => Cookie.Parse(text));

    [Fact]
    public void Null_is_not_a_cookie() => Assert.Throws<ArgumentNullException>(() => Cookie.Parse(null!));
}
