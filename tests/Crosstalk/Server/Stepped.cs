using System.Text;

/// <summary>
/// What stands around handlers: it adds the secrets of its own request, answers in their place, or throws, as <c>step</c> of
/// the query says.
/// </summary>
internal sealed partial class Stepped
{
    [Use] private readonly RequestIds _ids = new();

    [After]
    private static void Outer(Request request, Response response, string step = "")
    {
        response.Headers["X-After"] = request.Headers["X-Secret"] ?? "";
        if (step == "outer-throws") throw Fault(request, step);
    }

    [Around]
    private static async Task<Response> Around(Next next, Request request, string step = "")
    {
        string mine = request.Cookies["secret"] ?? "";
        if (step == "around-throws-first") throw Fault(request, step);
        if (step == "around-waits") await Task.Delay(2);
        if (step is "around-leaves" or "around-twice")
        {
            Task<Response> first = next.RunAsync().AsTask();
            if (step == "around-twice") await Task.WhenAll(first, next.RunAsync().AsTask());
            return new Response($"{step};{mine}\n") { Status = 203, Headers = { ["X-Around"] = mine } };
        }

        Response response = await next.RunAsync();
        if (step == "around-throws") throw Fault(request, step);
        if (step == "around-replaces") response = new Response($"replaced;{mine}\n");
        response.Headers["X-Around"] = mine;
        return response;
    }

    [Before]
    private static Response? Answer(Request request, string step = "") => step switch
    {
        "before-answers" => new Response($"before;{request.Headers["X-Secret"]}\n") { Status = 203 },
        "before-throws" => throw Fault(request, step),
        _ => null,
    };

    [Before]
    private static async ValueTask<HttpException?> Wait(Request request, string step = "")
    {
        if (step is not ("wait" or "wait-refuses" or "wait-throws")) return null;
        await Task.Delay(1);
        if (step == "wait-throws") throw Fault(request, step);
        return step == "wait-refuses" ? new HttpException(409, request.Headers["X-Secret"] ?? "") : null;
    }

    [After]
    private static async ValueTask<Response?> Inner(Request request, Response response, string step = "")
    {
        if (step is "inner-throws" or "inner-replaces") await Task.Yield();
        if (step == "inner-throws") throw Fault(request, step);
        return step == "inner-replaces" ? new Response($"inner;{request.Cookies["secret"]}\n") : null;
    }

    private static Planned Fault(Request request, string step) => new("plain", $"{step};{request.Headers["X-Secret"]}");

    [Error]
    private static async ValueTask<Response?> On(Planned error)
    {
        await Task.Yield();
        return new Response($"stepped;{error.Secret}\n");
    }

    [Get("/text/{p}")]
    private static string Text(string p, Request request, int n = 1) => App.Line("stepped-text", p, request, enters: false, n: n);

    [Get("/yield/{p}")]
    private static async Task<byte[]> Yield(string p, Request request, int n = 1)
    {
        await Task.Yield();
        return Encoding.UTF8.GetBytes(App.Line("stepped-yield", p, request, enters: false, n: n));
    }

    [Get("/stream/{p}")]
    private static async IAsyncEnumerable<string> Stream(string p, Request request, int n = 1)
    {
        string line = App.Line("stepped-stream", p, request, enters: false);
        for (int i = 0; i < n; i++)
        {
            if (i % 5 == 2) await Task.Yield();
            yield return line;
        }
    }

    [Get("/copied/{p}")]
    private static async Task<Response> Copied(string p, Request request, int n = 1)
    {
        string lines = App.Line("stepped-copied", p, request, enters: false, n: n);
        await Task.Yield();
        return Response.Stream(new Tracked(Encoding.UTF8.GetBytes(lines)), "text/plain");
    }

    [Get("/blocking/{p}"), Blocking]
    private static string Blocking(string p, Request request, int n = 1) => App.Line("stepped-blocking", p, request, enters: false, n: n);

    [Get("/throws/{p}")]
    private static async Task<string> Throws(string p, Request request)
    {
        await Task.Yield();
        throw new Planned("plain", $"handler;{p}");
    }

    [Get("/number/{p}")] private static string Number(int p) => $"{p}";

    [Post("/body/{p}")]
    private static string Body(string p, Request request, [Body] byte[] body) =>
        App.Line("stepped-body", p, request, Encoding.UTF8.GetString(body), enters: false);

    [Post("/read/{p}")]
    private static async Task<string> Read(string p, Request request) =>
        App.Line("stepped-read", p, request, Encoding.UTF8.GetString(await request.BytesAsync()), enters: false);
}

/// <summary>Answers that are compressed on their way, whole and piece by piece, and bodies that come compressed.</summary>
internal sealed partial class Packed
{
    [Use] private readonly Compression _compression = new();

    // The bodies say the same again and again
    [Use] private readonly Decompression _decompression = new() { MaxRatio = 100_000 };

    [Post("/body/{p}")]
    private static string Body(string p, Request request, [Body] byte[] body) =>
        App.Line("packed-body", p, request, Encoding.UTF8.GetString(body), enters: false);

    [Post("/read/{p}")]
    private static async Task<string> Read(string p, Request request) =>
        App.Line("packed-read", p, request, await request.TextAsync(), enters: false);

    [Get("/text/{p}")]
    private static string Text(string p, Request request, int n = 1) => App.Line("packed-text", p, request, n: n);

    [Get("/json/{p}")]
    private static async Task<Echoed> Json(string p, Request request, int n = 1)
    {
        await Task.Yield();
        return App.Echo("packed-json", p, request, "", n, enters: false);
    }

    [Get("/stream/{p}")]
    private static async IAsyncEnumerable<string> Stream(string p, Request request, int n = 1)
    {
        string line = App.Line("packed-stream", p, request);
        for (int i = 0; i < n; i++)
        {
            if (i % 7 == 3) await Task.Yield();
            yield return line;
        }
    }

    [Get("/copied/{p}")]
    private static Response Copied(string p, Request request, int n = 1, string fault = "") =>
        Response.Stream(new Tracked(Encoding.UTF8.GetBytes(App.Line("packed-copied", p, request, n: n)), fault), "text/plain");
}
