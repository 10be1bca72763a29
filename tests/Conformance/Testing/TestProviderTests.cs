using System.Net;
using System.Net.Http;

namespace Prebake.Conformance.Testing;

/// <summary>A test says who is asking, in the place of the app's own providers.</summary>
public sealed partial class TestProviderTests
{
    internal sealed record Account(string Name);

    internal readonly record struct Tenant(int Number);

    internal sealed partial class App
    {
        public int Asked;

        [Mount("/part")] private readonly Part _part = new();

        [Provide(Challenge = "Bearer")]
        private async ValueTask<Account?> Me([Header("Authorization")] string? authorization)
        {
            Interlocked.Increment(ref Asked);
            await Task.Yield();
            return authorization is null ? null : new Account(authorization);
        }

        [Provide] private static Tenant Current([Header("X-Tenant")] int? tenant) => new(tenant ?? 0);

        [Get("/me")] private static string Name(Account me) => me.Name;

        [Get("/hello")] private static string Hello(Account? me) => $"hello {me?.Name}";

        [Get("/tenant")] private static string Number(Tenant tenant) => $"{tenant.Number}";

        [Get("/guarded"), Guard(nameof(IsBob))] private static string Guarded() => "in";

        private static bool IsBob(Account me) => me.Name == "bob";
    }

    internal sealed partial class Part
    {
        [Get("/me")] private static string Name(Account me) => me.Name;
    }

    [Fact]
    public async Task A_value_takes_the_place_of_a_provider_everywhere_below()
    {
        var app = new App();
        await using TestServer test = Serve.Test(app);
        using HttpResponseMessage nobody = await test.GetAsync("/me");
        Assert.Equal((HttpStatusCode.Unauthorized, 1), (nobody.StatusCode, app.Asked));

        test.Provide(new Account("bob")).Provide(new Tenant(7));
        foreach (string path in new[] { "/me", "/part/me" }) Assert.Equal("bob", await test.GetStringAsync(path));
        Assert.Equal("hello bob", await test.GetStringAsync("/hello"));
        Assert.Equal("7", await test.GetStringAsync("/tenant"));
        Assert.Equal("in", await test.GetStringAsync("/guarded"));
        Assert.Equal(1, app.Asked);
    }

    [Fact]
    public async Task The_value_may_depend_on_the_request_and_may_be_nobody()
    {
        await using TestServer test = Serve.Test(new App());
        test.Provide<Account?>(request => request.Headers["X-Name"] is { } name ? new Account(name) : null);
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, "/me");
        request.Headers.Add("X-Name", "ada");

        using HttpResponseMessage known = await test.SendAsync(request);
        Assert.Equal("ada", await known.Content.ReadAsStringAsync());
        using HttpResponseMessage nobody = await test.GetAsync("/me");
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Equal("hello ", await test.GetStringAsync("/hello"));
    }

    [Fact]
    public async Task Another_test_has_its_own()
    {
        await using TestServer one = Serve.Test(new App()), other = Serve.Test(new App());
        one.Provide(new Account("bob"));
        other.Provide(new Account("ada"));
        Assert.Equal(("bob", "ada"), (await one.GetStringAsync("/me"), await other.GetStringAsync("/me")));
    }

    [Fact]
    public async Task After_a_reload_it_is_the_same()
    {
        await using TestServer test = Serve.Test(new App());
        test.Provide(new Account("bob"));
        await test.Server.ReloadAsync(new App());
        Assert.Equal("bob", await test.GetStringAsync("/me"));
    }

    [Fact]
    public async Task What_its_method_throws_comes_to_the_test()
    {
        await using TestServer test = Serve.Test(new App());
        test.Provide<Account?>(_ => throw new NotSupportedException("of the test"));
        await Assert.ThrowsAsync<NotSupportedException>(() => test.GetAsync("/me"));
    }
}
