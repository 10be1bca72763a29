using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Prebake.Crosstalk;

// What stands around handlers: providers, guards, steps, forms, rules, compression
internal static partial class Calls
{
    // A method, and not a field: fields of two files are made in an order that nobody has said
    private static IEnumerable<(string Name, int Weight, Weather Needs, Maker Make)> ServiceShapes() =>
    [
        // Providers
        ("provided", 4, 0, (r, s) => Provided(r, "provided", s, s.Header + s.Path)),
        ("provided-late", 5, 0, (r, s) => Provided(r, "provided-late", s, s.Header + s.Path + s.Path, $"&ms={r.Next(-1, 6)}")),
        ("provided-blocking", 3, 0, (r, s) => Provided(r, "provided-blocking", s, s.Path)),
        ("provided-stream", 4, 0, (r, s) => Token(Provided(r, "provided-stream", s, s.Path))),
        ("provided-copied", 3, 0, (r, s) => Provided(r, "provided-copied", s, s.Path)),
        ("provided-dispose", 2, 0, (r, s) => Provided(r, "provided-late", s, s.Header + s.Path + s.Path, "&fault=dispose")),
        ("provided-throws", 3, 0, (r, s) => Service(Expect(Of("provided-throws", s), 500, $"service;{s.Path};{s.Path}\n"), $"{s.Path};{s.Path}")),
        ("provider-throws", 3, 0, (r, s) => r.Next(2) == 0
            ? Says(Of("provided-late", s, $"?fault=at-once&ms={r.Next(-1, 3)}"), 409, s.Path)
            : Service(Expect(Of("provided-late", s, $"?fault=later&ms={r.Next(-1, 3)}"), 500, $"service;{s.Path};{s.Header}\n"), $"{s.Path};{s.Header}")),
        ("provided-null", 2, 0, (r, s) => Must(Of(OneOf(r, "provided", "provided-late"), s, "?nobody=true").Allow("WWW-Authenticate"), 401,
            answer => answer["WWW-Authenticate"] == "Secret" ? null : "another challenge, or none")),
        ("provided-body", 4, 0, (r, s) => Body(r, "provided-body", s)),
        ("provided-read", 3, 0, (r, s) => Body(r, "provided-read", s)),
        ("provided-json", 3, 0, (r, s) =>
        {
            int lines = r.Next(1, 40);
            Call call = Sent(r, "services", "provided-json", s, JsonOf(s, lines), "application/json", r.Next(3) == 0 ? "?other=true" : "");
            return call.Target.EndsWith("true", StringComparison.Ordinal)
                ? Expect(call, 404, $"other;{s.Path};{s.Body}\n")
                : Json(call, "provided-json", s, s.Body, lines);
        }),

        // Guards
        ("guarded", 5, 0, (r, s) =>
        {
            string how = OneOf(r, "yes", "at-once", "no", "no-late", "throws", "throws-late", "answers");
            Call call = Of("guarded", s, $"?how={how}");
            return how switch
            {
                "no" or "no-late" => Status(call, 403),
                "throws" or "throws-late" => Service(Expect(call, 500, $"service;{s.Path};{s.Header}\n"), $"{s.Path};{s.Header}"),
                "answers" => Expect(call, 203, $"answers;{s.Path};{s.Header}\n"),
                _ => Expect(call, 200, LineOf("guarded", s, s.Path)),
            };
        }),

        // Forms, rules, lists
        ("form", 4, 0, Form),
        ("form-fields", 2, 0, (r, s) => Expect(
            Sent(r, "services", "form", s, Encoding.UTF8.GetBytes($"secret={s.Body}&more=a&more={s.Body}"), "application/x-www-form-urlencoded"),
            200, LineOf("form", s, $"{s.Body}+a{s.Body}+"))),
        ("checked", 4, 0, (r, s) =>
        {
            string wants = OneOf(r, "nothing", "late", "error", "late-error");
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { Secret = s.Body, Wants = wants });
            Call call = Sent(r, "services", "checked", s, body, "application/json");
            return wants.EndsWith("error", StringComparison.Ordinal) ? Says(call, 422, s.Body) : Json(call, "checked", s, s.Body, 1);
        }),
        ("checked-bad", 2, 0, (r, s) => Status(Sent(r, "services", "checked", s, Encoding.UTF8.GetBytes($"{{\"Secret\":\"{s.Body}"), "application/json"), 400)),
        ("notes", 3, 0, (r, s) =>
        {
            int notes = r.Next(1, 30);
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(Enumerable.Repeat(new { Secret = s.Body, Lines = new[] { s.Body, "b" } }, notes));
            return Json(Sent(r, "services", "notes", s, body, "application/json"), "notes", s, s.Body, notes * 2);
        }),
        ("tags", 2, 0, (r, s) => r.Next(4) == 0
            ? Status(Of("tags", s, $"?tag={s.Path}&most=12"), 422)
            : Expect(Of("tags", s, $"?tag={s.Path}&tag=b&tag={s.Header}"), 200, LineOf("tags", s, $"{s.Path},b,{s.Header}"))),

