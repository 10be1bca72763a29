using System.Text;
using Prebake.Http;
using Prebake.Http1;
using Prebake.Tests.Parser;

namespace Prebake.Tests.Messages;

/// <summary>Requests made with a constructor: whatever they are made of, one request of that target leaves, or none.</summary>
public sealed class OutgoingRequestTests
{
    private static string Line(string url) => Encoding.Latin1.GetString(new OutgoingRequest("GET", url).Serialize(new Headers()));

    [Theory]
    [InlineData("/", "/", "localhost")]
    [InlineData("/inner/a b", "/inner/a%20b", "localhost")]
    [InlineData("/inner/日本", "/inner/%E6%97%A5%E6%9C%AC", "localhost")]
    [InlineData("/é?é=é", "/%C3%A9?%C3%A9=%C3%A9", "localhost")]
    [InlineData("/😀", "/%F0%9F%98%80", "localhost")]
    [InlineData("/\u0085", "/%C2%85", "localhost")]
    [InlineData("/a%20b%zz", "/a%20b%zz", "localhost")]
    [InlineData("/a?b#c", "/a?b", "localhost")]
    [InlineData("/a#b\nc", null, null)]
    [InlineData("/a#", "/a", "localhost")]
    [InlineData("//a", "//a", "localhost")]
    [InlineData("http://b:81/x?q#f", "/x?q", "b:81")]
    [InlineData("HTTPS://b", "/", "b")]
    [InlineData("http://b?q=é", "/?q=%C3%A9", "b")]
    [InlineData("http://b#f", "/", "b")]
    [InlineData("http://[::1]:80/", "/", "[::1]:80")]
    [InlineData("/a\r\nX: y", null, null)]
    [InlineData("/a HTTP/1.1\r\nX: y\r\n\r\n", null, null)]
    [InlineData("/a\n", null, null)]
    [InlineData("/a\0", null, null)]
    [InlineData("/a\t", null, null)]
    [InlineData("/a\x7f", null, null)]
    [InlineData("x", null, null)]
    [InlineData("", null, null)]
    [InlineData("?a", null, null)]
    [InlineData("#a", null, null)]
    [InlineData("*", null, null)]
    [InlineData("ftp://a/", null, null)]
    [InlineData("http:/a", null, null)]
    [InlineData("http://", null, null)]
    [InlineData("http:///x", null, null)]
    [InlineData("http://user@b/", null, null)]
    [InlineData("http://user:secret@b/", null, null)]
    [InlineData("http://@b/", null, null)]
    [InlineData("http://b\\@c/", null, null)]
    [InlineData("http://b c/", null, null)]
    [InlineData("http://b\r\nX: y/", null, null)]
    [InlineData("http://b:99999/", null, null)]
    [InlineData("http://münchen.example/", null, null)]
    [InlineData("http://a..b/", null, null)]
    public void An_address_is_sent_as_a_target_or_refused(string url, string? target, string? host)
    {
        if (target is null) Assert.Throws<ArgumentException>(() => new Request(url));
        else Assert.Equal($"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", Line(url));
    }

    [Theory]
    [InlineData("")]
    [InlineData("G T")]
    [InlineData("GET\r\nX: y\r\n")]
    [InlineData("GET /\r\n")]
    [InlineData("GÉT")]
    [InlineData("日")]
    [InlineData("G:T")]
    public void A_method_is_a_token(string method) => Assert.Throws<ArgumentException>(() => new Request(method, "/"));

    [Fact]
    public void Null_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new Request((string)null!));
        Assert.Throws<ArgumentNullException>(() => new Request(null!, "/"));
        Assert.Throws<ArgumentNullException>(() => new Request("GET", null!));
    }

    [Fact]
    public void Whatever_character_an_address_contains_one_head_leaves()
    {
        for (int c = 0; c <= 0xffff; c++)
        {
            string url = $"/a{(char)c}b";
            byte[] bytes;
            try { bytes = new OutgoingRequest("GET", url).Serialize(new Headers()); }
            catch (ArgumentException) { Assert.True(c is < ' ' or 0x7f, $"U+{c:X4}"); continue; }

            (ParseStatus status, RequestHead head, int consumed) = HeadText.Parse(bytes);
            if (c == '%') continue;

            Assert.True(status is ParseStatus.Complete, $"U+{c:X4}: {status}");

            Assert.Equal(bytes.Length, consumed);
            Assert.Equal(2, head.FieldCount);
        }
    }

    [Fact]
    public void Its_own_host_counts_and_its_url_says_what_will_be_asked()
    {
        Assert.StartsWith("GET /x HTTP/1.1\r\nHost: c\r\n", Encoding.Latin1.GetString(new OutgoingRequest("GET", "http://b/x").Serialize(new Headers { ["Host"] = "c" })));
        Assert.Equal("/x%5C..%5Csecret", new Request("/x\\..\\secret").Url.AbsolutePath);
        Assert.Equal("http://b:81/%C3%A9?q", new Request("http://b:81/é?q#f").Url.AbsoluteUri);
    }
}
