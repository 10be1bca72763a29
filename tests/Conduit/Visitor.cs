using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Prebake.Conduit;

/// <summary>Somebody who uses the API: with a token once registered, and names that nobody else has.</summary>
internal sealed class Visitor(TestServer server)
{
    /// <summary>Part of all names that a test makes up, so that tests see nothing of each other.</summary>
    public string Unique { get; } = Guid.NewGuid().ToString("n")[..12];

    public string Name => $"name-{Unique}";

    public string Mail => $"{Unique}@example.com";

    public string? Token { get; set; }

    /// <summary>Another one, of the same server.</summary>
    public Visitor Other() => new(server);

    /// <summary>Another one, who is registered.</summary>
    public async Task<Visitor> FriendAsync() => await Other().RegisterAsync();

    public async Task<Visitor> RegisterAsync()
    {
        Reply reply = await PostAsync("/api/users", new { user = new { username = Name, email = Mail, password = "password" } });
        Assert.Equal(201, reply.Status);
        Token = reply["user.token"].GetString();
        return this;
    }

    /// <summary>The slug of a new article.</summary>
    public async Task<string> WriteAsync(string title, params string[] tagList)
    {
        var article = new { title, description = "about " + title, body = "Once upon a time", tagList };
        Reply reply = await PostAsync("/api/articles", new { article });
        Assert.Equal(201, reply.Status);
        return reply["article.slug"].GetString()!;
    }

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<Reply> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public Task<Reply> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, Json(body));

    public Task<Reply> PutAsync(string path, object? body) => SendAsync(HttpMethod.Put, path, Json(body));

    public async Task<Reply> SendAsync(HttpMethod method, string path, HttpContent? content, string? authorization = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("Origin", "https://app.example");
        if ((authorization ?? (Token is null ? null : $"Token {Token}")) is { } value)
            request.Headers.TryAddWithoutValidation("Authorization", value);
        using HttpResponseMessage response = await server.SendAsync(request);
        return new Reply((int)response.StatusCode, response.Headers, await response.Content.ReadAsStringAsync());
    }

    private static StringContent? Json(object? body) => body switch
    {
        null => null,
        string text => new StringContent(text, Encoding.UTF8, "application/json"),
        _ => new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
    };
}

/// <summary>What came back.</summary>
internal sealed record Reply(int Status, HttpResponseHeaders Headers, string Text)
{
    /// <summary>What is at this path in the body: <c>article.tagList</c>.</summary>
    public JsonElement this[string path] =>
        path.Split('.').Aggregate(JsonDocument.Parse(Text).RootElement, (at, name) => at.GetProperty(name));

    /// <summary>What it says is wrong with a field; empty if nothing.</summary>
    public string Error(string name) =>
        this["errors"].TryGetProperty(name, out JsonElement messages) ? string.Join(", ", messages.EnumerateArray()) : "";

    /// <summary>The texts at a path: <c>articles</c>, <c>slug</c>.</summary>
    public string[] Each(string list, string property) =>
        [.. this[list].EnumerateArray().Select(item => item.GetProperty(property).ToString())];

    /// <summary>A refusal in the one form of all errors.</summary>
    public void Refuses(int status, string field, string message)
    {
        Assert.True(Status == status, $"{Status} {Text}");
        Assert.Equal(message, Error(field));
    }
}
