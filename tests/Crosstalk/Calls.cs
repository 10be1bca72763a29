using System.Text;
using System.Text.Json;

namespace Prebake.Crosstalk;

/// <summary>In what a server is for a while: what may happen to those who have done nothing.</summary>
[Flags]
internal enum Weather { Calm = 0, ClosesIdle = 1, Stops = 2, StopsFromHandlers = 4, Cuts = 8 }

/// <summary>Every shape of a request, with what its answer must be.</summary>
internal static partial class Calls
{
    private delegate Call Maker(Random random, Secret secret);

    private static readonly (string Name, int Weight, Weather Needs, Maker Make)[] s_all =
    [
        // Constants
        ("constant", 3, 0, (_, s) => Text(new Call("constant", s, "/constant"), "a constant").Allow("ETag", "Vary", "Cache-Control")),
        ("started", 2, 0, (_, s) => Text(new Call("started", s, "/started"), "made at the start").Allow("ETag", "Vary", "Cache-Control")),
        ("large-started", 2, 0, (_, s) => Must(new Call("large-started", s, "/large-started").Allow("ETag", "Vary", "Cache-Control"), 200, IsOneGeneration)),
        ("redirect", 2, 0, (_, s) => Must(new Call("redirect", s, "/old").Allow("Location"), 301, answer => answer["Location"] == "/constant" ? null : "another Location")),

        // Synchronous
        ("text", 12, 0, (r, s) => Lines(r, "text", s, Some(r))),
        ("bound", 4, 0, (r, s) => Expect(new Call("bound", s, $"/bound/{s.Path}?n=2"), 200, Repeat($"bound;{s.Path};{s.Header};{s.Cookie};\n", 2))),
        ("span", 4, 0, (r, s) => Lines(r, "span", s, Some(r))),
        ("bytes", 4, 0, (r, s) => Lines(r, "bytes", s, Some(r))),
        ("json", 4, 0, (r, s) => Json(new Call("json", s, $"/json/{s.Path}?n=4"), "json", s, "", 4)),
        ("response", 4, 0, (r, s) => Echoes(Lines(r, "response", s, Some(r), status: 201), cookie: true)),
        ("response-json", 3, 0, (r, s) => Echoes(Json(new Call("response-json", s, $"/response-json/{s.Path}?n=9"), "response-json", s, "", 9))),
        ("remote", 3, 0, (r, s) => Port(new Call("remote", s, $"/remote/{s.Path}"), "remote")),
        ("remote-late", 3, 0, (r, s) => Port(new Call("remote-late", s, $"/remote-late/{s.Path}"), "remote-late")),
        ("nothing", 2, 0, (r, s) => Status(new Call("nothing", s, $"/nothing/{s.Path}", "DELETE"), 204)),
        ("shared", 3, 0, (r, s) => Text(new Call("shared", s, $"/shared/{s.Path}"), "shared by all").Allow("X-Shared")),
        ("shared-bytes", 2, 0, (r, s) => Text(new Call("shared-bytes", s, $"/shared-bytes/{s.Path}"), new string('s', 40_000))),

        // Asynchronous
        ("yield", 10, 0, (r, s) => Lines(r, "yield", s, Some(r))),
        ("delay", 8, 0, (r, s) => Lines(r, "delay", s, Some(r), $"&ms={r.Next(0, 8)}")),
        ("delay-token", 6, 0, (r, s) => Token(Lines(r, "delay-token", s, 1, $"&ms={r.Next(0, 8)}"))),
        ("late", 4, 0, (r, s) => Lines(r, "late", s, 1, $"&ms={r.Next(0, 60)}")),
        ("completed", 3, 0, (r, s) => Lines(r, "completed", s, 1)),
        ("json-late", 4, 0, (r, s) => Json(new Call("json-late", s, $"/json-late/{s.Path}?n=40"), "json-late", s, "", 40)),
        ("response-late", 4, 0, (r, s) => Echoes(Lines(r, "response-late", s, Some(r)), cookie: true)),
        ("blocking", 4, 0, (r, s) => Lines(r, "blocking", s, Some(r))),

        // Streams
        ("stream-text", 5, 0, (r, s) => Token(Lines(r, "stream-text", s, Few(r)))),
        ("stream-bytes", 4, 0, (r, s) => Lines(r, "stream-bytes", s, Some(r))),
        ("stream-memory", 4, 0, (r, s) => Lines(r, "stream-memory", s, Few(r))),
        ("stream-json", 3, 0, (r, s) => Must(new Call("stream-json", s, $"/stream-json/{s.Path}?n=3"), 200, answer =>
            answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries) is { Length: 3 } lines ? lines.Select(line => WrongJson(line, "stream-json", s, "", 1)).FirstOrDefault(wrong => wrong is not null) : "not three lines")),
        ("writer", 5, 0, (r, s) => Echoes(Token(Lines(r, "writer", s, Some(r))))),
        ("copied", 4, 0, (r, s) => Lines(r, "copied", s, Some(r))),
        ("trailers", 3, 0, (r, s) => Trailer(Lines(r, "trailers", s, 1))),
        ("restless", 2, 0, (r, s) => MayFail(Lines(r, "restless", s, 20)).Allow("Trailer", "trailer X-T0", "trailer X-T1", "trailer X-T2", "trailer X-T3", "trailer X-T4")),
        ("endless", 2, 0, (r, s) => new Call("endless", s, $"/endless/{s.Path}") { IsEndless = true, EndsConnection = true, MayBeCut = true }),
        ("events", 3, 0, (r, s) => EndsWithTheServer(Must(new Call("events", s, $"/events/{s.Path}?n=3").Allow("Cache-Control", "X-Accel-Buffering"), 200, answer =>
            Count(answer.Text, $"events;{s.Path};{s.Header};{s.Cookie};") == 3 ? null : "not three events"))),
        ("stream-status", 2, 0, (r, s) => r.Next(3) switch
        {
            0 => Unframed(Status(new Call("stream-status", s, $"/stream-status/204/{s.Path}"), 204)),
            1 => Unframed(Status(new Call("stream-status", s, $"/stream-status/304/{s.Path}"), 304)),
            _ => Expect(new Call("stream-status", s, $"/stream-status/207/{s.Path}"), 207, s.Path),
        }),
        ("twice", 2, 0, (r, s) => new Call("twice", s, $"/twice/{s.Path}") { Check = (answer, _) => answer is { Status: 200, Text: "once" } or { Status: 500 } ? null : "neither the one stream nor 500" }),
        ("old-client", 2, 0, (r, s) => Ends(WithoutKeepAlive(Lines(r, "stream-bytes", s, Few(r))))),

