using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

// Answers that come piece by piece, from files, from other servers and from this one
internal sealed partial class App
{
    // Nothing is kept between two requests, so that descriptors can be counted
    private static readonly HttpClient s_http = new(new SocketsHttpHandler
    {
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    });
    private static readonly CancellationTokenSource s_longLived = new();
    private static readonly Response s_used = Response.Stream(Once(), "text/plain");

    [Get("/stream-text/{p}")]
    private static async IAsyncEnumerable<string> StreamText(
        string p, Request request, [EnumeratorCancellation] CancellationToken aborted, int n = 3)
    {
        Ambient.Enter("stream-text");
        Ledger.Opened();
        try
        {
            string line = Line("stream-text", p, request, enters: false);
            for (int i = 0; i < n; i++)
            {
                yield return line;
                if (i % 8 == 1) await Task.Delay(1, aborted);
            }
        }
        finally
        {
            Ledger.Closed();
        }
    }

    [Get("/stream-bytes/{p}")]
    private static async IAsyncEnumerable<byte[]> StreamBytes(string p, Request request, int n = 3)
    {
        Ambient.Enter("stream-bytes");
        byte[] line = Encoding.UTF8.GetBytes(Line("stream-bytes", p, request, enters: false));
        for (int i = 0; i < n; i++)
        {
            yield return line;
            if (i % 16 == 1) await Task.Yield();
        }
    }

    /// <summary>One block of memory, written anew for each piece.</summary>
    [Get("/stream-memory/{p}")]
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> StreamMemory(string p, Request request, int n = 3)
    {
        byte[] line = Encoding.UTF8.GetBytes(Line("stream-memory", p, request));
        var block = new byte[line.Length];
        for (int i = 0; i < n; i++)
        {
            line.CopyTo(block, 0);
            yield return block;
            Array.Fill(block, (byte)'!');
            if (i % 16 == 1) await Task.Yield();
        }
    }

    [Get("/stream-json/{p}")]
    private static Response StreamJson(string p, Request request, int n = 3)
    {
        Echoed echoed = Echo("stream-json", p, request, "", 1);
        return Response.JsonLines(Items(), AppJson.Default.Echoed);

        async IAsyncEnumerable<Echoed> Items()
        {
            for (int i = 0; i < n; i++)
            {
                yield return echoed;
                await Task.Yield();
            }
        }
    }

    [Get("/writer/{p}")]
    private static Response Writer(string p, Request request, int n = 3)
    {
        byte[] line = Encoding.UTF8.GetBytes(Line("writer", p, request));
        Response response = Response.Stream(async (body, aborted) =>
        {
            for (int i = 0; i < n; i++)
            {
                line.CopyTo(body.GetMemory(line.Length));
                body.Advance(line.Length);
                if (i % 4 == 0) await body.FlushAsync(aborted);
            }
        }, "text/plain");
        response.Headers["X-Echo"] = request.Headers["X-Secret"] ?? "";
        return response;
    }

    [Get("/copied/{p}")]
    private static async Task<Response> Copied(string p, Request request, int n = 3)
    {
        Ambient.Enter("copied");
        await Task.Yield();
        return Response.Stream(new Tracked(Encoding.UTF8.GetBytes(Line("copied", p, request, enters: false, n: n))), "text/plain");
    }

    [Get("/trailers/{p}")]
    private static async IAsyncEnumerable<string> Trailers(string p, Request request)
    {
        yield return Line("trailers", p, request);
        await Task.Yield();
        request.ResponseTrailers["X-Sum"] = request.Headers["X-Secret"] ?? "";
    }

    /// <summary>Cookies and trailers that change while the loop may be writing them.</summary>
    [Get("/restless/{p}")]
    private static Response Restless(string p, Request request, int n = 20)
    {
        string line = Line("restless", p, request);
        return Response.Stream(async (body, aborted) =>
        {
            for (int i = 0; i < n; i++)
            {
                request.ResponseTrailers[$"X-T{i % 5}"] = p;
                await body.WriteAsync(Encoding.UTF8.GetBytes(line), aborted);
                request.ResponseTrailers.Remove($"X-T{(i + 2) % 5}");
                if (i % 5 == 0) await Task.Yield();
            }
        }, "text/plain");
    }

    [Get("/events/{p}")]
    private static async IAsyncEnumerable<ServerSentEvent> Events(
        string p, Request request, [EnumeratorCancellation] CancellationToken aborted, int n = 3)
    {
        Ambient.Enter("events");
        Ledger.Opened();
        try
        {
            string line = Line("events", p, request, enters: false).TrimEnd('\n');
            for (int i = 0; i < n; i++)
            {
                yield return new ServerSentEvent(line) { Id = p };
                await Task.Delay(1, aborted);
            }
        }
        finally
        {
            Ledger.Closed();
        }
    }

    /// <summary>Until its client leaves.</summary>
    [Get("/endless/{p}")]
    private static async IAsyncEnumerable<ServerSentEvent> Endless(
        string p, Request request, [EnumeratorCancellation] CancellationToken aborted)
    {
        Ledger.Opened();
        try
        {
            string line = Line("endless", p, request).TrimEnd('\n');
            while (true)
            {
                yield return line;
                await Task.Delay(2, aborted);
            }
        }
        finally
        {
            Ledger.Closed();
        }
    }

    [Get("/stream-status/{status}/{p}")]
    private static Response StreamStatus(int status, string p) =>
        Response.Stream(new Tracked(status is 204 or 304 ? [] : Encoding.UTF8.GetBytes(p)), "text/plain", status);

