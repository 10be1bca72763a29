using System.Globalization;
using System.Text;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Files;

/// <summary>
/// From a request and a file to an answer: which coding, which condition, which part (RFC 9110 sections 12 to 15).
/// First tried on
/// the loop with what the kernel has in memory; what could wait for a disk is done again by the thread pool.
/// </summary>
internal static class FilePlanner
{
    /// <summary>Up to here a body is read at once and sent like any other; above, it is sent from the file.</summary>
    public const int LargestContent = 64 << 10;

    // Compressed files beside the one that is asked for, in the order in which they are preferred between equals
    private static readonly (ContentCoding Coding, string Extension, string Name)[] s_siblings =
        [(ContentCoding.Brotli, ".br", "br"), (ContentCoding.Zstandard, ".zst", "zstd"), (ContentCoding.Gzip, ".gz", "gzip")];

    /// <param name="head">The request.</param>
    /// <param name="source">The file.</param>
    /// <param name="status">What the handler wants; conditions and ranges count for 200 only.</param>
    /// <param name="own">The handler's own fields, which replace those of the file.</param>
    public static FileAnswer Plan(RequestHead head, FileSource source, int status, Headers? own)
    {
        // Again if the file shrinks between being measured and being read; who truncates that often gets a 500
        for (int attempt = 0; attempt < 3; attempt++)
        {
            FileAnswer answer = PlanOnce(head, source, status, own, wait: true)!;
            if (IsReady(answer, head, wait: true)) return answer;
            answer.Dispose();
        }

        throw new IOException($"The file '{source.Path}' became shorter each time that it was read.");
    }

    /// <summary>The same without waiting; null when it might have to.</summary>
    public static FileAnswer? TryPlan(RequestHead head, FileSource source, int status, Headers? own)
    {
        if (PlanOnce(head, source, status, own, wait: false) is not { } answer) return null;
        if (IsReady(answer, head, wait: false)) return answer;

        answer.Dispose();
        return null;
    }

    /// <summary>Whether the answer can be sent as it is: HEAD needs no file, a long body is sent from it, a short one has been read.</summary>
    private static bool IsReady(FileAnswer answer, RequestHead head, bool wait)
    {
        if (head.Method is HttpMethod.Head) answer.Dispose();
        return answer.File is null || answer.Length > LargestContent || answer.TryRead(wait);
    }

    private static FileAnswer? PlanOnce(RequestHead head, FileSource source, int status, Headers? own, bool wait)
    {
        if (source.Root is null) return PlanIn(null, head, source, status, own, wait);

        using OpenFolder folder = source.Root.Open(wait);
        return PlanIn(folder, head, source, status, own, wait);
    }

    private static FileAnswer? PlanIn(OpenFolder? folder, RequestHead head, FileSource source, int status, Headers? own, bool wait)
    {
        string path = source.Path;
        bool isFolder = folder is not null && (path.Length == 0 || path.EndsWith('/'));
        if (isFolder) path += "index.html";

        switch (OpenFile.TryOpen(path, folder, wait, out OpenFile? file))
        {
            case OpenResult.Slow: return null;
            case OpenResult.Folder when !wait: return null;
            case OpenResult.Forbidden: return new FileAnswer { Status = 403 };
            case OpenResult.Exhausted: return new FileAnswer { Status = 503 };
            // A folder is redirected to its slash, if it has something to show there
            case OpenResult.Folder when folder is { } there && !isFolder && HasIndex(source, there): return Redirect(head);
            case not OpenResult.Opened: return new FileAnswer { Status = 404 };
        }

        string type = source.ContentType ?? MediaType.OfPath(path) ?? MediaType.Bytes;
        string coding = "";
        bool mayBeCoded = source.Slice is null && status == 200 && !MediaType.IsCompressed(path);
        if (mayBeCoded && head.Has(KnownField.AcceptEncoding) && !TakeSibling(head, path, folder, wait, ref file!, ref coding))
        {
            file!.Dispose();
            return null;
        }

        FileAnswer answer = AnswerOf(head, source, file!, type, coding, mayBeCoded, status, own);
        answer.Own = own;
        return answer;
    }

