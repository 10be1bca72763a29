using System.Runtime.CompilerServices;

namespace Prebake.Conformance.Testing;

/// <summary>A handler of each kind, for a client that is not to notice whether there is a port.</summary>
internal sealed partial class TestedApp
{
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Static("/constant")] private const string Constant = "constant";

    [Get("/hello/{name}")] private static string Hello(string name) => $"hello {name}";

    [Get("/later")]
    private static async Task<string> Later()
    {
        await Task.Yield();
        return "later";
    }

    [Get("/from")] private static string From(Request request) => request.RemoteEndPoint?.ToString() ?? "nowhere";

    [Get("/url")] private static string Url(Request request) => request.Url.ToString();

    [Post("/echo")] private static async Task<byte[]> Echo(Request request) => await request.BytesAsync();

    [Post("/refused"), MaxBody(10)] private static async Task<string> Refused(Request request) => await request.TextAsync();

    [Post("/never")] private static Response Never() => new("no") { Status = 403 };

    [Get("/login")]
    private static string Login(Request request)
    {
        request.Cookies.Set("session", "s3cret", new CookieOptions { Secure = true, HttpOnly = true, Path = "/" });
        return "welcome";
    }

    [Get("/me")] private static string Me(Request request) => request.Cookies["session"] ?? "nobody";

    [Get("/moved")] private static Response Moved() => Response.Redirect("/constant");

    [Get("/pieces")]
    private async IAsyncEnumerable<string> Pieces(Request request, [EnumeratorCancellation] CancellationToken aborted)
    {
        request.ResponseTrailers["Server-Timing"] = "all;dur=1";
        yield return "first ";
        await Gate.Task.WaitAsync(aborted);
        yield return "second";
    }

    [Get("/stuck")]
    private async Task<string> Stuck(CancellationToken aborted)
    {
        aborted.Register(() => Left.TrySetResult());
        Gate.TrySetResult();
        await Task.Delay(Timeout.Infinite, aborted);
        return "";
    }

    [Get("/bug/{name}")]
    private static string Bug(string name) => throw new InvalidOperationException($"a bug of {name}");

    [Get("/bug/later/{name}")]
    private static async Task<string> LateBug(string name)
    {
        await Task.Yield();
        throw new InvalidOperationException($"a bug of {name}");
    }

    [Get("/teapot")] private static string Teapot() => throw new HttpException(418, "short and stout");

    [Get("/cut")] private static void Cut(Request request) => request.Abort();

    [WebSocket("/socket")] private static Talker Connect(Request request) => new(request.RemoteEndPoint?.ToString());

    [WebSocket("/socket/refused")] private static Talker? Refuse() => null;

    [WebSocket("/socket/bug")] private static Talker Bug() => throw new InvalidOperationException("a bug of the socket");

    internal sealed class Talker(string? from) : WebSocketHandler
    {
        protected override void Open() => Send($"from {from}");

        protected override ValueTask Message(string text)
        {
            Send(text);
            return default;
        }
    }
}

/// <summary>The same where exceptions are answered.</summary>
internal sealed partial class AnsweringApp
{
    [Get("/bug")] private static string Bug() => throw new InvalidOperationException("a bug");

    [Get("/bug/unanswered")] private static string Other() => throw new NotSupportedException("another");

    [Error] private static Response? OnError(Exception error) =>
        error is NotSupportedException ? null : new($"sorry: {error.Message}") { Status = 500 };
}