        // Steps
        ("stepped", 12, 0, Step),
        ("stepped-body", 5, 0, (r, s) =>
        {
            string shape = OneOf(r, "body", "read");
            byte[] body = BodyOf(r, s);
            Call call = Sent(r, "stepped", shape, s, body, query: $"?step={OneOf(r, "", "wait", "around-waits")}");
            return Around(Expect(call, 200, LineOf("stepped-" + shape, s, Encoding.UTF8.GetString(body))));
        }),
        ("stepped-none", 3, 0, (r, s) => r.Next(3) switch
        {
            0 => Around(Status(new Call("stepped-none", s, $"/stepped/nothing/{s.Path}"), 404)),
            1 => Around(Status(new Call("stepped-none", s, $"/stepped/text/{s.Path}", "DELETE").Allow("Allow"), 405)),
            _ => Status(new Call("stepped-none", s, $"/stepped/number/{s.Path}"), 400),
        }),

        // Compression
        ("packed", 6, 0, (r, s) =>
        {
            string shape = OneOf(r, "text", "stream", "copied");
            int n = Some(r);
            return Packed(r, new Call("packed", s, $"/packed/{shape}/{s.Path}?n={n}"), text =>
                Differs(text, Encoding.UTF8.GetBytes(Repeat(LineOf("packed-" + shape, s), n))));
        }),
        ("packed-json", 3, 0, (r, s) =>
        {
            int n = r.Next(1, 200);
            return Packed(r, new Call("packed-json", s, $"/packed/json/{s.Path}?n={n}"), text =>
                WrongJson(Encoding.UTF8.GetString(text), "packed-json", s, "", n));
        }),
        ("packed-throws", 2, 0, (r, s) =>
        {
            string where = OneOf(r, "first", "later");
            Call call = new Call("packed-throws", s, $"/packed/copied/{s.Path}?n=300&fault={where}").With("Accept-Encoding", OneOf(r, "gzip", "br", "identity"));
            return Fails(call.Allow("Content-Encoding", "Vary"));
        }),

        ("packed-body", 4, 0, (r, s) =>
        {
            string shape = OneOf(r, "body", "read"), coding = OneOf(r, "gzip", "br", "deflate", "identity");
            byte[] body = BodyOf(r, s);
            Call call = Sent(r, "packed", shape, s, Pack(body, coding)).With("Content-Encoding", coding).Allow("Vary");
            return Expect(call, 200, LineOf("packed-" + shape, s, Encoding.UTF8.GetString(body)));
        }),

        // Its time is up, or it is not
        ("deadline", 3, 0, (r, s) => new Call("deadline", s, $"/services/deadline/{s.Path}?ms={r.Next(40)}")
        {
            Check = (answer, _) => answer.Status == 503 ? null : Compare(answer, 200, LineOf("deadline", s), 1),
        }),