        // HEAD: the same without a body
        ("head", 4, 0, (r, s) => Head(r.Next(5) switch
        {
            0 => new Call("head-text", s, $"/text/{s.Path}?n=3", "HEAD"),
            1 => new Call("head-stream", s, $"/stream-text/{s.Path}?n=3", "HEAD"),
            2 => new Call("head-copied", s, $"/copied/{s.Path}?n=3", "HEAD"),
            3 => new Call("head-yield", s, $"/yield/{s.Path}?n=3", "HEAD"),
            _ => new Call("head-static", s, "/large-started", "HEAD").Allow("ETag", "Vary", "Cache-Control"),
        }, 200)),
        ("head-from", 2, 0, (r, s) => Head(new Call("head-from", s, $"/from/{s.Path}?n=3", "HEAD").Allow("X-Echo"), 202)),
        ("head-file", 2, 0, (r, s) => Head(FileFields(new Call("head-file", s, $"/file/large/{s.Path}", "HEAD").With("Range", "bytes=5-9")), 200)),

        // Files
        ("file", 5, 0, (r, s) => Echoes(FileFields(SavedFiles.All.ElementAt(r.Next(3)) is var file ? Expect(new Call("file", s, $"/file/{file.Key}/{s.Path}"), 200, file.Value) : null!))),
        ("range", 3, 0, (r, s) =>
        {
            int from = r.Next(200_000), to = from + r.Next(90_000);
            return Echoes(FileFields(Expect(new Call("range", s, $"/file/large/{s.Path}").With("Range", $"bytes={from}-{to}"), 206, SavedFiles.All["large"][from..(to + 1)])));
        }),
        ("slice", 3, 0, (r, s) =>
        {
            int from = r.Next(200_000), to = from + r.Next(1, 90_000);
            return FileFields(Expect(new Call("slice", s, $"/slice/{s.Path}?from={from}&to={to}"), 206, SavedFiles.All["large"][from..to]));
        }),
        ("directory", 4, 0, (r, s) => FileFields(SavedFiles.All.ElementAt(r.Next(3)) is var file ? Expect(new Call("directory", s, $"/disk/{file.Key}.bin"), 200, file.Value) : null!)),
        ("file-route", 2, 0, (r, s) => FileFields(Expect(new Call("file-route", s, "/file-route"), 200, SavedFiles.All["middle"]))),
        ("no-file", 1, 0, (r, s) => Status(new Call("no-file", s, $"/disk/{s.Path}"), 404)),