    private static FileAnswer AnswerOf(RequestHead head, FileSource source, OpenFile file, string type, string coding, bool varies, int status, Headers? own)
    {
        DateTime now = DateTime.UtcNow;
        string tag = own?["ETag"] ?? TagOf(file, now);
        string modified = own?["Last-Modified"] ?? Format(file.Modified > now ? now : file.Modified);

        var fields = new StringBuilder();
        if (coding.Length > 0) fields.Append("Content-Encoding: ").Append(coding).Append("\r\n");
        if (varies) fields.Append("Vary: Accept-Encoding\r\n");
        if (own?["ETag"] is null) fields.Append("ETag: ").Append(tag).Append("\r\n");
        if (own?["Last-Modified"] is null) fields.Append("Last-Modified: ").Append(modified).Append("\r\n");
        string described = fields.ToString();

        // These statuses have no body, whatever the handler has chosen for one (RFC 9110 sections 15.3.5, 15.3.6,
        // 15.4.5)
        if (status is 204 or 205 or 304)
        {
            file.Dispose();
            return new FileAnswer { Status = status, Fields = described };
        }

        bool conditional = status == 200 && head.Method is HttpMethod.Get or HttpMethod.Head;
        var validators = new Validators(Encoding.Latin1.GetBytes(tag), Encoding.Latin1.GetBytes(modified));
        Precondition precondition = conditional ? Preconditions.Evaluate(head, validators) : Precondition.Passed;
        if (precondition is not Precondition.Passed)
        {
            file.Dispose();
            return precondition is Precondition.Failed ? new FileAnswer { Status = 412 } : new FileAnswer { Status = 304, ContentType = type, Fields = described };
        }

        if (source.Slice is { } slice) return Sliced(file, slice, type, described);

        described += "Accept-Ranges: bytes\r\n";
        Span<ByteSpanRange> parts = stackalloc ByteSpanRange[RangeField.Most];
        int count = 0;
        switch (conditional ? Preconditions.EvaluateRange(head, validators, file.Length, parts, out count) : RangeVerdict.Whole)
        {
            case RangeVerdict.Unsatisfiable: return Unsatisfiable(file);
            case RangeVerdict.Parts when count == 1: return Part(file, parts[0], type, described);
            case RangeVerdict.Parts: return Several(file, parts[..count], type, described);
            default:
                return new FileAnswer { Status = status, ContentType = type, Fields = described, Length = file.Length, File = file, Parts = [new FilePart([], 0, file.Length)] };
        }
    }

    // Always this part, clamped to what there is
    private static FileAnswer Sliced(OpenFile file, (long Start, long End) slice, string type, string fields)
    {
        long end = Math.Min(slice.End, file.Length);
        return slice.Start >= end ? Unsatisfiable(file) : Part(file, new ByteSpanRange(slice.Start, end - 1), type, fields);
    }

    private static FileAnswer Part(OpenFile file, ByteSpanRange part, string type, string fields) => new()
    {
        Status = 206,
        ContentType = type,
        Fields = fields + ContentRange(part, file.Length),
        Length = part.Length,
        File = file,
        Parts = [new FilePart([], part.First, part.Length)],
    };

    private static FileAnswer Several(OpenFile file, ReadOnlySpan<ByteSpanRange> parts, string type, string fields)
    {
        string boundary = Guid.NewGuid().ToString("n");
        var pieces = new List<FilePart>();
        long length = 0;
        foreach (ByteSpanRange part in parts)
        {
            byte[] lead = Encoding.Latin1.GetBytes($"{(pieces.Count == 0 ? "" : "\r\n")}--{boundary}\r\nContent-Type: {type}\r\n{ContentRange(part, file.Length)}\r\n");
            pieces.Add(new FilePart(lead, part.First, part.Length));
            length += lead.Length + part.Length;
        }

        byte[] end = Encoding.Latin1.GetBytes($"\r\n--{boundary}--\r\n");
        pieces.Add(new FilePart(end, 0, 0));
        return new FileAnswer { Status = 206, ContentType = "multipart/byteranges; boundary=" + boundary, Fields = fields, Length = length + end.Length, File = file, Parts = pieces };
    }

