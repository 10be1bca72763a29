using System.Globalization;
using System.Net;
using System.Net.Http;
using Prebake.Policies;

namespace Prebake.Conformance.Policies;

/// <summary>Rate limits, lists of addresses and credentials, as handlers use them.</summary>
public sealed partial class PolicyTests
{
    internal sealed partial class App
    {
        public RateLimit Limit { get; init; } = new() { Permits = 2, Window = TimeSpan.FromHours(1), Name = "all" };

        public AddressList List { get; init; } = new();

        [Mount("/limited")] private LimitedPart Limited => field ??= new LimitedPart(Limit);

        [Mount("/listed")] private ListedPart Listed => field ??= new ListedPart(List);

        [Mount("/few")] public FewPart Few { get; } = new();

        [Mount("/named")] private readonly NamedPart _named = new();

        [Get("/bearer")] private static string Bearing([Header("Authorization")] Bearer? bearer) => bearer?.Token ?? "nobody";

        [Get("/must")] private static string Must([Header("Authorization")] Bearer bearer) => bearer.Token;

        [Get("/must-ruled")]
        private static string MustRuled([Header("Authorization")] Bearer bearer, [System.ComponentModel.DataAnnotations.Range(1, 9)] int n) => $"{bearer.Token} {n}";

        [Get("/must-later")]
        private static async Task<string> MustLater([Header("Authorization")] Bearer bearer) { await Task.Yield(); return bearer.Token; }

        internal sealed record Holder(string Token);

        internal sealed record StrictHolder(string Token);

        [Provide(Challenge = "Bearer realm=\"app\"")]
        private static Holder? Held([Header("Authorization")] Bearer? bearer) => bearer is null ? null : new Holder(bearer.Token);

        [Provide(Challenge = "Bearer realm=\"strict\"")]
        private static StrictHolder? HeldStrictly([Header("Authorization")] Bearer bearer) => new StrictHolder(bearer.Token);

        [Mount("/guarded")] private readonly GuardedPart _guarded = new();

        [Get("/provided")] private static string Provided(Holder holder) => holder.Token;

        [Get("/strict")] private static string Strict(StrictHolder holder) => holder.Token;

        [Get("/maybe-basic")] private static string MaybeBasic([Header("Authorization")] Basic? basic) => basic?.User ?? "nobody";

        [Get("/basic")] private static string Admin([Header("Authorization")] Basic basic) => $"{basic.User} {basic.Password}";

        [Get("/any")] private static string Any([Header("Authorization")] Authorization? authorization) =>
            authorization?.Bearer?.Token ?? authorization?.Basic?.User ?? authorization?.Scheme ?? "nobody";
    }

    internal sealed partial class LimitedPart(RateLimit limit)
    {
        [Use] private readonly RateLimit _limit = limit;

        [After] private void Tell(Request request, Response response) => _limit.WriteFields(request, response.Headers);

        [Get("/")] private static string Limited() => "ok";
    }

    internal sealed partial class ListedPart(AddressList list)
    {
        [Use] private readonly AddressList _list = list;

        [Get("/")] private static string Listed() => "ok";
    }

    internal sealed partial class FewPart
    {
        [Use] private readonly Concurrency _few =
            new() { Limit = 1, Waiting = 1, WaitingTimeout = TimeSpan.FromMinutes(5) };

        public SemaphoreSlim Entered { get; } = new(0);

        public SemaphoreSlim Gate { get; } = new(0);

        [Get("/")]
        private async Task<string> Work(CancellationToken aborted)
        {
            Entered.Release();
            await Gate.WaitAsync(aborted);
            return "done";
        }

        [Get("/bug")] private static string Bug() => throw new NotSupportedException("a bug");
    }

    [Routes(Guarded = true)]
    internal sealed partial class GuardedPart
    {
        [Get("/open"), Open] private static string Opened(App.Holder? holder) => holder?.Token ?? "nobody";
    }

    internal sealed partial class NamedPart
    {
        [Use] private readonly RequestIds _ids = new();

        [Get("/")] private static string Name(Request request) => $"{request.Id} {request.Id}";
    }

