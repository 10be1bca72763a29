using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Prebake.Conduit;

/// <summary>What strangers send: a status in the four hundreds, in the one form of errors, and never a fault of the server.</summary>
[Collection("conduit")]
public sealed class FaultTests(Conduits conduits)
{
    public static TheoryData<Host> Hosts => Conduits.Hosts;

    // NUL, which PostgreSQL does not store, among them
    private static readonly string[] s_odd =
    [
        "'", "\"", "\\", ";", "--", "/*", "%", "_", "$1", "{0}", "${1}", "' OR '1'='1", "'; DROP TABLE users; --", "\0", "a\0b", "\u0001",
        "\uFFFD", "\u202E", "☃", "🎩", "a\r\nb", new('x', 3000),
    ];

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Bodies_that_are_none_are_refused(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        string slug = await ada.WriteAsync($"Here {ada.Unique}");
        string deep = string.Concat(Enumerable.Repeat("[", 200));
        string[] bodies =
        [
            "", " ", "null", "[]", "1", "\"text\"", "{", "{}", "{\"user\":", "{\"user\":[]}", "{\"article\":7}", "{\"comment\":\"x\"}",
            "{\"user\":{\"email\":5,\"password\":{}}}", "{\"article\":{\"title\":[],\"tagList\":\"x\"}}", "{\"article\":{\"tagList\":[null]}}",
            "{\"user\":{\"email\":\"\\ud800\",\"username\":\"\\udc00\",\"password\":\"12345678\"}}", "<user/>", deep, "{\"article\":" + deep,
            "\uFEFF{}", "{\"user\":{\"email\":null,\"password\":null,\"username\":null}}",
        ];
        (string Method, string Path)[] routes =
        [
            ("POST", "/api/users"), ("POST", "/api/users/login"), ("PUT", "/api/user"), ("POST", "/api/articles"),
            ("PUT", $"/api/articles/{slug}"), ("POST", $"/api/articles/{slug}/comments"),
        ];
        foreach (var (method, path) in routes)
        {
            foreach (string body in bodies)
            {
                Reply reply = await ada.SendAsync(new HttpMethod(method), path, new StringContent(body, Encoding.UTF8, "application/json"));
                Check(reply, $"{method} {path} {body}");
            }

            byte[] bad = [(byte)'{', (byte)'"', 0xFF, 0xFE, (byte)'"', (byte)':', (byte)'1', (byte)'}'];
            var broken = new ByteArrayContent(bad) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            Check(await ada.SendAsync(new HttpMethod(method), path, broken), $"{method} {path}, not UTF-8");

            Reply form = await ada.SendAsync(new HttpMethod(method), path, new FormUrlEncodedContent([new("user", "x")]));
            Check(form, $"{method} {path}, a form");
            Assert.Equal(415, form.Status);
        }

        static void Check(Reply reply, string what)
        {
            Assert.True(reply.Status is >= 400 and < 500, $"{what}: {reply.Status} {reply.Text}");
            Assert.Equal(JsonValueKind.Object, reply["errors"].ValueKind);
            Assert.NotEmpty(reply["errors"].EnumerateObject());
        }
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Odd_text_is_data_everywhere(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        foreach (string text in s_odd)
        {
            string escaped = Uri.EscapeDataString(text);
            foreach (string path in (string[])
            [
                $"/api/articles?tag={escaped}", $"/api/articles?author={escaped}", $"/api/articles?favorited={escaped}&tag={escaped}",
                $"/api/articles/{escaped}", $"/api/articles/{escaped}/comments", $"/api/profiles/{escaped}",
            ])
            {
                Reply reply = await ada.GetAsync(path);
                Assert.True(reply.Status is 200 or 400 or 404, $"{path}: {reply.Status} {reply.Text}");
            }

            foreach (string path in (string[])[$"/api/profiles/{escaped}/follow", $"/api/articles/{escaped}/favorite"])
                Assert.True((await ada.PostAsync(path)).Status is 400 or 404, path);

            Visitor login = ada.Other();
            Reply refused = await login.PostAsync("/api/users/login", new { user = new { email = text, password = text } });
            Assert.True(refused.Status is 401 or 422, $"{text}: {refused.Status} {refused.Text}");

            // Stored and read as it is, but for NUL
            string stored = text.Replace('\0', '\uFFFD');
            string title = (text + ada.Other().Unique)[^Math.Min(200, text.Length + 12)..];
            var article = new { title, description = text, body = text, tagList = new[] { text[..Math.Min(60, text.Length)].Trim() + "." } };
            Reply made = await ada.PostAsync("/api/articles", new { article });
            Assert.Equal(201, made.Status);
            Assert.Equal((stored, stored), (made["article.description"].GetString(), made["article.body"].GetString()));
            Assert.Equal(200, (await ada.GetAsync(made.Headers.Location!.ToString())).Status);

            Reply changed = await ada.PutAsync("/api/user", new { user = new { bio = text, image = text } });
            Assert.Equal((200, stored), (changed.Status, changed["user.bio"].GetString()));
        }
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Every_refusal_has_the_one_form(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        foreach ((string method, string path, int status) in new[]
        {
            ("GET", "/nowhere", 404), ("GET", "/api/nowhere", 404), ("GET", "/api/articles/a/b/c", 404), ("DELETE", "/api/tags", 405),
            ("PATCH", "/api/user", 405), ("POST", "/api/articles/x", 405), ("BREW", "/api/tags", 501),
        })
        {
            Reply reply = await ada.SendAsync(new HttpMethod(method), path, null);
            Assert.True(reply.Status == status, $"{method} {path}: {reply.Status}");
            Assert.NotEqual("", reply.Error("request"));
        }
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Pages_of_other_origins_may_read_everything_and_refusals_too(Host host)
    {
        Visitor ada = await conduits.VisitAsync(host);
        foreach (string path in (string[])["/api/tags", "/api/user", "/api/nowhere"])
        {
            Reply reply = await ada.GetAsync(path);
            Assert.Equal("*", reply.Headers.GetValues("Access-Control-Allow-Origin").Single());
            Assert.NotEmpty(reply.Headers.GetValues("X-Request-Id").Single());
        }
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Probes_ask_the_database(Host host)
    {
        Visitor probe = await conduits.VisitAsync(host);
        Assert.Equal(200, (await probe.GetAsync("/healthz")).Status);
        Assert.Equal(200, (await probe.GetAsync("/readyz")).Status);
    }
}
