using System.Collections.Concurrent;

namespace Prebake.Conformance;

internal sealed record Caller(string Name);

/// <summary>Something that must be disposed of, and writes down that it was.</summary>
internal sealed class Lease(string name, ConcurrentQueue<string> log) : IDisposable
{
    public string Name { get; } = name;

    public void Dispose()
    {
        log.Enqueue("dispose " + Name);
        if (Name.EndsWith("throws", StringComparison.Ordinal)) throw new InvalidOperationException("made by a test");
    }
}

/// <summary>The same, later.</summary>
internal sealed class AsyncLease(string name, ConcurrentQueue<string> log) : IAsyncDisposable
{
    public string Name { get; } = name;

    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        log.Enqueue("dispose " + Name);
    }
}

[Header("X-From", "app")]
internal sealed partial class GuardedApp
{
    public ConcurrentQueue<string> Log { get; } = [];

    /// <summary>Holds those up who ask for a lease with <c>?late</c>.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Provide(Challenge = "Bearer realm=\"app\"")]
    private static Caller? Who([Header("X-User")] string? user) => user switch
    {
        null => null,
        "throws" => throw new HttpException(409, "made by a test"),
        _ => new Caller(user),
    };

    [Provide] private Lease Borrow([Header("X-User")] string user = "nobody") => new($"first of {user}", Log);

    [Provide]
    private async Task<AsyncLease> BorrowLater(Lease first, bool late = false, CancellationToken token = default)
    {
        if (late)
        {
            Log.Enqueue("waiting behind " + first.Name);
            await Gate.Task.WaitAsync(token);
        }

        return new AsyncLease("second after " + first.Name, Log);
    }

    private static bool IsAda(Caller caller) => caller.Name == "Ada";

    private async ValueTask<Response?> Answers(bool answer = false)
    {
        if (!answer) return null;
        await Task.Yield();
        return new Response("answered") { Status = 203 };
    }

    [Get("/name")] private static string Name(Caller caller) => caller.Name;
    [Get("/maybe")] private static string Maybe(Caller? caller) => caller?.Name ?? "nobody";
    [Get("/ada"), Guard(nameof(IsAda))] private static string Ada() => "Ada's";
    [Get("/answer"), Guard(nameof(Answers))] private static string Unanswered() => "handler";
    [Get("/lease")] private static string Leased(Lease lease) => lease.Name;
    [Get("/leases")] private static async Task<string> Leased(AsyncLease second, Lease first) { await Task.Yield(); return first.Name + ", " + second.Name; }
    [Get("/fails")] private static string Fails(AsyncLease second, Lease first) => throw new InvalidOperationException(first.Name + second.Name);
    [Get("/blocking"), Blocking] private static string Blocks(Caller caller, AsyncLease second) => $"{caller.Name} {second.Name}";
    [Get("/number/{n}")] private static string Number(int n, Caller caller) => $"{n} {caller.Name}";

    [Get("/stream")]
    private static async IAsyncEnumerable<string> Stream(Lease lease, AsyncLease second)
    {
        yield return "a";
        await Task.Yield();
        yield return lease.Name.Length + second.Name[..1];
    }

    [Post("/text")] private static string Text([Body] string body, Caller caller) => $"{caller.Name} {body.Length}";
    [Post("/late")] private static string Late([Body] byte[] body, AsyncLease lease) => $"{lease.Name} {body.Length}";
    [Post("/own")] private static async Task<string> Own(Request request, Caller caller) => $"{caller.Name} {(await request.TextAsync()).Length}";
    [WebSocket("/socket")] private static WebSocketHandler Socket(Caller caller) => new Greeting(caller.Name);
    [Mount("/part")] private readonly GuardedPart _part = new();
    [Fetch] private static string Rest(Caller caller) => "rest " + caller.Name;
}

[Guard("IsAllowed"), Header("X-From", "part")]
internal sealed partial class GuardedPart
{
    private static async Task<bool> IsAllowed(Caller? caller) { await Task.Yield(); return caller?.Name != "Eve"; }

    [Get("/name")] private static string Name(Caller caller) => caller.Name;
    [Post("/text")] private static string Text([Body] string body, Caller? caller) => $"{caller?.Name} {body.Length}";
    [Get("/lease")] private static string Leased(Lease lease) => lease.Name;
    [Error] private static Response On(Exception error) => new("part said " + error.Message) { Status = error is HttpException http ? http.Status : 500 };
}

internal sealed class Greeting(string name) : WebSocketHandler
{
    protected override void Open() => Send("hello " + name);
}
