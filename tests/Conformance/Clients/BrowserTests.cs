using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using Prebake.Conformance.Tls;

namespace Prebake.Conformance.Clients;

/// <summary>What a browser makes of cookies, forms and event streams, and what of it comes back: in Chromium, by a script that reports.</summary>
public sealed partial class BrowserTests
{
    internal sealed partial class Site
    {
        public readonly Channel<string> Reports = Channel.CreateUnbounded<string>();

        // "done" is the icon that a browser asks for by itself
        [Get("/favicon.ico")] private static void Icon() { }

        [Get("/page/{name}")] private static Response Page(string name) => Response.Html("<!doctype html><meta charset=utf-8><script>" + s_scripts[name] + "</script>");

        [Post("/report")] private async Task Report(Request request) => Reports.Writer.TryWrite(await request.TextAsync());

        [Post("/posted")] private static async Task<string> Posted(Request request) => $"{request.IsHttps} {(await request.TextAsync()).Length}";

        [Get("/cookies/set")] private static void SetCookies(Request request)
        {
            request.Cookies.Set("plain", s_value);
            request.Cookies.Set("hidden", "1", new CookieOptions { HttpOnly = true });
            request.Cookies.Set("below", "1", new CookieOptions { Path = "/cookies" });
            request.Cookies.Set("aged", "1", new CookieOptions { MaxAge = TimeSpan.FromHours(1), SameSite = SameSite.Strict });
            request.Cookies.Set("__Host-session", "1", new CookieOptions { HttpOnly = true });
            request.Cookies.Set("__Secure-b", "1");
            request.Cookies.Set("part", "1", new CookieOptions { Partitioned = true });
            request.Cookies.Set("__Host-part", "1", new CookieOptions { Partitioned = true, SameSite = SameSite.None });
        }

        [Get("/cookies/delete")] private static void DeleteCookies(Request request)
        {
            foreach (string name in (string[])["plain", "hidden", "aged", "__Host-session", "__Secure-b"]) request.Cookies.Delete(name);
            request.Cookies.Delete("below", "/cookies");
            request.Cookies.Delete("part", new CookieOptions { Partitioned = true });
            request.Cookies.Delete("__Host-part", new CookieOptions { Partitioned = true, SameSite = SameSite.None });
        }

        [Get("/cookies/list")] private static string ListCookies(Request request) =>
            string.Join("\n", request.Cookies.OrderBy(cookie => cookie.Key, StringComparer.Ordinal).Select(cookie => $"{cookie.Key}={cookie.Value}"));

        [Post("/form")] private static async Task<string> Form(Request request)
        {
            FormData form = await request.FormAsync();
            return string.Join("|", form.Select(field => $"{field.Key}={field.Value}").Concat(form.Files.Select(file => $"{file.Name}:{file.FileName}:{file.Content.Length}")));
        }

        [Get("/events")] private static async IAsyncEnumerable<ServerSentEvent> Events(Request request, [EnumeratorCancellation] CancellationToken aborted)
        {
            if (request.LastEventId is { Length: > 0 } last)
            {
                yield return new ServerSentEvent(last) { Event = "last" };
                await Task.Delay(Timeout.Infinite, aborted);
            }

            // Ends here, so the browser connects again
            yield return new ServerSentEvent("first") { Id = s_id, Retry = TimeSpan.FromMilliseconds(10) };
        }
    }

    private const string s_value = "ä €;, \"\\=%41";
    private const string s_id = "é€日 x";

