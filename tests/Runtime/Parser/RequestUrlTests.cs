using System.Text;
using CsCheck;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Http1;

namespace Prebake.Tests.Parser;

/// <summary>Whatever the parser accepts has an address, which says the same host and the same path as the head.</summary>
public sealed class RequestUrlTests
{
    private static readonly Gen<string> s_host = Gen.OneOf(
        Of("a", "9", "0x7f", ".", "-", "_", "1.2.3.4", "xn--", "A"),
        Of("[", "]", "::", "1", ":", "f", "[::1]", "[::ffff:1.2.3.4]", ":80", ":", ":0", ":65535", ":99999"),
        Of("!", "~", "$x", "(x)", "..", "a", ".", "%41", "@", ",", "a:80"));

    private static readonly Gen<string> s_target = Of(
        "/", "a", "..", ".", "%2e", "%2F", "%5C", "\\", "\\..", "..\\", "|", "\"", "<", ">", "^", "`", "{", "}", "[", "]", "%c3%a9", "%E2%80%8E", "%25", "?", "q=\\..\\", ":", "@", "//",
        ";", "c:", "%00", "%20", "+", "~", "*", "'");

    [Fact]
    public void Every_host_that_is_accepted_makes_an_address() =>
        s_host.Sample(host =>
        {
            (ParseStatus status, RequestHead head, int _) = HeadText.Parse($"GET /x HTTP/1.1\r\nHost: {host}\r\n\r\n");
            if (status is not ParseStatus.Complete) return true;

            Uri url = RequestUrl.Of(head, "http");
            return url.AbsolutePath == "/x" && url.Host.Length > 0 && url.UserInfo == "" && url.Port is >= 0 and <= 65535;
        }, iter: 60_000);

    [Fact]
    public void Every_short_host_of_labels_makes_an_address()
    {
        const string Alphabet = "a0-_.";
        int accepted = 0;
        foreach (string host in Words(Alphabet, most: 6))
        {
            if (!HostField.IsValid(Encoding.ASCII.GetBytes(host))) continue;

            accepted++;
            Assert.True(Uri.TryCreate($"http://{host}/x", UriKind.Absolute, out Uri? url) && url.AbsolutePath == "/x", host);
        }

        Assert.InRange(accepted, 1_000, 19_000);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a:\r\n\r\n", "http://a/")]
    [InlineData("GET / HTTP/1.1\r\nHost: [::1]:\r\n\r\n", "http://[::1]/")]
    [InlineData("GET http://b:/x HTTP/1.1\r\nHost: a:81\r\n\r\n", "http://b/x")]
    [InlineData("GET http://b:?x HTTP/1.1\r\nHost: a:81\r\n\r\n", "http://b/?x")]
    public void An_empty_port_is_that_of_the_scheme(string text, string url)
    {
        (ParseStatus status, RequestHead head, int _) = HeadText.Parse(text);
        Assert.Equal((ParseStatus.Complete, url, 80), (status, RequestUrl.Of(head, "http").AbsoluteUri, RequestUrl.Of(head, "http").Port));
        Assert.Equal(url, RequestUrl.Of(head, "http").OriginalString);
    }

    [Theory]
    [InlineData("http://a/", false, "Complete")]
    [InlineData("https://a/", true, "Complete")]
    [InlineData("/", true, "Complete")]
    [InlineData("https://a/", false, "OtherScheme")]
    [InlineData("http://a/", true, "OtherScheme")]
    [InlineData("https://a b/", false, "BadRequestLine")]
    [InlineData("https://@/", false, "BadTarget")]
    public void A_target_names_the_scheme_of_its_connection(string target, bool isSecure, string expected)
    {
        byte[] bytes = Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        ParseStatus verdict = RequestParser.Parse(new Http1RequestHead(), bytes, 0, bytes.Length, Http1Limits.Default with { IsSecure = isSecure }, out _);
        Assert.Equal(expected, verdict.ToString());
    }

    [Fact]
    public void The_path_of_the_address_is_the_path_that_was_routed() =>
        s_target.Sample(text =>
        {
            (ParseStatus status, RequestHead head, int _) = HeadText.Parse($"GET /{text} HTTP/1.1\r\nHost: a\r\n\r\n");
            return status is not ParseStatus.Complete || RequestUrl.Of(head, "http").AbsolutePath == Encoding.ASCII.GetString(head.Path);
        }, iter: 60_000);

    [Fact]
    public void Every_character_of_a_path_is_in_the_address_as_it_was_routed()
    {
        for (int c = '!'; c <= '~'; c++)
        {
            if (c is '#' or '?' or '%' or '/') continue;

            foreach (string path in (string[])[$"/a{(char)c}b", $"/a%{c:x2}b", $"/{(char)c}..{(char)c}x", $"/{(char)c}"])
            {
                (ParseStatus status, RequestHead head, int _) = HeadText.Parse($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
                Assert.Equal(ParseStatus.Complete, status);
                Assert.Equal(Encoding.ASCII.GetString(head.Path), RequestUrl.Of(head, "http").AbsolutePath);
            }
        }
    }

    private static Gen<string> Of(params string[] pieces) => Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]).Array[1, 8].Select(string.Concat);

    private static IEnumerable<string> Words(string alphabet, int most)
    {
        IEnumerable<string> words = [""];
        for (int length = 1; length <= most; length++)
        {
            words = [.. words.SelectMany(word => alphabet, (word, c) => word + c)];
            foreach (string word in words) yield return word;
        }
    }
}