        // Other servers, and this one
        ("from", 4, 0, (r, s) => Echoes(Lines(r, "from", s, Some(r), status: 202))),
        ("from-status", 2, 0, (r, s) => Unframed(Status(new Call("from-status", s, $"/from-status/204/{s.Path}"), 204))),
        ("upstream", 3, 0, (r, s) => new Call("upstream", s, $"/upstream/{s.Path}?n=5") { Check = (answer, _) => answer.Status == 502 ? null : Compare(answer, 200, LineOf("stream-text", s), 5), MayBeCut = true }),
        ("nested", 4, 0, (r, s) =>
        {
            string to = r.Next(4) switch { 0 => "text", 1 => "delay", 2 => "stream-text", _ => "yield" };
            return new Call("nested", s, $"/nested/{s.Path}?to={to}&n=3&lives={(r.Next(2) == 0 ? "true" : "false")}") { Check = (answer, _) => answer.Status == 503 ? null : Compare(answer, 200, LineOf(to, s), 3) };
        }),

        // Bodies
        ("whole-bytes", 4, 0, (r, s) => Posts(r, "whole-bytes", s)),
        ("whole-span", 4, 0, (r, s) => Posts(r, "whole-span", s)),
        ("read-text", 5, 0, (r, s) => Posts(r, "read-text", s)),
        ("read-late", 4, 0, (r, s) => Posts(r, "read-late", s)),
        ("read-pipe", 5, 0, (r, s) => Posts(r, "read-pipe", s)),
        ("typed", 4, 0, (r, s) => PostsJson(r, "typed", s)),
        ("read-json", 4, 0, (r, s) => PostsJson(r, "read-json", s)),
        ("read-form", 3, 0, (r, s) => PostsForm(r, "read-form", s)),
        ("read-parts", 3, 0, (r, s) => PostsParts(r, "read-parts", s)),
        ("read-form-parts", 2, 0, (r, s) => PostsParts(r, "read-form", s)),
        ("read-some", 3, 0, (r, s) => Unread(r, "read-some", s, 200)),
        ("unread", 3, 0, (r, s) => Unread(r, "unread", s, 200)),
        ("unread-late", 3, 0, (r, s) => Unread(r, "unread-late", s, 401)),
        ("unawaited", 3, 0, (r, s) => Unread(r, $"unawaited", s, 200, How(r))),
        ("unawaited-late", 3, 0, (r, s) => Unread(r, $"unawaited-late", s, 200, How(r))),
        ("holds", 3, 0, (r, s) => new Call("holds", s, $"/holds/{s.Path}", "POST") { Body = BodyOf(r, s), Check = (answer, _) => answer is { Status: 200, Text: "held\n" } ? null : "not what it says" }),
        ("both", 2, 0, (r, s) =>
        {
            byte[] body = BodyOf(r, s);
            return Expect(new Call("both", s, $"/both/{s.Path}", "POST") { Body = body, IsChunked = r.Next(2) == 0 }, 200, [.. Encoding.UTF8.GetBytes(LineOf("both", s)), .. body]);
        }),

        // Refusals
        ("with-fields", 4, 0, (r, s) => Expect(new Call("with-fields", s, $"/with-fields/{s.Path}"), 200, LineOf("with-fields", s)).Allow("X-Route", "Cache-Control")),
        ("not-found", 3, 0, (r, s) => Status(new Call("not-found", s, $"/no-such-page/{s.Path}"), 404)),
        ("not-allowed", 3, 0, (r, s) => Status(new Call("not-allowed", s, $"/with-fields/{s.Path}", "DELETE").Allow("Allow"), 405)),
        ("options", 2, 0, (r, s) => Status(new Call("options", s, $"/with-fields/{s.Path}", "OPTIONS").Allow("Allow"), 204)),
        ("options-all", 1, 0, (r, s) => Status(new Call("options-all", s, "*", "OPTIONS").Allow("Allow"), 204)),
        ("slash", 2, 0, (r, s) => Must(new Call("slash", s, $"/with-fields/{s.Path}/").Allow("Location"), 308, answer => answer["Location"] == $"/with-fields/{s.Path}" ? null : "another Location")),
        ("unknown-method", 1, 0, (r, s) => Status(new Call("unknown-method", s, $"/text/{s.Path}", "BREW"), 501)),
        ("bad-request", 2, 0, (r, s) => Ends(Status(new Call("bad-request", s, $"/text/{s.Path}").With("Bad Name", s.Header), 400))),
        ("bad-parameter", 1, 0, (r, s) => Status(new Call("bad-parameter", s, $"/text/{s.Path}?n=many"), 400)),
        ("too-long", 2, 0, (r, s) => Ends(Status(new Call("too-long", s, $"/limited/{s.Path}", "POST") { Body = new byte[5_000], IsChunked = r.Next(2) == 0 }, 413))),

