using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text;

/// <summary>Who asks, as the header says.</summary>
internal sealed record Who(string Secret);

internal sealed record Checked([property: Required] string Secret, string Wants);

/// <summary>Providers, guards, forms, rules and results of several kinds, with an <c>[Error]</c> method of the part's own.</summary>
internal sealed partial class Services
{
    [Provide(Challenge = "Secret")]
    private static Who? Whose([Header("X-Secret")] string? h, bool nobody = false) => nobody || h is null ? null : new Who(h);

    [Provide] private static Lease Borrow(string p, string fault = "") => new(p, fault == "dispose");

    [Provide]
    private static async Task<LateLease> BorrowLater(Lease first, string p, Request request, string fault = "", int ms = 1)
    {
        first.Use(p);
        try
        {
            if (fault == "at-once") throw new HttpException(409, p);
            if (ms == 0) await Task.Yield();
            else if (ms > 0) await Task.Delay(ms);
            if (fault == "later") throw new Planned("plain", $"{p};{request.Headers["X-Secret"]}");
            return new LateLease(p);
        }
        finally
        {
            first.Done();
        }
    }

    [Error]
    private static Response? On(Planned error) =>
        error.How == "plain" ? new Response($"service;{error.Secret}\n") { Headers = { ["X-Service"] = error.Secret } } : null;

    // ---- what has a time to be done in

    [Get("/deadline/{p}"), Deadline(0.02)]
    private static async Task<string> InTime(string p, Request request, CancellationToken cancellation, int ms = 1)
    {
        await Task.Delay(ms, cancellation);
        return App.Line("deadline", p, request, enters: false);
    }

    // ---- what is provided

    [Get("/provided/{p}")]
    private static string Provided(string p, Request request, Who who, Lease lease, int n = 1) =>
        Using(lease, p, () => App.Line("provided", p, request, who.Secret + lease.Secret, n: n));

    [Get("/provided-late/{p}")]
    private static async Task<string> ProvidedLate(string p, Request request, LateLease late, Lease lease, Who who, int n = 1)
    {
        late.Use(p);
        lease.Use(p);
        Ambient.Enter("provided-late");
        await Task.Yield();
        lease.Done();
        late.Done();
        return App.Line("provided-late", p, request, who.Secret + late.Secret + lease.Secret, enters: false, n: n);
    }

    [Get("/provided-blocking/{p}"), Blocking]
    private static byte[] ProvidedBlocking(string p, Request request, LateLease late, int n = 1) =>
        Encoding.UTF8.GetBytes(Using(late, p, () => App.Line("provided-blocking", p, request, late.Secret, n: n)));

    [Get("/provided-stream/{p}")]
    private static async IAsyncEnumerable<string> ProvidedStream(
        string p, Request request, LateLease late, Lease lease, int n = 1, [EnumeratorCancellation] CancellationToken aborted = default)
    {
        string line = App.Line("provided-stream", p, request, late.Secret);
        late.Use(p);
        lease.Use(p);
        try
        {
            for (int i = 0; i < n; i++)
            {
                if (i % 3 == 1) await Task.Delay(1, aborted);
                lease.Look();
                yield return line;
            }
        }
        finally
        {
            lease.Done();
            late.Done();
        }
    }

    [Get("/provided-copied/{p}")]
    private static Response ProvidedCopied(string p, Request request, Lease lease, int n = 1) =>
        Response.Stream(new Tracked(Encoding.UTF8.GetBytes(
            Using(lease, p, () => App.Line("provided-copied", p, request, lease.Secret, n: n)))), "text/plain");

    [Get("/provided-throws/{p}")]
    private static async Task<string> ProvidedThrows(string p, LateLease late, Lease lease)
    {
        late.Use(p);
        late.Done();
        await Task.Yield();
        throw new Planned("plain", $"{p};{lease.Secret}");
    }

    /// <summary>The body is read behind the provider, on another thread, and perhaps long after the head.</summary>
    [Post("/provided-body/{p}")]
    private static string ProvidedBody(string p, Request request, LateLease late, [Body] string body) =>
        Using(late, p, () => App.Line("provided-body", p, request, body));

    [Post("/provided-json/{p}")]
    private static Response<Echoed> ProvidedJson(string p, Request request, LateLease late, Note note, bool other = false) =>
        other
            ? new Response($"other;{p};{note.Secret}\n") { Status = 404 }
            : App.Echo("provided-json", p, request, note.Secret, note.Lines.Length);

    [Post("/provided-read/{p}")]
    private static async Task<string> ProvidedRead(string p, Request request, LateLease late)
    {
        late.Use(p);
        try
        {
            string body = await request.TextAsync();
            return App.Line("provided-read", p, request, body);
        }
        finally
        {
            late.Done();
        }
    }

    // ---- guards

    private static bool Admits(string p, Request request, string how = "yes") => how switch
    {
        "no" => false,
        "throws" => throw new Planned("plain", $"{p};{request.Headers["X-Secret"]}"),
        _ => true,
    };

    private static async ValueTask<bool> AdmitsLater(string p, Request request, string how = "yes")
    {
        if (how == "at-once") return true;
        await Task.Delay(1);
        if (how == "throws-late") throw new Planned("plain", $"{p};{request.Headers["X-Secret"]}");
        return how != "no-late";
    }

    private static async Task<Response?> Answers(Lease lease, string p, Request request, string how = "yes")
    {
        if (how != "answers") return null;
        await Task.Yield();
        lease.Use(p);
        lease.Done();
        return new Response($"answers;{p};{request.Headers["X-Secret"]}\n") { Status = 203 };
    }

    [Get("/guarded/{p}"), Guard(nameof(Admits)), Guard(nameof(AdmitsLater)), Guard(nameof(Answers))]
    private static string Guarded(string p, Request request, Lease lease) =>
        Using(lease, p, () => App.Line("guarded", p, request, lease.Secret));

    // ---- forms, rules, lists

    [Post("/form/{p}")]
    private static async Task<string> Form(string p, Request request, [Form] string secret, UploadedFile? file, [Form] string[] more)
    {
        Ambient.Enter("form");
        string content = "";
        if (file is not null)
        {
            using var reader = new StreamReader(file.OpenRead());
            content = await reader.ReadToEndAsync();
        }

        return App.Line("form", p, request, $"{secret}+{string.Concat(more)}+{content}", enters: false);
    }

    [Validate]
    private static void Own(Checked body, Errors errors)
    {
        if (body.Wants == "error") errors.Add(nameof(body.Secret), $"must not be {body.Secret}");
    }

    [Validate]
    private static async ValueTask Later(Checked body, Errors errors)
    {
        if (!body.Wants.StartsWith("late", StringComparison.Ordinal)) return;
        await Task.Delay(1);
        if (body.Wants == "late-error") errors.Add(nameof(body.Secret), $"must not be {body.Secret}");
    }

    [Post("/checked/{p}")]
    private static Echoed Check(string p, Request request, Checked body) => App.Echo("checked", p, request, body.Secret, 1);

    [Post("/notes/{p}")]
    private static Echoed Notes(string p, Request request, [Body] List<Note> notes) =>
        App.Echo("notes", p, request, notes[0].Secret, notes.Sum(note => note.Lines.Length));

    [Get("/tags/{p}")]
    private static string Tags(string p, Request request, string[] tag, [Range(1, 9)] int most = 3) =>
        App.Line("tags", p, request, string.Join(',', tag));

    private static string Using(Loan loan, string p, Func<string> make)
    {
        loan.Use(p);
        try
        {
            return make();
        }
        finally
        {
            loan.Done();
        }
    }
}