    [Fact]
    public async Task So_many_work_so_many_wait_and_others_are_refused()
    {
        var app = new App();
        await using TestServer test = Serve.Test(app);
        TimeSpan patience = TimeSpan.FromSeconds(60);

        Task<string> first = test.GetStringAsync("/few");
        Assert.True(await app.Few.Entered.WaitAsync(patience));

        // Of many at once one waits, and it is in when the first is out
        Task<HttpResponseMessage>[] others = [.. Enumerable.Range(0, 5).Select(_ => test.GetAsync("/few"))];
        List<Task<HttpResponseMessage>> left = [.. others];
        for (int i = 0; i < 4; i++)
        {
            Task<HttpResponseMessage> refused = await Task.WhenAny(left).WaitAsync(patience);
            left.Remove(refused);
            using HttpResponseMessage response = await refused;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("1", Assert.Single(response.Headers.GetValues("Retry-After")));
        }

        Assert.Equal(0, app.Few.Entered.CurrentCount);
        app.Few.Gate.Release();
        Assert.Equal("done", await first.WaitAsync(patience));
        Assert.True(await app.Few.Entered.WaitAsync(patience));
        app.Few.Gate.Release();
        using HttpResponseMessage last = await Assert.Single(left).WaitAsync(patience);
        Assert.Equal("done", await last.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_handler_that_throws_or_a_client_that_leaves_gives_its_place_up()
    {
        var app = new App();
        await using TestServer test = Serve.Test(app);
        TimeSpan patience = TimeSpan.FromSeconds(60);
        for (int i = 0; i < 3; i++) await Assert.ThrowsAsync<NotSupportedException>(() => test.GetAsync("/few/bug"));

        using var cancellation = new CancellationTokenSource();
        Task leaving = test.GetAsync("/few", cancellation.Token);
        Assert.True(await app.Few.Entered.WaitAsync(patience));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);

        Task<string> next = test.GetStringAsync("/few");
        Assert.True(await app.Few.Entered.WaitAsync(patience));
        app.Few.Gate.Release();
        Assert.Equal("done", await next.WaitAsync(patience));
    }

    [Theory]
    [InlineData(null, null, false), InlineData("10.0.0.0/8", "abc-123", false), InlineData("127.0.0.0/8", "abc-123", true)]
    [InlineData("127.0.0.0/8", "<b>", false), InlineData("127.0.0.0/8", "a b", false), InlineData("127.0.0.0/8", "", false)]
    public async Task A_request_has_a_name_of_its_own_or_of_a_trusted_proxy(string? trusted, string? given, bool isKept)
    {
        await using TestServer test =
            Serve.Test(new App(), new ServeOptions { TrustedProxies = trusted is null ? [] : [trusted] });
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, "/named");
        if (given is not null) request.Headers.TryAddWithoutValidation("X-Request-Id", given);

        using HttpResponseMessage response = await test.SendAsync(request);
        string[] names = (await response.Content.ReadAsStringAsync()).Split(' ');
        Assert.Equal(names[0], names[1]);
        Assert.Equal(names[0], Assert.Single(response.Headers.GetValues("X-Request-Id")));
        if (isKept) Assert.Equal(given, names[0]);
        else Assert.Matches("^[0-9a-f]{32}$", names[0]);
    }

    [Fact]
    public async Task Beyond_its_limit_a_client_is_told_when_to_come_back()
    {
        await using TestServer test = Serve.Test(new App());
        Assert.Equal("ok", await test.GetStringAsync("/limited"));
        Assert.Equal("ok", await test.GetStringAsync("/limited"));

        using HttpResponseMessage refused = await test.GetAsync("/limited");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);