    /// <summary>From the second time on it has been used up.</summary>
    [Get("/twice/{p}")]
    private static Response Twice(string p) => s_used;

    private static async IAsyncEnumerable<string> Once()
    {
        yield return "once";
        await Task.Yield();
    }

    // ---- files
    // -----------------------------------------------------------------------------------------------------------

    [Get("/file/{name}/{p}")]
    private static Response Saved(string name, string p, Request request)
    {
        Ambient.Enter("file");
        Response response = Response.File($"disk/{name}.bin");
        response.Headers["X-Echo"] = request.Headers["X-Secret"] ?? "";
        return response;
    }

    [Get("/file-status/{status}/{p}")]
    private static Response FileStatus(int status, string p)
    {
        Response response = Response.File("disk/small.bin");
        response.Status = status;
        return response;
    }

    [Get("/slice/{p}")]
    private static async Task<Response> Slice(string p, long from, long to)
    {
        Ambient.Enter("slice");
        await Task.Yield();
        return Response.File("disk/large.bin").Slice(from, to);
    }

    // ---- other servers
    // ---------------------------------------------------------------------------------------------------

    [Get("/from/{p}")]
    private static Response From(string p, Request request, int n = 3, bool breaks = false)
    {
        var content = new TrackedContent(Encoding.UTF8.GetBytes(Line("from", p, request, n: n)), breaks);
        var message = new HttpResponseMessage(HttpStatusCode.Accepted) { Content = content };
        message.Headers.Add("X-Echo", request.Headers["X-Secret"] ?? "");
        message.Content.Headers.TryAddWithoutValidation("Content-Type", "text/x-upstream");
        return Response.From(message);
    }

    [Get("/from-status/{status}/{p}")]
    private static Response FromStatus(int status, string p) =>
        Response.From(new HttpResponseMessage((HttpStatusCode)status) { Content = new TrackedContent([], breaks: false) });

    [Get("/upstream/{p}")]
    private static async Task<Response> Upstream(string p, Request request, int n = 3)
    {
        Ambient.Enter("upstream");
        var message = new HttpRequestMessage(HttpMethod.Get, $"{(IsSecure ? "https" : "http")}://127.0.0.1:{Port}/stream-text/{p}?n={n}");
        message.Headers.Add("X-Secret", request.Headers["X-Secret"]);
        message.Headers.Add("Cookie", $"secret={request.Cookies["secret"]}");
        try
        {
            return Response.From(await s_http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead));
        }
        catch (HttpRequestException)
        {
            return Response.Empty(502);
        }
    }

    [Get("/nested/{p}")]
    private static async Task<Response> Nested(
        string p, Request request, Server server, string to = "yield", bool lives = false, int n = 1)
    {
        Ambient.Enter("nested");
        var inner = new Request($"/{to}/{p}?n={n}");
        inner.Headers["X-Secret"] = request.Headers["X-Secret"] ?? "";
        inner.Headers["Cookie"] = $"secret={request.Cookies["secret"]}";
        try
        {
            Response response = await server.FetchAsync(inner, lives ? s_longLived.Token : default);
            return new Response(response.BodyText) { Status = response.Status };
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException)
        {
            return Response.Empty(503);
        }
    }

    /// <summary>Asks itself several things at once.</summary>
    [Get("/fan/{p}")]
    private static async Task<Response> Fan(string p, Request request, Server server)
    {
        Ambient.Enter("fan");
        string h = request.Headers["X-Secret"] ?? "", c = request.Cookies["secret"] ?? "";
        (string Target, string Right)[] asked =
        [
            ($"/text/{p}", $"text;{p};{h};{c};\n"),
            ($"/yield/{p}", $"yield;{p};{h};{c};\n"),
            ($"/services/provided-late/{p}?ms=1", $"provided-late;{p};{h};{c};{h}{p}{p}\n"),
            ($"/services/guarded/{p}?how=answers", $"answers;{p};{h}\n"),
            ($"/stepped/stream/{p}?n=2", $"stepped-stream;{p};{h};{c};\nstepped-stream;{p};{h};{c};\n"),
            ($"/stepped/text/{p}?step=inner-replaces", $"inner;{c}\n"),
            ($"/packed/stream/{p}", $"packed-stream;{p};{h};{c};\n"),
        ];
        try
        {
            await Task.WhenAll(asked.Select(one => Ask(one.Target, one.Right)));
            return new Response(Line("fan", p, request, enters: false));
        }
        catch (Exception e) when (e is ObjectDisposedException or IOException)
        {
            return Response.Empty(503);
        }

        async Task Ask(string target, string right)
        {
            var inner = new Request(target) { Headers = { ["X-Secret"] = h, ["Cookie"] = $"secret={c}" } };
            string text = (await server.FetchAsync(inner)).BodyText;
            if (text != right) Ledger.Report("another answer to itself", $"{target}: {text[..Math.Min(text.Length, 200)]}");
        }
    }

    /// <summary>Fetches from itself by a name that the client chose.</summary>
    [Get("/by-name")]
    private static async Task<string> ByName(Server server, string name)
    {
        try
        {
            return (await server.FetchAsync(new Request("/inner/" + name))).BodyText;
        }
        catch (ArgumentException)
        {
            return "refused";
        }
    }

    [Get("/inner/{*rest}")]
    private static string Inner(string rest, Request request) => $"{rest}|{request.Headers["X-Injected"]}";
}