        // Faults
        ("cookie-null", 2, 0, (r, s) => Fails(new Call("cookie-null", s, $"/cookie-null/{s.Path}"))),
        ("cookie-null-late", 2, 0, (r, s) => Fails(new Call("cookie-null-late", s, $"/cookie-null-late/{s.Path}"))),
        ("header-bad", 1, 0, (r, s) => Fails(new Call("header-bad", s, $"/header-bad/{s.Path}"))),
        ("throws", 3, 0, (r, s) => Throws(r, "throws", s)),
        ("throws-late", 3, 0, (r, s) => Throws(r, "throws-late", s)),
        ("throws-blocking", 2, 0, (r, s) => Throws(r, "throws-blocking", s)),
        ("teapot", 1, 0, (r, s) => Must(new Call("teapot", s, $"/teapot/{s.Path}"), 418, answer => answer.Text.Contains(s.Path, StringComparison.Ordinal) ? null : "another's tea")),
        ("memory", 2, 0, (r, s) => Fails(new Call("memory", s, $"/memory/{(r.Next(2) == 0 ? 1_000 : 50_000)}/{s.Path}"))),
        ("memory-late", 2, 0, (r, s) => Fails(new Call("memory-late", s, $"/memory-late/{(r.Next(2) == 0 ? 1_000 : 50_000)}/{s.Path}"))),
        ("memory-then-not", 2, 0, (r, s) =>
        {
            int length = r.Next(2) == 0 ? 1_000 : 50_000;
            return Fails(new Call("memory-then-not", s, $"/memory-then-not/{r.Next(1, 5)}/{length}/{s.Path}"), mayBeWhole: new string('m', length));
        }),
        ("long-type", 1, 0, (r, s) => Fails(new Call("long-type", s, $"/long-type/{s.Path}?length={r.Next(2_000)}"), mayBeWhole: "typed")),
        ("bad-json-lines", 2, 0, (r, s) => Fails(new Call("bad-json-lines", s, $"/bad-json-lines/{s.Path}"))),
        ("bad-sequence", 3, 0, (r, s) =>
        {
            string where = OneOf(r, "get", "first", "later", "current", "dispose");
            return Fails(new Call("bad-sequence", s, $"/bad-sequence/{where}/{s.Path}"), mayBeWhole: where == "dispose" ? Repeat(LineOf("bad-sequence", s), 4) : null);
        }),
        ("bad-stream", 3, 0, (r, s) =>
        {
            string where = OneOf(r, "first", "later", "dispose");
            return Fails(new Call("bad-stream", s, $"/bad-stream/{where}/{s.Path}"), mayBeWhole: where == "dispose" ? Repeat(LineOf("bad-stream", s), 100) : null);
        }),
        ("bad-writer", 3, 0, (r, s) => Fails(new Call("bad-writer", s, $"/bad-writer/{OneOf(r, "at-once", "first", "later")}/{s.Path}"))),
        ("bad-json", 2, 0, (r, s) => Fails(new Call("bad-json", s, $"/bad-json/{s.Path}?n={(r.Next(2) == 0 ? 3 : 3_000)}"))),
        ("bad-json-late", 2, 0, (r, s) => Fails(new Call("bad-json-late", s, $"/bad-json-late/{s.Path}?n={(r.Next(2) == 0 ? 3 : 3_000)}"))),
        ("from-breaks", 2, 0, (r, s) => Fails(new Call("from-breaks", s, $"/from/{s.Path}?n=50&breaks=true").Allow("X-Echo"))),