        // One of two permits comes back in half an hour
        long seconds = long.Parse(Assert.Single(refused.Headers.GetValues("Retry-After")), CultureInfo.InvariantCulture);
        Assert.InRange(seconds, 1, 1800);
        Assert.Equal("\"all\";q=2;w=3600", Assert.Single(refused.Headers.GetValues("RateLimit-Policy")));
        Assert.Equal($"\"all\";r=0;t={seconds}", Assert.Single(refused.Headers.GetValues("RateLimit")));
    }

    [Fact]
    public async Task Whoever_wants_to_know_is_told_what_is_left_with_each_response()
    {
        var app = new App
        {
            Limit = new RateLimit
            {
                Permits = 2, Window = TimeSpan.FromHours(1), Name = "all", Key = request => request.Headers["X-Key"],
            },
        };
        await using TestServer test = Serve.Test(app);
        var told = new List<string?>();
        foreach (string? key in new[] { "a", "a", "a", "b", null })
        {
            using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, "/limited");
            if (key is not null) request.Headers.Add("X-Key", key);
            using HttpResponseMessage response = await test.SendAsync(request);
            told.Add(response.Headers.TryGetValues("RateLimit", out IEnumerable<string>? values) ? Assert.Single(values) : null);
        }

        Assert.Equal(["\"all\";r=1", "\"all\";r=0", told[2], "\"all\";r=1", null], told);
        Assert.StartsWith("\"all\";r=0;t=", told[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_address_has_a_limit_of_its_own()
    {
        await using TestServer test = Serve.Test(new App());
        foreach (string address in new[] { "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1" })
        {
            using HttpClient client = test.CreateClient(new TestClientOptions { Address = IPAddress.Parse(address) });
            Assert.Equal("ok", await client.GetStringAsync("/limited"));
            Assert.Equal("ok", await client.GetStringAsync("/limited"));
            using HttpResponseMessage refused = await client.GetAsync("/limited");
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        }

        // Whoever has one address of these 64 bits has all of them
        using HttpClient neighbour = test.CreateClient(new TestClientOptions { Address = IPAddress.Parse("2001:db8::ffff") });
        using HttpResponseMessage same = await neighbour.GetAsync("/limited");
        Assert.Equal(HttpStatusCode.TooManyRequests, same.StatusCode);
    }

    [Fact]
    public async Task A_key_may_be_anything_or_nothing()
    {
        var app = new App
        {
            Limit = new RateLimit
            {
                Permits = 1, Window = TimeSpan.FromHours(1), Algorithm = RateLimitAlgorithm.FixedWindow,
                Key = request => request.Headers["X-Key"],
            },
        };
        await using TestServer test = Serve.Test(app);

        async Task<int> AskAsync(string? key)
        {
            using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, "/limited");
            if (key is not null) request.Headers.Add("X-Key", key);
            using HttpResponseMessage response = await test.SendAsync(request);
            return (int)response.StatusCode;
        }

        Assert.Equal((200, 429, 200, 429), (await AskAsync("a"), await AskAsync("a"), await AskAsync("b"), await AskAsync("b")));
        Assert.Equal((200, 200), (await AskAsync(null), await AskAsync(null)));
    }

    [Theory, InlineData(RateLimitAlgorithm.TokenBucket), InlineData(RateLimitAlgorithm.FixedWindow)]
    public void Permits_come_back(RateLimitAlgorithm algorithm)
    {
        using var limit = new RateLimit
        {
            Permits = 1, Window = TimeSpan.FromMilliseconds(1), Algorithm = algorithm, Key = static _ => "one",
        };
        int allowed = 0;
        Assert.True(SpinWait.SpinUntil(
            () => limit.Check(new Request("/")) is null && ++allowed == 3, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Many_keys_hold_a_bounded_memory_and_get_around_nothing()
    {
        using var limiters = new LimiterTable(() => new System.Threading.RateLimiting.TokenBucketRateLimiter(new()
        {
            TokenLimit = 2, TokensPerPeriod = 2, ReplenishmentPeriod = TimeSpan.FromHours(1), AutoReplenishment = false,
        }), most: 100);

        int allowed = 0;
        for (int i = 0; i < 10_000; i++) allowed += limiters.Take($"key {i}").IsAllowed ? 1 : 0;
        Assert.Equal(100, limiters.Count);

        // 100 keys with one each, and what all others share
        Assert.Equal(102, allowed);

        // And who is known still has what is left
        Assert.True(limiters.Take("key 5").IsAllowed);
        Assert.False(limiters.Take("key 5").IsAllowed);
    }

    [Fact]
    public void A_key_whose_permits_are_back_makes_room()
    {
        using var limiters = new LimiterTable(() => new System.Threading.RateLimiting.TokenBucketRateLimiter(new()
        {
            TokenLimit = 1, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromMilliseconds(1), AutoReplenishment = false,
        }), most: 2);

        int i = 0, allowed = 0;
        Assert.True(SpinWait.SpinUntil(
            () => (allowed += limiters.Take($"key {i++}").IsAllowed ? 1 : 0) >= 10, TimeSpan.FromSeconds(30)));
        Assert.InRange(limiters.Count, 1, 2);
    }

    [Fact]
    public void Of_many_that_ask_at_once_no_more_get_through_than_there_are_permits()
    {
        using var limit = new RateLimit { Permits = 50, Window = TimeSpan.FromHours(1), Key = static _ => "one" };
        int allowed = 0;
        Parallel.For(0, 2000, _ =>
        {
            if (limit.Check(new Request("/")) is null) Interlocked.Increment(ref allowed);
        });
        Assert.Equal(50, allowed);
    }

    [Fact]
    public void A_limit_that_cannot_be_meant_is_refused()
    {
        TimeSpan second = TimeSpan.FromSeconds(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RateLimit { Permits = 0, Window = second });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RateLimit { Permits = 1, Window = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RateLimit { Permits = 1, Window = second, MaxKeys = 0 });
        Assert.Throws<ArgumentException>(() => new RateLimit { Permits = 1, Window = second, Name = "a\"b" });
    }

    [Theory]
    [InlineData("", "", "192.0.2.1", true)]
    [InlineData("192.0.2.0/24", "", "192.0.2.1", true)]
    [InlineData("192.0.2.0/24", "", "198.51.100.1", false)]
    [InlineData("192.0.2.0/24", "192.0.2.66", "192.0.2.66", false)]
    [InlineData("", "192.0.2.66", "192.0.2.66", false)]
    [InlineData("", "192.0.2.66", "192.0.2.67", true)]
    [InlineData("192.0.2.0/24", "", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8::/32", "", "2001:db8::1", true)]
    public async Task A_list_lets_a_client_ask_or_not(string allow, string deny, string address, bool isAllowed)
    {
        static string[] Networks(string text) => text.Length == 0 ? [] : text.Split(',');
        await using TestServer test = Serve.Test(new App { List = new AddressList { Allow = Networks(allow), Deny = Networks(deny) } });
        using HttpClient client = test.CreateClient(new TestClientOptions { Address = IPAddress.Parse(address) });

        using HttpResponseMessage response = await client.GetAsync("/listed");
        Assert.Equal(isAllowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public void An_address_that_is_not_known_is_on_no_list_of_those_who_may()
    {
        Assert.False(new AddressList { Allow = ["0.0.0.0/0", "::/0"] }.Allows(null));
        Assert.True(new AddressList { Deny = ["0.0.0.0/0"] }.Allows(null));
        Assert.Throws<ArgumentException>(() => new AddressList { Allow = ["office"] });
        Assert.Throws<ArgumentException>(() => new AddressList { Deny = ["unix"] });
    }

    [Theory]
    [InlineData("/bearer", null, 200, "nobody")]
    [InlineData("/bearer", "Bearer abc", 200, "abc")]
    [InlineData("/bearer", "Basic QTpi", 200, "nobody")]
    [InlineData("/bearer", "Bearerabc", 200, "nobody")]
    [InlineData("/bearer", "Bearer", 400, null)]
    [InlineData("/bearer", "Bearer\tabc", 400, null)]
    [InlineData("/must", "bearer abc", 200, "abc")]
    [InlineData("/must", null, 401, "Bearer")]
    [InlineData("/must", "Basic QTpi", 401, "Bearer")]
    [InlineData("/must", "Bearer a b", 400, null)]
    [InlineData("/must-ruled?n=1", "Bearer abc", 200, "abc 1")]
    [InlineData("/must-ruled?n=50", "Basic QTpi", 401, "Bearer")]
    [InlineData("/must-ruled?n=50", "Bearer abc", 422, null)]
    [InlineData("/must-ruled?n=1", "Bearer a b", 400, null)]
    [InlineData("/must-later", "Bearer abc", 200, "abc")]
    [InlineData("/must-later", "Digest abc", 401, "Bearer")]
    [InlineData("/guarded/open", "Basic QTpi", 200, "nobody")]
    [InlineData("/guarded/open", "Basic A", 200, "nobody")]
    [InlineData("/guarded/open", "Bearer abc", 200, "abc")]
    [InlineData("/provided", "Bearer abc", 200, "abc")]
    [InlineData("/provided", "Basic QTpi", 401, "Bearer realm=\"app\"")]
    [InlineData("/strict", "Basic QTpi", 401, "Bearer realm=\"strict\"")]
    [InlineData("/maybe-basic", "Bearer abc", 200, "nobody")]
    [InlineData("/maybe-basic", "Basic !!!!", 400, null)]
    [InlineData("/maybe-basic", "Basic QTpi", 200, "A")]
    [InlineData("/basic", "Bearer abc", 401, "Basic realm=\"app\", charset=\"UTF-8\"")]
    [InlineData("/bearer", "Bearer a b", 400, null)]
    [InlineData("/basic", "Basic QTpi", 200, "A b")]
    [InlineData("/basic", null, 401, "Basic realm=\"app\", charset=\"UTF-8\"")]
    [InlineData("/any", "Bearer abc", 200, "abc")]
    [InlineData("/any", "Basic QTpi", 200, "A")]
    [InlineData("/any", "Digest a=b", 200, "Digest")]
    [InlineData("/any", null, 200, "nobody")]
    public async Task Credentials_are_parameters(string path, string? header, int status, string? body)
    {
        await using TestServer test = Serve.Test(new App());
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, path);
        if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", header);

        using HttpResponseMessage response = await test.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        if (status == 401) Assert.Equal(body, response.Headers.WwwAuthenticate.ToString());
        else if (body is not null) Assert.Equal(body, await response.Content.ReadAsStringAsync());
    }
}
