using System.Diagnostics;
using System.Text.Json;

namespace Prebake.Conformance;

/// <summary>What a developer gets when a handler throws, and that nothing of it can be turned against them.</summary>
public sealed partial class ErrorPageTests
{
    private const string Attack = "</title><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";

    internal sealed partial class FailingApp
    {
        [Get("/throw")] private static string Throw() => throw new InvalidOperationException("It broke: " + Attack, new ArgumentException("the <b>cause</b>"));
        [Get("/async")] private static async Task<string> ThrowLater() { await Task.Yield(); throw new InvalidOperationException("It broke later"); }
        [Get("/cancel")] private static Task<string> Cancel() => Task.FromCanceled<string>(new CancellationToken(true));
        [Get("/http")] private static string Http() => throw new HttpException(409, "a conflict");
        [Get("/fine")] private static string Fine() => "fine";
        [Fetch] private static string Rest(Request request) => throw new NotSupportedException("Nothing for " + request.Path.ToString());
    }

    private static readonly Lazy<Server> s_server = new(() => Servers.StartApp(Servers.Transports.First(), new FailingApp(), new ServeOptions { Development = true }));
    private static readonly Lazy<Server> s_production = new(() => Servers.StartApp(Servers.Transports.First(), new FailingApp()));

    [Fact]
    public void A_browser_gets_a_page_with_all_that_helps()
    {
        RawResponse response = RawClient.Ask(s_server.Value, "/throw?q=1", "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nX-Own: <i>\r\n");
        Assert.Equal(500, response.Status);
        Assert.Equal("text/html;charset=utf-8", response["content-type"]);
        Assert.Equal("no-store", response["cache-control"]);
        Assert.StartsWith("default-src 'none'", response["content-security-policy"], StringComparison.Ordinal);
        string page = response.Text;

        Assert.Contains("It broke: &lt;/title&gt;&lt;script&gt;", page);
        Assert.Contains("System.InvalidOperationException", page);
        Assert.Contains("caused by <code>System.ArgumentException</code>: the &lt;b&gt;cause&lt;/b&gt;", page);
        Assert.Contains("ErrorPageTests.FailingApp.Throw()", page);
        Assert.Matches(@"<mark>\s*\d+\s+GET\s+/throw\s+FailingApp\.Throw\s+handler</mark>", page);
        Assert.Contains("/fine", page);
        Assert.Contains("<tr><th>X-Own</th><td>&lt;i&gt;</td></tr>", page);
        Assert.Contains("<tr><th>GET</th><td>/throw?q=1</td></tr>", page);
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("<img", page);
    }

    [Theory]
    [InlineData("Accept: application/json\r\n", "application/problem+json")]
    [InlineData("Accept: application/problem+json, text/html\r\n", "application/problem+json")]
    [InlineData("Accept: application/vnd.api+json\r\n", "application/problem+json")]
    [InlineData("Accept: */*\r\n", "text/plain;charset=utf-8")]
    [InlineData("Accept: text/plain, text/html\r\n", "text/plain;charset=utf-8")]
    [InlineData("Accept: image/png\r\nAccept: text/html\r\n", "text/html;charset=utf-8")]
    [InlineData("Accept: ,;,\r\n", "text/plain;charset=utf-8")]
    [InlineData("", "text/plain;charset=utf-8")]
    public void Others_get_what_they_ask_for(string fields, string type)
    {
        RawResponse response = RawClient.Ask(s_server.Value, "/async", fields);
        Assert.Equal(500, response.Status);
        Assert.StartsWith(type, response["content-type"], StringComparison.Ordinal);
        Assert.Contains("It broke later", response.Text);
        if (!type.Contains("json")) return;

        using JsonDocument problem = JsonDocument.Parse(response.Body);
        Assert.Equal(500, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Equal("It broke later", problem.RootElement.GetProperty("title").GetString());
        Assert.Contains("FailingApp.ThrowLater", problem.RootElement.GetProperty("detail").GetString());
    }

    [Fact]
    public void A_fetch_handler_a_cancellation_and_HEAD_are_told_the_same_way()
    {
        Assert.Contains("Nothing for /none", RawClient.Ask(s_server.Value, "/none").Text);
        Assert.Contains("TaskCanceledException", RawClient.Ask(s_server.Value, "/cancel").Text);
        RawResponse get = RawClient.Ask(s_server.Value, "/async"), head = RawClient.Ask(s_server.Value, "/async", method: "HEAD");
        Assert.Equal(500, head.Status);
        Assert.Equal(get.Fields.Where(f => f.Key is not ("date" or "content-length")), head.Fields.Where(f => f.Key is not ("date" or "content-length")));
        Assert.Equal(409, RawClient.Ask(s_server.Value, "/http").Status);
    }

    [Fact]
    public void Production_says_nothing()
    {
        foreach (string path in new[] { "/throw", "/async", "/cancel", "/none" })
        {
            RawResponse response = RawClient.Ask(s_production.Value, path, "Accept: text/html\r\n");
            Assert.Equal(500, response.Status);
            Assert.Empty(response.Body);
            Assert.Equal("0", response["content-length"]);
        }
    }

    [ChromiumFact]
    public void A_real_browser_shows_it_and_runs_nothing()
    {
        var start = new ProcessStartInfo(ChromiumFactAttribute.Path!,
            ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--virtual-time-budget=2000", "--dump-dom", $"http://127.0.0.1:{s_server.Value.Port}/throw?{Uri.EscapeDataString(Attack)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process chromium = Process.Start(start)!;
        chromium.ErrorDataReceived += (_, _) => { };
        chromium.BeginErrorReadLine();
        string dom = chromium.StandardOutput.ReadToEnd();
        chromium.WaitForExit();

        Assert.Contains("<h1 id=\"message\">It broke: &lt;/title&gt;&lt;script&gt;", dom);
        Assert.Contains("<title>It broke: ", dom);
        Assert.Contains("<table id=\"request\">", dom);
        Assert.DoesNotContain("<title>owned", dom);
        Assert.DoesNotContain("<script", dom);
    }
}

/// <summary>A test in a real browser; skipped where there is none.</summary>
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute()
    {
        if (Path is null) Skip = "No chromium, chromium-browser or google-chrome on the PATH";
    }

    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }, System.IO.Path.Combine).FirstOrDefault(File.Exists);
}