        // All of it at once, without a socket
        ("fan", 3, 0, (r, s) => new Call("fan", s, $"/fan/{s.Path}")
        {
            Check = (answer, _) => answer.Status == 503 ? null : Compare(answer, 200, LineOf("fan", s), 1),
        }),
    ];

    private static Call Of(string shape, Secret s, string query = "") => new(shape, s, $"/services/{shape}/{s.Path}{query}");

    private static Call Provided(Random random, string shape, Secret s, string given, string more = "")
    {
        int n = Some(random);
        return Expect(Of(shape, s, $"?n={n}{more}"), 200, Repeat(LineOf(shape, s, given), n));
    }

    private static Call Service(Call call, string header)
    {
        Func<Answer, Wire, string?> first = call.Check;
        call.Check = (answer, wire) => first(answer, wire) ?? (answer["X-Service"] == header ? null : $"X-Service is '{answer["X-Service"]}'");
        return call.Allow("X-Service");
    }

    private static Call Says(Call call, int status, string secret) =>
        Must(call, status, answer => answer.Text.Contains(secret, StringComparison.Ordinal) ? null : "it does not say whose it is");

    private static Call Sent(
        Random random, string part, string shape, Secret s, byte[] body, string? contentType = null, string query = "")
    {
        var call = new Call(shape, s, $"/{part}/{shape}/{s.Path}{query}", "POST") { Body = body, IsChunked = random.Next(3) == 0 };
        if (contentType is not null) call.With("Content-Type", contentType);
        return random.Next(10) == 0 ? call.With("Expect", "100-continue") : call;
    }

    private static byte[] JsonOf(Secret s, int lines) =>
        JsonSerializer.SerializeToUtf8Bytes(new { Secret = s.Body, Lines = Enumerable.Repeat(s.Body, lines) });

    private static Call Body(Random random, string shape, Secret s)
    {
        byte[] body = BodyOf(random, s);
        Call call = Sent(random, "services", shape, s, body, query: $"?ms={random.Next(-1, 5)}");
        return Expect(call, 200, LineOf(shape, s, Encoding.UTF8.GetString(body)));
    }

    // Some files are held in memory, and some in a temporary file
    private static Call Form(Random random, Secret s)
    {
        string content = Repeat(s.Body, random.Next(6) switch { 0 => 5_000, 1 => 900, _ => 2 });
        string body = $"--bound\r\nContent-Disposition: form-data; name=\"secret\"\r\n\r\n{s.Body}\r\n"
            + $"--bound\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{s.Path}.txt\"\r\n"
            + $"Content-Type: text/plain\r\n\r\n{content}\r\n"
            + $"--bound\r\nContent-Disposition: form-data; name=\"more\"\r\n\r\n{s.Path}\r\n--bound--\r\n";
        return Expect(
            Sent(random, "services", "form", s, Encoding.UTF8.GetBytes(body), "multipart/form-data; boundary=bound"),
            200, LineOf("form", s, $"{s.Body}+{s.Path}+{content}"));
    }

    private static Call Step(Random random, Secret s)
    {
        string shape = OneOf(random, "text", "yield", "stream", "copied", "blocking", "throws");
        string step = random.Next(2) == 0 ? "" : OneOf(
            random, "wait", "wait-refuses", "wait-throws", "outer-throws", "around-waits", "around-throws-first", "around-throws", "around-replaces",
            "around-leaves", "around-twice",
            "before-answers", "before-throws", "inner-throws", "inner-replaces");
        int n = Some(random);
        var call = new Call("stepped", s, $"/stepped/{shape}/{s.Path}?n={n}&step={step}");
        string thrown = $"stepped;{step};{s.Header}\n";
        return step switch
        {
            // What is answered in the place of a response has nothing of it
            "outer-throws" => Stepped(Expect(call, 500, thrown), isAfter: false, isAround: false),
            "around-throws-first" or "around-throws" => Stepped(Expect(call, 500, thrown), isAfter: true, isAround: false),
            "around-leaves" or "around-twice" => Around(Expect(call, 203, $"{step};{s.Cookie}\n")),
            "around-replaces" => Around(Expect(call, 200, $"replaced;{s.Cookie}\n")),
            "before-answers" => Around(Expect(call, 203, $"before;{s.Header}\n")),
            "before-throws" or "wait-throws" or "inner-throws" => Around(Expect(call, 500, thrown)),
            "wait-refuses" => Around(Says(call, 409, s.Header)),
            "inner-replaces" => Around(Expect(call, 200, $"inner;{s.Cookie}\n")),
            _ when shape == "throws" => Around(Expect(call, 500, $"stepped;handler;{s.Path}\n")),
            _ => Around(Expect(call, 200, Repeat(LineOf("stepped-" + shape, s), n))),
        };
    }

    private static Call Around(Call call) => Stepped(call, isAfter: true, isAround: true);

    // RequestIds is outermost, so it sees everything
    private static Call Stepped(Call call, bool isAfter, bool isAround)
    {
        Func<Answer, Wire, string?> first = call.Check;
        call.Check = (answer, wire) => first(answer, wire)
            ?? Field(answer, "X-After", isAfter ? call.Secret.Header : null)
            ?? Field(answer, "X-Around", isAround ? call.Secret.Cookie : null)
            ?? (answer["X-Request-Id"] is { Length: 32 } ? null : "no id");
        return call.Allow("X-After", "X-Around", "X-Request-Id");

        static string? Field(Answer answer, string name, string? value) =>
            answer[name] == value ? null : $"{name} is '{answer[name]}'";
    }

    private static Call Packed(Random random, Call call, Func<byte[], string?> check)
    {
        string coding = OneOf(random, "gzip", "br", "identity", "br;q=0.5, gzip");
        return Must(call.With("Accept-Encoding", coding).Allow("Content-Encoding", "Vary"), 200, answer =>
        {
            try
            {
                byte[] plain = Unpack(answer);
                return check(plain) ?? (call.Secret.FindForeign(plain) is { } foreign ? $"foreign secret {foreign}" : null);
            }
            catch (InvalidDataException e)
            {
                return $"not what it says: {e.Message}";
            }
        });
    }

    private static byte[] Pack(byte[] body, string coding)
    {
        using var packed = new MemoryStream();
        using (Stream? coder = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => null,
        })
        {
            if (coder is null) return body;
            coder.Write(body);
        }

        return packed.ToArray();
    }

    private static byte[] Unpack(Answer answer)
    {
        using var packed = new MemoryStream(answer.Body);
        using Stream plain = answer["Content-Encoding"] switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            _ => packed,
        };
        var all = new MemoryStream();
        plain.CopyTo(all);
        return all.ToArray();
    }
}
