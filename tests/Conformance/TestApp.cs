using System.Text.Json.Serialization;

namespace Prebake.Conformance;

/// <summary>What the raw requests are sent to: every kind of route that answers differently on the wire.</summary>
[Redirect("/old", "/text", 301)]
internal sealed partial class TestApp
{
    public static readonly SemaphoreSlim Gate = new(0);

    [Static("/static")] private const string Static = "static answer";
    [Static("/empty", Status = 204)] private const string Empty = "";
    [Static("/missing", Status = 404)] private const string Missing = "not here";
    [Static("/started")] private static string Started() => "made at start";
    [Static("/closing"), Header("Connection", "close")] private const string Closing = "bye";

    [Get("/text")] private static string Text() => "handler answer";
    [Get("/checked")] private static ReadOnlySpan<byte> Checked(
        [System.ComponentModel.DataAnnotations.Range(1, 9)] int a, [System.ComponentModel.DataAnnotations.Range(0.5, 2)] double b,
        [System.ComponentModel.DataAnnotations.Range(1, 100)] int limit = 20, [System.ComponentModel.DataAnnotations.AllowedValues(1, 2, 3)] int c = 1,
        [System.ComponentModel.DataAnnotations.EnumDataType(typeof(DayOfWeek))] DayOfWeek day = DayOfWeek.Monday) => "checked"u8;
    [Get("/span")] private static ReadOnlySpan<byte> Span() => "span answer"u8;
    [Get("/nothing")] private static void Nothing() { }
    [Get("/null")] private static string? Null() => null;
    [Get("/users/{id}")] private static string User(int id) => $"user {id}";
    [Get("/files/{name}.json")] private static string File(string name) => $"file {name}";
    [Get("/range/{from}-{to}")] private static string Range(int from, int to) => $"{from}..{to}";
    [Get("/rest/{*rest}")] private static string Rest(string rest) => $"rest {rest}";
    [Get("/search")] private static string Search(string q, int page = 1) => $"{q} {page}";
    [Get("/point")] private static Point Point() => new(1, 2);
    [Post("/point")] private static Point Move(Point point) => new(point.X + 1, point.Y + 1);
    [Get("/fields")] private static Response Fields() => new("fields") { Status = 201, Headers = { ["X-One"] = "1", ["X-Two"] = "2" } };
    [Get("/cookies")] private static string Cookies(Request request)
    {
        request.Cookies.Set("a", "1");
        return request.Cookies["seen"] ?? "none";
    }

    [Post("/echo")] private static async Task<byte[]> Echo(Request request) => await request.BytesAsync();
    [Post("/echo-text")] private static async Task<string> EchoText(Request request) => await request.TextAsync();
    [Post("/body")] private static string Body([Body] ReadOnlySpan<byte> body) => $"{body.Length} bytes";
    [Post("/pipe")] private static async Task<string> Pipe(Request request) => $"{await Bodies.CountAsync(request.Body)} bytes";

    [Post("/unread")] private static string Unread() => "not read";
    [Post("/unread-async")] private static async Task<string> UnreadAsync() { await Task.Yield(); return "not read"; }
    [Post("/trailers")] private static async Task<string> Trailers(Request request)
    {
        await request.BytesAsync();
        return request.Trailers?["X-Sum"] ?? "no trailer";
    }

    [Post("/small"), MaxBody(10)] private static async Task<string> Small(Request request) => await request.TextAsync();

    [Get("/slow")] private static async Task<string> Slow() { await Task.Delay(30); return "slow answer"; }
    [Get("/yield")] private static async Task<string> Yielding() { await Task.Yield(); return "yielded"; }
    [Get("/blocking"), Blocking] private static string Blocks() { Thread.Sleep(5); return "unblocked"; }
    [Get("/gate")] private static async Task<string> Gated() { await Gate.WaitAsync(); return "through"; }
    [Get("/throws")] private static string Throws() => throw new InvalidOperationException("woops");
    [Get("/throws-late")] private static async Task<string> ThrowsLate() { await Task.Yield(); throw new InvalidOperationException("woops"); }
    [Get("/http-error")] private static string HttpError() => throw new HttpException(418, "I am a teapot");
    [Get("/large")] private static byte[] Large() => LargeBody;
    [Get("/long-text")] private static string LongText() => LongString;

    [Get("/stream")] private static Response Stream() => Response.Stream(async (writer, cancel) =>
    {
        for (int i = 0; i < 3; i++)
        {
            await writer.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"piece {i};"), cancel);
            await Task.Delay(1, cancel);
        }
    }, "text/plain");

    [Get("/stream-breaks")] private static Response StreamBreaks() => Response.Stream(async (writer, cancel) =>
    {
        await writer.WriteAsync("begun"u8.ToArray(), cancel);
        await Task.Delay(20, cancel);
        throw new InvalidOperationException("broken");
    }, "text/plain");

    [Get("/stream-fails-early")] private static Response StreamFailsEarly() => Response.Stream((_, _) => throw new InvalidOperationException("never begun"), "text/plain");

    [Delete("/items/{id}")] private static void DeleteItem(Guid id) { }
    [Put("/items/{id}")] private static string PutItem(Guid id) => id.ToString();
    [Route("/cache", "PURGE")] private static string Purge() => "purged";

    public static readonly byte[] LargeBody = MakeLarge();
    public static readonly string LongString = string.Concat(Enumerable.Repeat("0123456789äöü€😀", 20_000));

    private static byte[] MakeLarge()
    {
        var bytes = new byte[1 << 20];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}

internal sealed record Point(int X, int Y);

[JsonSerializable(typeof(Point))]
internal sealed partial class TestJson : JsonSerializerContext;