        // Requests that are kept, and what handlers do to their server
        ("keep", 4, 0, (r, s) => Keeps(Lines(r, "keep", s, 1, query: ""))),
        ("keep-late", 4, 0, (r, s) => Keeps(Lines(r, "keep-late", s, 1, query: ""))),
        ("abort", 2, 0, (r, s) => Aborts(new Call("abort", s, $"/abort/{OneOf(r, "now", "about-now")}/{s.Path}"))),
        ("abort-late", 1, 0, (r, s) => Aborts(new Call("abort-late", s, $"/abort-late/{s.Path}"))),
        ("abort-blocking", 1, 0, (r, s) => Aborts(new Call("abort-blocking", s, $"/abort-blocking/{s.Path}"))),
        ("abort-looks", 2, 0, (r, s) => Aborts(new Call("abort-looks", s, $"/abort-looks/{s.Path}"))),
        ("reload", 1, 0, (r, s) => Lines(r, "reload", s, 1)),
        ("collect", 1, 0, (r, s) => Lines(r, "collect", s, 1)),
        ("close-idle", 3, Weather.ClosesIdle, (r, s) => Lines(r, "close-idle", s, 1)),
        ("close-idle-late", 3, Weather.ClosesIdle, (r, s) => Lines(r, "close-idle-late", s, 1)),
        ("stop", 1, Weather.StopsFromHandlers, (r, s) => Lines(r, "stop", s, 1)),

