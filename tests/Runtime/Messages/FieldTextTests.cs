using System.Net;
using System.Net.Http;
using System.Text;
using Prebake.Http;

namespace Prebake.Tests.Messages;

/// <summary>Values that are not ASCII: what came as UTF-8 is text, and what is passed on are the bytes that came.</summary>
public sealed class FieldTextTests
{
    [Theory]
    [InlineData("41", "41")]
    [InlineData("é", "é")]
    [InlineData("€", "€")]
    [InlineData("日本 😀", "日本 😀")]
    public void Utf8_is_read_back_as_it_was_sent(string sent, string text) =>
        Assert.Equal(text, FieldText.Utf8OrLatin1(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(sent))));

    [Fact]
    public void What_is_not_Utf8_is_Latin1() => Assert.Equal("\u00e9!", FieldText.Utf8OrLatin1("\u00e9!"));

    [Theory]
    [InlineData("Location", "/日本", "/日本")]               // as HttpClient reads UTF-8 in this one
    [InlineData("Location", "/é", "/é")]
    [InlineData("Location", "/a", "/a")]
    [InlineData("Content-Disposition", "attachment; filename=\u00c3\u00a9", "attachment; filename=é")]       // as HttpClient reads UTF-8 in others
    [InlineData("X-Text", "日本", "日本")]                   // with a ResponseHeaderEncodingSelector
    public void Passed_on_are_the_bytes_that_came(string name, string received, string utf8)
    {
        using var message = new HttpResponseMessage(HttpStatusCode.Found) { Content = new ByteArrayContent([]) };
        HttpHeaders(message, name).TryAddWithoutValidation(name, received);

        var headers = new Headers(FieldsOf.Response);
        UpstreamFields.Copy(message, headers);
        Assert.Equal(utf8, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(headers[name]!)));
        Assert.All(headers[name]!, c => Assert.InRange(c, '\0', '\xff'));
    }

    [Theory]
    [InlineData("a\u00a0", "a\u00a0")]
    [InlineData(" a\t", "a")]
    [InlineData("a\u0001b\u007f", "a\u0001b\u007f")]
    [InlineData("a\rb\nc\0d", "a b c d")]
    public void What_is_dangerous_becomes_a_space_and_the_rest_stays(string received, string sent)
    {
        using var message = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) };
        if (!message.Headers.TryAddWithoutValidation("X-Text", received)) return;

        var headers = new Headers(FieldsOf.Response);
        UpstreamFields.Copy(message, headers);
        Assert.Equal(sent, headers["X-Text"]);
    }

    [Fact]
    public void An_id_that_could_not_come_back_is_refused()
    {
        foreach (string id in (string[])["\0", "\r", "\n", "\t", "\x01", "\x7f"]) Assert.Throws<ArgumentException>(() => new ServerSentEvent("x") { Id = id });
        Assert.Equal("é€日", new ServerSentEvent("x") { Id = "é€日" }.Id);
    }

    private static System.Net.Http.Headers.HttpHeaders HttpHeaders(HttpResponseMessage message, string name) =>
        name.StartsWith("Content-", StringComparison.Ordinal) ? message.Content.Headers : message.Headers;
}
