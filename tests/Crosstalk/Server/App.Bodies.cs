using System.Buffers;
using System.IO.Pipelines;
using System.Text;

// Bodies of requests, read in every way, in part, too late and not at all
internal sealed partial class App
{
    [Post("/whole-bytes/{p}")]
    private static byte[] WholeBytes(string p, Request request, [Body] byte[] body) =>
        Encoding.UTF8.GetBytes(Line("whole-bytes", p, request, Encoding.UTF8.GetString(body)));

    [Post("/whole-span/{p}")]
    private static string WholeSpan(string p, Request request, [Body] ReadOnlySpan<byte> body) =>
        Line("whole-span", p, request, Encoding.UTF8.GetString(body));

    [Post("/typed/{p}")]
    private static Echoed Typed(string p, Request request, Note note) =>
        Echo("typed", p, request, note.Secret, note.Lines.Length);

    [Post("/read-json/{p}")]
    private static async Task<Echoed> ReadJson(string p, Request request)
    {
        Ambient.Enter("read-json");
        Note note = await request.JsonAsync(AppJson.Default.Note) ?? throw new HttpException(400);
        return Echo("read-json", p, request, note.Secret, note.Lines.Length, enters: false);
    }

    [Post("/read-text/{p}")]
    private static async Task<string> ReadText(string p, Request request)
    {
        Ambient.Enter("read-text");
        string body = await request.TextAsync();
        return Line("read-text", p, request, body, enters: false);
    }

    [Post("/read-late/{p}")]
    private static async Task<string> ReadLate(string p, Request request)
    {
        Ambient.Enter("read-late");
        await Task.Delay(3);
        string body = Encoding.UTF8.GetString(await request.BytesAsync());
        return Line("read-late", p, request, body, enters: false);
    }

    [Post("/read-form/{p}")]
    private static async Task<string> ReadForm(string p, Request request)
    {
        Ambient.Enter("read-form");
        FormData form = await request.FormAsync();
        string file = form.File("file") is { } sent ? Encoding.UTF8.GetString(sent.Content.Span) : "";
        return Line("read-form", p, request, form["secret"] ?? file, enters: false);
    }

    [Post("/read-parts/{p}")]
    private static async Task<string> ReadParts(string p, Request request)
    {
        Ambient.Enter("read-parts");
        var text = new StringBuilder();
        await foreach (FormPart part in request.PartsAsync()) text.Append(await part.TextAsync());
        return Line("read-parts", p, request, text.ToString(), enters: false);
    }

    [Post("/read-pipe/{p}")]
    private static async Task<string> ReadPipe(string p, Request request)
    {
        Ambient.Enter("read-pipe");
        var text = new StringBuilder();
        while (true)
        {
            ReadResult read = await request.Body.ReadAsync();
            text.Append(Encoding.UTF8.GetString(read.Buffer));
            request.Body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return Line("read-pipe", p, request, text.ToString(), enters: false);
        }
    }

    /// <summary>Reads once, gives back the half of it, and answers.</summary>
    [Post("/read-some/{p}")]
    private static async Task<string> ReadSome(string p, Request request)
    {
        Ambient.Enter("read-some");
        ReadResult read = await request.Body.ReadAsync();
        if (Ledger.HasForeign(Encoding.UTF8.GetString(read.Buffer), p))
            Ledger.Report("foreign body", $"/read-some of {p} read {Encoding.UTF8.GetString(read.Buffer)}");
        request.Body.AdvanceTo(read.Buffer.GetPosition(read.Buffer.Length / 2));
        return Line("read-some", p, request, enters: false);
    }

    [Post("/unread/{p}")]
    private static string Unread(string p, Request request) => Line("unread", p, request);

    [Post("/unread-late/{p}")]
    private static async Task<Response> UnreadLate(string p, Request request)
    {
        Ambient.Enter("unread-late");
        await Task.Delay(1);
        return new Response(Line("unread-late", p, request, enters: false)) { Status = 401 };
    }

    [Post("/limited/{p}"), MaxBody(1000)]
    private static async Task<string> Limited(string p, Request request) =>
        Line("limited", p, request, await request.TextAsync());

    /// <summary>A read that is begun and not awaited; how it ends is watched.</summary>
    [Post("/unawaited/{how}/{p}")]
    private static string Unawaited(string how, string p, Request request)
    {
        string line = Line("unawaited", p, request);
        _ = Watch(request, how, p);
        return line;
    }

    [Post("/unawaited-late/{how}/{p}")]
    private static async Task<string> UnawaitedLate(string how, string p, Request request)
    {
        string line = Line("unawaited-late", p, request);
        _ = Watch(request, how, p);
        await Task.Yield();
        return line;
    }

    private static async Task Watch(Request request, string how, string p)
    {
        Ledger.ReadBegan();
        try
        {
            string text = how switch
            {
                "text" => await request.TextAsync(),
                "bytes" => Encoding.UTF8.GetString(await request.BytesAsync()),
                "form" => (await request.FormAsync())["secret"] ?? "",
                _ => Encoding.UTF8.GetString((await request.Body.ReadAsync()).Buffer),
            };
            if (Ledger.HasForeign(text, p))
                Ledger.Report("foreign body", $"/unawaited/{how} of {p} read {text[..Math.Min(text.Length, 200)]}");
        }
        catch (Exception)
        {
            // Clear or not: what counts is that it ends, and that it shows nobody else's bytes
        }
        finally
        {
            Ledger.ReadEnded();
        }
    }

    /// <summary>A producer that looks at what it has read until long after the client has left.</summary>
    [Post("/holds/{p}")]
    private static Response Holds(string p, Request request)
    {
        PipeReader reader = request.Body;
        return Response.Stream(async (body, aborted) =>
        {
            ReadResult read = await reader.ReadAsync(CancellationToken.None);
            ReadOnlyMemory<byte> held = read.Buffer.First;
            byte[] before = held.ToArray();
            if (Ledger.HasForeign(Encoding.UTF8.GetString(before), p))
                Ledger.Report("foreign body", $"/holds of {p} read {Encoding.UTF8.GetString(before)}");
            await body.WriteAsync("held\n"u8.ToArray(), aborted);
            for (int i = 0; i < 12; i++)
            {
                await Task.Delay(10, CancellationToken.None);
                byte[] now = held.ToArray();
                if (now.AsSpan().SequenceEqual(before)) continue;
                Ledger.Report("held body changed", $"/holds of {p} holds {Encoding.UTF8.GetString(now)[..Math.Min(now.Length, 200)]}");
                break;
            }
        }, "text/plain");
    }

    /// <summary>Reads and writes at the same time.</summary>
    [Post("/both/{p}")]
    private static async IAsyncEnumerable<string> Both(string p, Request request)
    {
        yield return Line("both", p, request);
        while (true)
        {
            ReadResult read = await request.Body.ReadAsync();
            string text = Encoding.UTF8.GetString(read.Buffer);
            request.Body.AdvanceTo(read.Buffer.End);
            if (text.Length > 0) yield return text;
            if (read.IsCompleted) yield break;
        }
    }
}