        .. ServiceShapes(),
    ];

    /// <summary>What may be asked for by name.</summary>
    public static IEnumerable<string> Names => [.. s_all.Select(shape => shape.Name), SocketTalk.Name];

    /// <summary>One of them; those that break what the weather promises are left out.</summary>
    public static Call Pick(Random random, Weather weather, IReadOnlyCollection<string>? only)
    {
        while (true)
        {
            int at = random.Next(s_weight);
            foreach ((string name, int weight, Weather needs, Maker make) in s_all)
            {
                if ((at -= weight) >= 0) continue;
                if ((needs & ~weather) != 0 || only is not null && !only.Contains(name)) break;
                return make(random, new Secret(random));
            }
        }
    }

    private static readonly int s_weight = s_all.Sum(shape => shape.Weight);

    /// <summary>A request that was kept is over, and says so; an end to its connection must hit nobody.</summary>
    public static Call Touch(Random random, string key)
    {
        var secret = new Secret(random);
        string how = random.Next(3) == 0 ? "touch-inline" : "touch";
        return new Call(how, secret, $"/{how}/{key}/{secret.Path}?aborts={(random.Next(2) == 0 ? "true" : "false")}")
        {
            // On the loop it cannot wait until the exchange has ended on another
            Check = (answer, _) =>
                answer.Text == "over" || how == "touch-inline" && answer.Text == "its own" ? null : "a kept request is not over",
        };
    }

    // ---- what an answer must be
    // --------------------------------------------------------------------------------------------

    private static Call Allow(this Call call, params string[] headers)
    {
        call.Headers = [.. call.Headers, .. headers];
        return call;
    }

    private static Call Must(Call call, int status, Func<Answer, string?> check)
    {
        call.Check = (answer, _) => answer.Status == status ? check(answer) : $"not {status}";
        return call;
    }

    private static Call Status(Call call, int status) => Must(call, status, _ => null);

    private static Call Text(Call call, string text) => Expect(call, 200, text);

    private static Call Expect(Call call, int status, string text) =>
        Expect(call, status, Encoding.UTF8.GetBytes(text));

    private static Call Expect(Call call, int status, byte[] body) =>
        Must(call, status, answer => Differs(answer.Body, body));

    private static string? Differs(ReadOnlySpan<byte> came, ReadOnlySpan<byte> right)
    {
        int same = came.CommonPrefixLength(right);
        if (same == right.Length && same == came.Length) return null;
        string other = Answer.Excerpt(came[same..Math.Min(came.Length, same + 100)]);
        return $"{came.Length} bytes instead of {right.Length}, other from byte {same} on: '{other}'";
    }

    private static string? Compare(Answer answer, int status, string line, int n) =>
        answer.Status == status ? Differs(answer.Body, Encoding.UTF8.GetBytes(Repeat(line, n))) : $"not {status}";

    private static string LineOf(string shape, Secret s, string body = "") =>
        $"{shape};{s.Path};{s.Header};{s.Cookie};{body}\n";

    private static string Repeat(string text, int n) => string.Concat(Enumerable.Repeat(text, n));

    // Most are small; some pass 16 KiB, from where on bytes are pointed to, and some what a socket takes at once
    private static int Some(Random random) =>
        random.Next(20) switch { < 10 => 1, < 14 => 10, < 18 => 80, < 19 => 400, _ => 4_000 };

    private static int Few(Random random) => random.Next(1, 40);

    private static string OneOf(Random random, params string[] words) => words[random.Next(words.Length)];

    private static string How(Random random) => OneOf(random, "text", "bytes", "form", "pipe");

    private static int Count(string text, string part)
    {
        int count = 0;
        for (int at = -1; (at = text.IndexOf(part, at + 1, StringComparison.Ordinal)) >= 0;) count++;
        return count;
    }

    private static Call Lines(Random random, string shape, Secret s, int n, string more = "", int status = 200, string? query = null) =>
        Expect(new Call(shape, s, $"/{shape}/{s.Path}{query ?? $"?n={n}{more}"}"), status, Repeat(LineOf(shape, s), n));

    private static Call Echoes(Call call, bool cookie = false)
    {
        Func<Answer, Wire, string?> first = call.Check;
        call.Check = (answer, wire) => first(answer, wire) ??
            (answer["X-Echo"] != call.Secret.Header ? $"X-Echo is '{answer["X-Echo"]}'"
                : cookie && !SetsCookie(answer, call) ? $"Set-Cookie is '{answer["Set-Cookie"]}'"
                : null);
        return cookie ? call.Allow("X-Echo", "Set-Cookie") : call.Allow("X-Echo");
    }

    private static bool SetsCookie(Answer answer, Call call) =>
        answer["Set-Cookie"] is { } cookie && cookie.StartsWith($"echo={call.Secret.Cookie};", StringComparison.Ordinal);

    private static Call Port(Call call, string shape)
    {
        call.Check = (answer, wire) => Compare(answer, 200, $"{wire.LocalPort}\n{LineOf(shape, call.Secret)}", n: 1);
        return call;
    }

    private static Call Trailer(Call call)
    {
        Func<Answer, Wire, string?> first = call.Check;
        call.Check = (answer, wire) => first(answer, wire) ?? (answer["trailer X-Sum"] == call.Secret.Header ? null : "another trailer, or none");
        return call.Allow("trailer X-Sum", "Trailer");
    }

    private static string? WrongJson(string text, string shape, Secret s, string body, int lines)
    {
        try
        {
            JsonElement root = JsonDocument.Parse(text).RootElement;
            (string Name, string Value)[] right = [("Shape", shape), ("Path", s.Path), ("Header", s.Header), ("Cookie", s.Cookie), ("Body", body)];
            foreach ((string name, string value) in right)
                if (root.GetProperty(name).GetString() != value) return $"another {name}";
            return root.GetProperty("Lines").GetArrayLength() == lines ? null : "not as many lines";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            return "not the JSON that it says";
        }
    }

    private static Call Json(Call call, string shape, Secret s, string body, int lines) =>
        Must(call, 200, answer => WrongJson(answer.Text, shape, s, body, lines));

    private static Call Head(Call call, int status) => Must(call.Allow("X-Echo"), status, _ => null);

    private static Call FileFields(Call call) =>
        call.Allow("ETag", "Last-Modified", "Accept-Ranges", "Content-Range", "Vary", "X-Echo");

    /// <summary>RFC 9112 section 6.1: neither a length nor a coding.</summary>
    private static Call Unframed(Call call)
    {
        Func<Answer, Wire, string?> first = call.Check;
        call.Check = (answer, wire) => first(answer, wire)
            ?? (answer["Transfer-Encoding"] is not null || answer.Status == 204 && answer["Content-Length"] is not null ? "a body is announced" : null);
        return call;
    }

    private static Call Ends(Call call)
    {
        call.EndsConnection = true;
        return call;
    }

    private static Call WithoutKeepAlive(Call call)
    {
        call.MinorVersion = 0;
        return call;
    }

    private static Call Token(Call call)
    {
        call.HasToken = true;
        return call;
    }

    private static Call EndsWithTheServer(Call call)
    {
        call.EndsWithTheServer = true;
        return Token(call);
    }

    private static Call MayFail(Call call)
    {
        Func<Answer, Wire, string?> first = call.Check;
        call.Check = (answer, wire) => answer.Status == 500 ? null : first(answer, wire);
        call.MayBeCut = true;
        return Ends(call);
    }

    private static Call Keeps(Call call)
    {
        call.Keeps = call.Secret.Path;
        return call;
    }

    /// <summary>500, or a cut; never an answer that looks whole.</summary>
    private static Call Fails(Call call, string? mayBeWhole = null)
    {
        call.Check = (answer, _) =>
            answer.Status == 500 ? null
            : mayBeWhole is null ? "a fault looks like an answer"
            : Compare(answer, 200, mayBeWhole, n: 1);
        call.MayBeCut = true;
        return call;
    }

    private static Call Throws(Random random, string shape, Secret s)
    {
        string how = OneOf(random, "decline", "plain", "slow", "throws", "throws-late", "stream", "memory");
        string text = how is "plain" or "slow" or "stream" ? $"error;{LineOf(shape, s)}" : "";
        Call call = new Call(shape, s, $"/{shape}/{s.Path}?how={how}").Allow("X-Error");
        return text.Length == 0 ? Status(call, 500) : Expect(call, 500, text);
    }

    private static Call Aborts(Call call)
    {
        call.MayBeCut = true;
        return Ends(call);
    }

    private static string? IsOneGeneration(Answer answer)
    {
        ReadOnlySpan<byte> body = answer.Body;
        const int Length = 20;
        if (body.Length < Length || !body.StartsWith("generation "u8))
            return $"it begins with '{Answer.Excerpt(body[..Math.Min(body.Length, 100)])}'";
        ReadOnlySpan<byte> line = body[..Length];
        for (int at = 0; at < body.Length; at += Length)
        {
            ReadOnlySpan<byte> next = body[at..Math.Min(body.Length, at + Length)];
            if (!next.SequenceEqual(line[..next.Length]))
                return $"foreign from byte {at} on: '{Answer.Excerpt(body[at..Math.Min(body.Length, at + 100)])}'";
        }

        return null;
    }

    // ---- bodies
    // ------------------------------------------------------------------------------------------------------------

    private static byte[] BodyOf(Random random, Secret s) =>
        Encoding.UTF8.GetBytes(Repeat(s.Body, random.Next(10) switch { < 4 => 1, < 7 => 30, < 9 => 700, _ => 5_000 }));

    private static Call Post(Random random, string shape, Secret s, byte[] body, string? contentType = null)
    {
        var call = new Call(shape, s, $"/{shape}/{s.Path}", "POST") { Body = body, IsChunked = random.Next(3) == 0 };
        return contentType is null ? call : call.With("Content-Type", contentType);
    }

    private static Call Posts(Random random, string shape, Secret s)
    {
        byte[] body = BodyOf(random, s);
        Call call = Expect(Post(random, shape, s, body), 200, LineOf(shape, s, Encoding.UTF8.GetString(body)));
        return random.Next(10) == 0 ? call.With("Expect", "100-continue") : call;
    }

    private static Call PostsJson(Random random, string shape, Secret s)
    {
        int lines = random.Next(3) == 0 ? 1_500 : random.Next(1, 5);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { Secret = s.Body, Lines = Enumerable.Repeat(s.Body, lines) });
        return Json(Post(random, shape, s, body, "application/json"), shape, s, s.Body, lines);
    }

    private static Call PostsForm(Random random, string shape, Secret s) =>
        Expect(
            Post(random, shape, s, Encoding.UTF8.GetBytes($"a=1&secret={s.Body}&b=2"), "application/x-www-form-urlencoded"),
            200, LineOf(shape, s, s.Body));

    private static Call PostsParts(Random random, string shape, Secret s)
    {
        string content = Repeat(s.Body, random.Next(3) == 0 ? 900 : 2);
        string body = $"--bound\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{s.Path}.txt\"\r\n"
            + $"Content-Type: text/plain\r\n\r\n{content}\r\n--bound--\r\n";
        Call call = Post(random, shape, s, Encoding.UTF8.GetBytes(body), "multipart/form-data; boundary=bound");
        return Expect(call, 200, LineOf(shape, s, content));
    }

    private static Call Unread(Random random, string shape, Secret s, int status, string? how = null)
    {
        string target = how is null ? $"/{shape}/{s.Path}" : $"/{shape}/{how}/{s.Path}";
        var call = new Call(shape, s, target, "POST") { Body = BodyOf(random, s), IsChunked = random.Next(3) == 0 };
        if (how == "form") call.With("Content-Type", "application/x-www-form-urlencoded");
        return Expect(call, status, LineOf(shape, s));
    }
}
