using System.Buffers;
using System.Collections.Concurrent;
using System.Text;

// Faults at every point, requests that are kept, and what handlers do to their server
internal sealed partial class App
{
    private static readonly ConcurrentDictionary<string, Request> s_kept = new();

    /// <summary>For a new server.</summary>
    public static void Forget() => s_kept.Clear();

    [Error]
    private static ValueTask<Response?> OnError(Exception error)
    {
        return error is Planned planned ? Answer(planned) : default;

        static async ValueTask<Response?> Answer(Planned planned)
        {
            switch (planned.How)
            {
                case "plain":
                    return new Response($"error;{planned.Secret}\n");
                case "slow":
                    await Task.Delay(10);
                    return new Response($"error;{planned.Secret}\n") { Headers = { ["X-Error"] = planned.Secret } };
                case "throws":
                    throw new InvalidOperationException("The [Error] handler throws.");
                case "throws-late":
                    await Task.Yield();
                    throw new InvalidOperationException("The [Error] handler throws.");
                case "memory":
                    return Response.Bytes(new GoneMemory(1_000).Memory, "text/plain");
                case "stream":
                    return Response.Stream(new Tracked(Encoding.UTF8.GetBytes($"error;{planned.Secret}\n")), "text/plain", 500);
                default:
                    return null;
            }
        }
    }

    [Get("/cookie-null/{p}")]
    private static string CookieNull(string p, Request request)
    {
        string line = Line("cookie-null", p, request);
        request.Cookies.Set("theme", null!);
        return line;
    }

    [Get("/cookie-null-late/{p}")]
    private static async Task<Response> CookieNullLate(string p, Request request)
    {
        string line = Line("cookie-null-late", p, request);
        await Task.Yield();
        request.Cookies.Set("theme", null!);
        return new Response(line);
    }

    [Get("/header-bad/{p}")]
    private static Response HeaderBad(string p, Request request) =>
        new(Line("header-bad", p, request)) { Headers = { ["X-Bad"] = "a\r\nb" } };

    [Get("/throws/{p}")]
    private static string Throws(string p, Request request, string how = "decline") =>
        throw new Planned(how, Line("throws", p, request).TrimEnd('\n'));

    [Get("/throws-late/{p}")]
    private static async Task<string> ThrowsLate(string p, Request request, string how = "decline")
    {
        string line = Line("throws-late", p, request).TrimEnd('\n');
        await Task.Yield();
        throw new Planned(how, line);
    }

    [Get("/throws-blocking/{p}"), Blocking]
    private static string ThrowsBlocking(string p, Request request, string how = "decline") =>
        throw new Planned(how, Line("throws-blocking", p, request).TrimEnd('\n'));

    [Get("/teapot/{p}")]
    private static string Teapot(string p) => throw new HttpException(418, p);

    [Get("/memory/{length}/{p}")]
    private static Response BadMemory(int length, string p) =>
        Response.Bytes(new GoneMemory(length).Memory, "text/plain");

    [Get("/memory-late/{length}/{p}")]
    private static async Task<Response> BadMemoryLate(int length, string p)
    {
        await Task.Yield();
        return Response.Bytes(new GoneMemory(length).Memory, "text/plain");
    }

    [Get("/memory-then-not/{times}/{length}/{p}")]
    private static Response MemoryThenNot(int times, int length, string p) =>
        Response.Bytes(new GoneMemory(length, times).Memory, "text/plain");

    [Get("/long-type/{p}")]
    private static Response LongType(string p, int length) =>
        Response.Bytes("typed"u8.ToArray(), "text/plain; a=" + new string('t', length));

    [Get("/bad-json-lines/{p}")]
    private static Response BadJsonLines(string p)
    {
        return Response.JsonLines(Items(p), AppJson.Default.Bomb);

        static async IAsyncEnumerable<Bomb> Items(string p)
        {
            yield return new Bomb(p, 3);
            await Task.Yield();
        }
    }

    [Get("/bad-sequence/{where}/{p}")]
    private static Response Sequence(string where, string p, Request request) =>
        Response.Stream(new BadSequence(where, Line("bad-sequence", p, request)));

    [Get("/bad-stream/{where}/{p}")]
    private static Response BadStream(string where, string p, Request request) =>
        Response.Stream(new Tracked(Encoding.UTF8.GetBytes(Line("bad-stream", p, request, n: 100)), where), "text/plain");

    [Get("/bad-writer/{where}/{p}")]
    private static Response BadWriter(string where, string p, Request request)
    {
        byte[] line = Encoding.UTF8.GetBytes(Line("bad-writer", p, request));
        return where == "at-once"
            ? Response.Stream((_, _) => throw new Planned("decline", p), "text/plain")
            : Response.Stream(async (body, aborted) =>
            {
                if (where == "later")
                {
                    await body.WriteAsync(line, aborted);
                    await Task.Delay(1, aborted);
                }

                await Task.Yield();
                throw new Planned("decline", p);
            }, "text/plain");
    }

    [Get("/bad-json/{p}")]
    private static Bomb BadJson(string p, int n = 3)
    {
        Ambient.Enter("bad-json");
        return new Bomb(p, n);
    }

    [Get("/bad-json-late/{p}")]
    private static async Task<Bomb> BadJsonLate(string p, int n = 3)
    {
        await Task.Yield();
        return new Bomb(p, n);
    }