    private static FileAnswer Unsatisfiable(OpenFile file)
    {
        long length = file.Length;
        file.Dispose();
        return new FileAnswer { Status = 416, Fields = string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes */{length}\r\n") };
    }

    private static string ContentRange(ByteSpanRange part, long length) =>
        string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {part.First}-{part.Last}/{length}\r\n");

    // The query is kept
    private static FileAnswer Redirect(RequestHead head) =>
        new() { Status = 301, Fields = "Location: " + WithSlash(head.Path, head[head.Query]) + "\r\n" };

    /// <summary>
    /// The address of a folder from that without its slash. The path is canonical, so it leads to this host: it begins
    /// with one slash and has no backslash.
    /// </summary>
    public static string WithSlash(ReadOnlySpan<byte> path, ReadOnlySpan<byte> query) =>
        Encoding.Latin1.GetString(path) + "/" + (query.IsEmpty ? "" : "?" + Encoding.Latin1.GetString(query));

    private static bool HasIndex(FileSource source, OpenFolder folder)
    {
        OpenResult result = OpenFile.TryOpen(source.Path + "/index.html", folder, wait: true, out OpenFile? index);
        index?.Dispose();
        return result is OpenResult.Opened;
    }

    /// <summary>
    /// The compressed file beside this one that the client likes best, unless it is older, and so of other contents.
    /// False: it may take a while.
    /// </summary>
    private static bool TakeSibling(RequestHead head, string path, OpenFolder? folder, bool wait, ref OpenFile file, ref string coding)
    {
        CodingWeights weights = head.AcceptedCodings();
        int least = weights.Of(ContentCoding.Identity);
        foreach ((ContentCoding sibling, string extension, string name) in s_siblings.OrderByDescending(entry => weights.Of(entry.Coding)))
        {
            int weight = weights.Of(sibling);
            if (weight == 0 || weight < least) return true;
            OpenResult result = OpenFile.TryOpen(path + extension, folder, wait, out OpenFile? found);
            if (result is OpenResult.Slow) return false;
            if (result is not OpenResult.Opened) continue;

            if (IsOlder(found!.Modified, file.Modified))
            {
                found.Dispose();
                continue;
            }

            file.Dispose();
            file = found;
            coding = name;
            return true;
        }

        return true;
    }

    // Compressors and archives give their file the time of its source, cut to what their format holds: then whole
    // seconds are compared
    private static bool IsOlder(DateTime compressed, DateTime source) =>
        compressed < source
        && (compressed.Ticks % TimeSpan.TicksPerSecond != 0
            || compressed.Ticks < source.Ticks - (source.Ticks % TimeSpan.TicksPerSecond));

    // Strong, as the time has the resolution of the file system; weak while a second write could still fall into the same tick of it (RFC 9110 section 8.8.1)
    private static string TagOf(OpenFile file, DateTime now)
    {
        string tag = string.Create(CultureInfo.InvariantCulture, $"\"{file.Length:x}-{file.Modified.Ticks:x}\"");
        return now - file.Modified < TimeSpan.FromSeconds(1) ? "W/" + tag : tag;
    }

    private static string Format(DateTime time) => string.Create(HttpDate.Length, time, static (text, time) =>
    {
        Span<byte> bytes = stackalloc byte[HttpDate.Length];
        HttpDate.Format(time, bytes);
        for (int i = 0; i < bytes.Length; i++) text[i] = (char)bytes[i];
    });
}
