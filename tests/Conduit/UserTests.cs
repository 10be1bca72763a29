using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Prebake.Conduit;

/// <summary>Registration, login, tokens, and what an account changes about itself.</summary>
[Collection("conduit")]
public sealed class UserTests(Conduits conduits)
{
    public static TheoryData<Host> Hosts => Conduits.Hosts;

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Who_registers_can_log_in_and_ask_who_they_are(Host host)
    {
        Visitor ada = await conduits.VisitAsync(host);
        Reply made = await ada.PostAsync("/api/users", Registration(ada));
        Assert.Equal(201, made.Status);
        Assert.Equal(ada.Name, made["user.username"].GetString());
        Assert.Equal(ada.Mail, made["user.email"].GetString());
        Assert.Equal(JsonValueKind.Null, made["user.bio"].ValueKind);
        Assert.Equal(JsonValueKind.Null, made["user.image"].ValueKind);

        // However the address is written
        Reply login = await ada.PostAsync("/api/users/login", Login(ada.Mail.ToUpperInvariant(), "password"));
        Assert.Equal(200, login.Status);
        ada.Token = login["user.token"].GetString();
        Assert.Equal(ada.Name, (await ada.GetAsync("/api/user"))["user.username"].GetString());

        // The other scheme that clients use
        Reply bearer = await ada.SendAsync(HttpMethod.Get, "/api/user", null, $"bearer {ada.Token}");
        Assert.Equal(ada.Name, bearer["user.username"].GetString());
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task What_is_missing_or_blank_is_named(Host host)
    {
        Visitor ada = await conduits.VisitAsync(host);
        foreach (object body in new object[] { new { user = new { } }, new { user = new { username = " ", email = "", password = "" } } })
        {
            Reply reply = await ada.PostAsync("/api/users", body);
            Assert.Equal(422, reply.Status);
            foreach (string field in (string[])["username", "email", "password"])
                Assert.StartsWith("can't be blank", reply.Error(field), StringComparison.Ordinal);
        }

        (await ada.PostAsync("/api/users", new { })).Refuses(422, "user", "can't be blank");
        (await ada.PostAsync("/api/users/login", Login("", "password"))).Refuses(422, "email", "can't be blank");
        (await ada.PostAsync("/api/users/login", Login(ada.Mail, ""))).Refuses(422, "password", "can't be blank");

        var bad = new { username = new string('n', 65), email = "nowhere", password = "short" };
        Reply wrong = await ada.PostAsync("/api/users", new { user = bad });
        wrong.Refuses(422, "username", "is too long (maximum is 64)");
        wrong.Refuses(422, "email", "is not an e-mail address");
        wrong.Refuses(422, "password", "is too short (minimum is 8 characters)");
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task A_name_and_an_address_belong_to_one_account(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync(), bob = ada.Other();
        object Take(string username, string email) => new { user = new { username, email, password = "password" } };
        (await bob.PostAsync("/api/users", Take(ada.Name.ToUpperInvariant(), bob.Mail))).Refuses(409, "username", "has already been taken");
        (await bob.PostAsync("/api/users", Take(bob.Name, ada.Mail.ToUpperInvariant()))).Refuses(409, "email", "has already been taken");

        await bob.RegisterAsync();
        (await bob.PutAsync("/api/user", new { user = new { username = ada.Name } })).Refuses(409, "username", "has already been taken");
        (await bob.PutAsync("/api/user", new { user = new { email = ada.Mail } })).Refuses(409, "email", "has already been taken");
        Assert.Equal(200, (await bob.PutAsync("/api/user", new { user = new { username = bob.Name.ToUpperInvariant() } })).Status);
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Of_many_who_want_a_name_at_once_one_gets_it(Host host)
    {
        Visitor first = await conduits.VisitAsync(host);
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => first.PostAsync(
            "/api/users", new { user = new { username = first.Name, email = $"{i}.{first.Mail}", password = "password" } })));
        Assert.Equal(1, replies.Count(reply => reply.Status == 201));
        Assert.All(replies.Where(reply => reply.Status != 201), reply => reply.Refuses(409, "username", "has already been taken"));
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Wrong_credentials_do_not_say_what_is_wrong(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        foreach (object login in new[] { Login(ada.Mail, "passwort"), Login("nobody." + ada.Mail, "password") })
        {
            Reply reply = await ada.Other().PostAsync("/api/users/login", login);
            reply.Refuses(401, "credentials", "invalid");
            Assert.Equal("Token", reply.Headers.WwwAuthenticate.ToString());
        }
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task An_account_changes_what_it_names_and_nothing_else(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        Reply changed = await ada.PutAsync("/api/user", new { user = new { bio = "Countess", image = "https://example.com/ada.png" } });
        Assert.Equal(200, changed.Status);
        Assert.Equal((ada.Name, ada.Mail), (changed["user.username"].GetString(), changed["user.email"].GetString()));
        Assert.Equal("Countess", (await ada.GetAsync("/api/user"))["user.bio"].GetString());

        // Null and an empty text both empty it; the image stays
        foreach (string bio in (string[])["null", "\"\""])
        {
            Assert.Equal(200, (await ada.PutAsync("/api/user", """{"user":{"bio":"again"}}""")).Status);
            Assert.Equal(200, (await ada.PutAsync("/api/user", $$$"""{"user":{"bio":{{{bio}}}}}""")).Status);
            Reply now = await ada.GetAsync("/api/user");
            Assert.Equal(JsonValueKind.Null, now["user.bio"].ValueKind);
            Assert.Equal("https://example.com/ada.png", now["user.image"].GetString());
        }

        foreach (string nothing in (string[])["null", "\"\"", "\"  \""])
        {
            (await ada.PutAsync("/api/user", $$$"""{"user":{"username":{{{nothing}}}}}""")).Refuses(422, "username", "can't be blank");
            Reply email = await ada.PutAsync("/api/user", $$$"""{"user":{"email":{{{nothing}}}}}""");
            Assert.Equal(422, email.Status);
            Assert.StartsWith("can't be blank", email.Error("email"), StringComparison.Ordinal);
        }

        (await ada.PutAsync("/api/user", """{"user":{"password":""}}""")).Refuses(422, "password", "is too short (minimum is 8 characters)");
        Assert.Equal(200, (await ada.PutAsync("/api/user", """{"user":{"password":"another one"}}""")).Status);
        Assert.Equal(401, (await ada.PostAsync("/api/users/login", Login(ada.Mail, "password"))).Status);
        Assert.Equal(200, (await ada.Other().PostAsync("/api/users/login", Login(ada.Mail, "another one"))).Status);
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Without_a_token_nothing_is_anybodys(Host host)
    {
        Visitor stranger = await conduits.VisitAsync(host);
        foreach ((string method, string path) in new[]
        {
            ("GET", "/api/user"), ("PUT", "/api/user"), ("GET", "/api/articles/feed"), ("POST", "/api/articles"),
            ("PUT", "/api/articles/x"), ("DELETE", "/api/articles/x"), ("POST", "/api/articles/x/favorite"),
            ("DELETE", "/api/articles/x/favorite"), ("POST", "/api/articles/x/comments"), ("DELETE", "/api/articles/x/comments/1"),
            ("POST", "/api/profiles/x/follow"), ("DELETE", "/api/profiles/x/follow"),
        })
        {
            Reply reply = await stranger.SendAsync(new HttpMethod(method), path, null);
            reply.Refuses(401, "token", "is missing");
            Assert.Equal("Token", reply.Headers.WwwAuthenticate.ToString());
        }
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task A_bad_token_is_refused_wherever_it_is_shown(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        string[] parts = ada.Token!.Split('.');
        long soon = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(), past = soon - 7200;
        string Claims(string subject, long ends, string issuer = "conduit") =>
            $$"""{"sub":"{{subject}}","exp":{{ends}},"iss":"{{issuer}}","aud":"conduit"}""";
        string[] bad =
        [
            "Token x", "Token a.b.c", "Token", "Basic YTpi", $"Token {parts[0]}.{parts[1]}.", $"Token {parts[0]}.{parts[1]}.{new string('A', 43)}",
            $"Token {Encode("""{"alg":"none"}""")}.{parts[1]}.", $"Token {Encode("""{"alg":"HS512"}""")}.{parts[1]}.{parts[2]}",
            Signed(Claims("1", soon), "another key of thirty-two bytes, or more"), Signed(Claims("1", past)),
            Signed(Claims("1", soon, "somebody")), Signed(Claims("2147483647", soon)), Signed(Claims("1; DROP TABLE users", soon)),
            Signed(Claims("99999999999999999999", soon)), Signed("{}"), Signed("[]"), Signed("no JSON"), "Token " + new string('x', 5000),
        ];
        foreach (string authorization in bad)
            foreach (string path in (string[])["/api/user", "/api/articles"])
            {
                Reply reply = await ada.SendAsync(HttpMethod.Get, path, null, authorization);
                Assert.True(reply.Status == 401 && reply.Error("token") == "is invalid", $"{authorization}: {reply.Status} {reply.Text}");
            }

        // As a control: what is signed like this is believed when all of it is right
        string subject = JsonDocument.Parse(Decode(parts[1])).RootElement.GetProperty("sub").GetString()!;
        Assert.Equal(200, (await ada.SendAsync(HttpMethod.Get, "/api/user", null, Signed(Claims(subject, soon)))).Status);

        // A header that is no form of credentials at all
        Assert.Equal(400, (await ada.SendAsync(HttpMethod.Get, "/api/user", null, "(,)")).Status);
    }

    [ConduitFact]
    public async Task Who_tries_too_often_is_told_when_to_come_back()
    {
        // One, so that a slow machine has a minute for the second
        await using TestServer server = await conduits.StartAsync(new() { LoginsPerMinute = 1 });
        var visitor = new Visitor(server);
        Assert.Equal(401, (await visitor.PostAsync("/api/users/login", Login(visitor.Mail, "password"))).Status);

        Reply second = await visitor.PostAsync("/api/users/login", Login(visitor.Mail, "password"));
        Assert.Equal(429, second.Status);
        Assert.NotEqual("", second.Error("request"));
        Assert.NotNull(second.Headers.RetryAfter);
        Assert.Equal(200, (await visitor.GetAsync("/api/tags")).Status);
    }

    private static object Registration(Visitor visitor) =>
        new { user = new { username = visitor.Name, email = visitor.Mail, password = "password" } };

    private static object Login(string email, string password) => new { user = new { email, password } };

    private static string Signed(string claims, string key = Conduits.Key)
    {
        string text = Encode("""{"alg":"HS256","typ":"JWT"}""") + "." + Encode(claims);
        byte[] signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes(text));
        return $"Token {text}.{System.Buffers.Text.Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static byte[] Decode(string text) => System.Buffers.Text.Base64Url.DecodeFromChars(text);
}