    // ---- requests that are kept
    // ------------------------------------------------------------------------------------------

    [Get("/keep/{p}")]
    private static string Keep(string p, Request request)
    {
        s_kept[p] = request;
        return Line("keep", p, request);
    }

    [Get("/keep-late/{p}")]
    private static async Task<string> KeepLate(string p, Request request)
    {
        s_kept[p] = request;
        Ambient.Enter("keep-late");
        await Task.Yield();
        return Line("keep-late", p, request, enters: false);
    }

    /// <summary>What a kept request says once it is over: the word <c>over</c>, or what it showed.</summary>
    [Get("/touch/{key}/{p}")]
    private static async Task<string> Touch(string key, string p, bool aborts = false)
    {
        await Task.Yield();
        if (!s_kept.TryRemove(key, out Request? kept)) return "not kept";

        // The client has its response, but its exchange may be ending at this moment
        string shown = Look(kept, key);
        for (int i = 0; i < 50 && shown == "its own"; i++)
        {
            await Task.Delay(20);
            shown = Look(kept, key);
        }

        if (aborts && shown == "over") Cut(kept);
        return shown;
    }

    /// <summary>The same from a handler that runs on the loop.</summary>
    [Get("/touch-inline/{key}/{p}")]
    private static string TouchInline(string key, string p, bool aborts = false)
    {
        if (!s_kept.TryRemove(key, out Request? kept)) return "not kept";
        string shown = Look(kept, key);
        if (aborts && shown == "over") Cut(kept);
        return shown;
    }

    private static string Look(Request kept, string key)
    {
        try
        {
            string shown = $"{kept.Path} {kept.Headers["X-Secret"]} {kept.Cookies["secret"]} {kept.Url}";
            return Ledger.HasForeign(shown, key) ? $"showed {shown}" : "its own";
        }
        catch (ObjectDisposedException)
        {
            return "over";
        }
        catch (Exception e)
        {
            return $"threw {e.GetType().Name}: {e.Message}";
        }
    }

    private static void Cut(Request request)
    {
        try
        {
            request.Abort();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    // ---- what handlers do to their server
    // ----------------------------------------------------------------------------------

    [Get("/abort/{how}/{p}")]
    private static string Abort(string how, string p, Request request)
    {
        string line = Line("abort", p, request);
        if (how == "now") request.Abort();
        else
        {
            // About when the handler has ended, before or after
            ThreadPool.QueueUserWorkItem(_ =>
            {
                Thread.SpinWait(Random.Shared.Next(20_000));
                Cut(request);
            });
        }

        return line;
    }

    [Get("/abort-late/{p}")]
    private static async Task<string> AbortLate(string p, Request request)
    {
        string line = Line("abort-late", p, request);
        await Task.Yield();
        request.Abort();
        return line;
    }

    [Get("/abort-blocking/{p}"), Blocking]
    private static string AbortBlocking(string p, Request request)
    {
        string line = Line("abort-blocking", p, request);
        request.Abort();
        return line;
    }

    /// <summary>
    /// After it has cut its connection, a handler still sees its own request, or hears that it is over.
    /// </summary>
    [Get("/abort-looks/{p}")]
    private static string AbortLooks(string p, Request request)
    {
        request.Abort();

        // Whoever gets a buffer from the pool may write into it
        var rented = new List<byte[]>();
        for (int size = 256; size <= 128 << 10; size *= 2)
        {
            for (int i = 0; i < 3; i++)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
                Array.Fill(buffer, (byte)'!');
                rented.Add(buffer);
            }
        }

        string seen;
        try
        {
            seen = $"{request.Headers["X-Secret"]};{request.Cookies["secret"]}";
        }
        catch (ObjectDisposedException)
        {
            seen = "over";
        }

        if (seen.Contains('!') || Ledger.HasForeign(seen, p) || seen != "over" && !seen.Contains(";zq", StringComparison.Ordinal))
            Ledger.Report("request changed under its handler", $"/abort-looks of {p} sees {seen}");
        rented.ForEach(buffer => ArrayPool<byte>.Shared.Return(buffer));
        return p;
    }

    [Get("/close-idle/{p}")]
    private static string CloseIdle(string p, Request request, Server server)
    {
        string line = Line("close-idle", p, request);
        server.CloseIdleConnections();
        return line;
    }

    [Get("/close-idle-late/{p}")]
    private static async Task<string> CloseIdleLate(string p, Request request, Server server)
    {
        string line = Line("close-idle-late", p, request);
        await Task.Yield();
        server.CloseIdleConnections();
        return line;
    }

    [Get("/reload/{p}")]
    private static async Task<string> Reload(string p, Request request, Server server)
    {
        string line = Line("reload", p, request);
        try
        {
            await server.ReloadAsync();
        }
        catch (ObjectDisposedException)
        {
        }

        return line;
    }

    [Get("/collect/{p}")]
    private static string Collect(string p, Request request)
    {
        string line = Line("collect", p, request);
        GC.Collect(0);
        return line;
    }

    [Get("/stop/{p}")]
    private static string Stop(string p, Request request, Server server)
    {
        string line = Line("stop", p, request);
        _ = server.StopAsync();
        return line;
    }
}