    private static readonly Dictionary<string, string> s_scripts = new()
    {
        ["cookies"] = """
            (async () => {
                const ask = async path => await (await fetch(path)).text();
                await ask('/cookies/set');
                const after = await ask('/cookies/list'), seen = document.cookie;
                await ask('/cookies/delete');
                const left = await ask('/cookies/list');
                await fetch('/report', { method: 'POST', body: JSON.stringify([after, seen, left]) });
            })();
            """,
        ["forms"] = """
            (async () => {
                const post = async body => await (await fetch('/form', { method: 'POST', body })).text();
                const form = new FormData();
                form.append('dir\\', new File(['12345'], 'a.bin'));
                form.append('a"b', new File(['1'], '日本 "x".txt'));
                form.append('path', new File(['12'], 'C:\\x\\\\y\\'));
                form.append('semi;colon', new File(['123'], 'a; filename="b".txt'));
                form.append('percent', new File([''], '%22%41.txt'));
                form.append('lines\nof é', 'one\ntwo');
                const pairs = new URLSearchParams([['a b', '+&=é%41'], ['', '€'], ['a b', '2']]);
                await fetch('/report', { method: 'POST', body: JSON.stringify([await post(form), await post(pairs)]) });
            })();
            """,
        ["events"] = """
            const source = new EventSource('/events');
            source.addEventListener('last', event => {
                source.close();
                fetch('/report', { method: 'POST', body: JSON.stringify([event.data]) });
            });
            """,
        ["chat"] = ChatScript,
        ["socket"] = SocketScript,
        ["secure"] = """
            (async () => {
                const body = 'ä€😀'.repeat(100000);
                const posted = await (await fetch('/posted', { method: 'POST', body })).text();
                const parts = await Promise.all(Array.from({ length: 20 }, async () => (await fetch('/chat.js')).status));
                const report = [location.protocol, `${isSecureContext}`, posted, parts.join()];
                await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
            })();
            """,
    };

    private static async Task<string[]> ReportOfAsync(string page, params TlsOptions[] tls)
    {
        var site = new Site();
        await using Server server = Servers.StartApp(Servers.Transports.First(), site, TlsServers.Patient with { Tls = tls });
        DirectoryInfo profile = Directory.CreateTempSubdirectory("prebake-browser-");
        var start = new ProcessStartInfo(ChromiumFactAttribute.Path!,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
            "--ignore-certificate-errors", $"--user-data-dir={profile.FullName}", new Uri(server.Url, $"/page/{page}").ToString(),
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process chromium = Process.Start(start)!;
        chromium.OutputDataReceived += (_, _) => { };
        chromium.ErrorDataReceived += (_, _) => { };
        chromium.BeginOutputReadLine();
        chromium.BeginErrorReadLine();
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            return JsonSerializer.Deserialize<string[]>(await site.Reports.Reader.ReadAsync(patience.Token))!;
        }
        finally
        {
            chromium.Kill(entireProcessTree: true);
            await chromium.WaitForExitAsync();
            try { profile.Delete(recursive: true); } catch (IOException) { /* the browser's children may still write */ }
        }
    }

    [ChromiumFact]
    public async Task Cookies_come_back_as_they_were_set_and_are_gone_when_they_are_deleted()
    {
        string[] report = await ReportOfAsync("cookies");
        Assert.Equal($"__Host-part=1\n__Host-session=1\n__Secure-b=1\naged=1\nbelow=1\nhidden=1\npart=1\nplain={s_value}", report[0]);
        Assert.DoesNotContain("hidden", report[1]);
        Assert.DoesNotContain("__Host-session", report[1]);
        Assert.Contains("__Secure-b=1", report[1]);
        Assert.Equal("", report[2]);
    }

    [ChromiumFact]
    public async Task Forms_arrive_as_they_were_filled_in()
    {
        string[] report = await ReportOfAsync("forms");
        Assert.Equal("lines\r\nof é=one\r\ntwo|dir\\:a.bin:5|a\"b:日本 \"x\".txt:1|path:C:\\x\\\\y\\:2|semi;colon:a; filename=\"b\".txt:3|percent:\"%41.txt:0", report[0]);
        Assert.Equal("a b=+&=é%41|=€|a b=2", report[1]);
    }

    [ChromiumFact]
    public async Task A_page_over_https_posts_and_fetches_much_at_once()
    {
        string[] report = await ReportOfAsync("secure", Servers.Tls);
        Assert.Equal(["https:", "true", "True 400000", string.Join(',', Enumerable.Repeat(200, 20))], report);
    }

    [ChromiumFact]
    public async Task The_id_of_the_last_event_comes_back_as_it_was_sent() => Assert.Equal([s_id], await ReportOfAsync("events"));
}
