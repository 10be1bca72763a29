using System.IO.Compression;
using System.Text;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Policies;

namespace Prebake;

/// <summary>
/// Compresses what handlers answer, with Brotli or gzip (or another <see cref="Coding"/>), for clients that take it: text, JSON and the like, streams
/// piece by piece, and server-sent events where you ask for it. What is compressed already, parts of files, and files are
/// left alone. For <see cref="UseAttribute"/>; constants are compressed by the build and need none of it.
/// </summary>
/// <remarks>
/// A response that has a secret in it beside something that a stranger has written should not be compressed: its length
/// tells how alike the two are (the BREACH attack). <c>Cache-Control: no-transform</c> says so for one response.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [Use] readonly Compression _compression = new();
/// }
/// </code></example>
public sealed class Compression
{
    // Longer bodies would hold their event loop: they are compressed on the thread pool, piece by piece
    private const int LargestAtOnce = 64 << 10;

    /// <summary>Smaller bodies are sent as they are, in bytes; default 1 KiB, about what one packet holds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public int MinimumSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(MinimumSize));
            field = value;
        }
    } = 1024;

    /// <summary>
    /// What it compresses with; default Brotli and gzip. The client's weights decide (RFC 9110 section 12.5.3), and this
    /// order where several are as welcome.
    /// </summary>
    /// <exception cref="ArgumentException">There is none, or one of them is null.</exception>
    public IReadOnlyList<Coding> Codings
    {
        get => _codings;
        init => _codings = CodingList.Of(value, nameof(Codings));
    }

    private readonly Coding[] _codings = [Coding.Brotli, Coding.Gzip];

    /// <summary>How hard to try. Default <see cref="CompressionLevel.Optimal"/>: Brotli 4, gzip 6, Zstandard 3.</summary>
    public CompressionLevel Level { get; init; } = CompressionLevel.Optimal;

    /// <summary>
    /// The content types that are compressed, without parameters; default null: text of all kinds, JSON, XML,
    /// JavaScript, SVG and WebAssembly.
    /// </summary>
    public IReadOnlyList<string>? ContentTypes { get; init; }

    /// <summary>
    /// Server-sent events, too; default false. Each event leaves at once, and each listener has a compressor of its own:
    /// a quarter of a megabyte with gzip, more with Brotli, and about a megabyte with Zstandard.
    /// </summary>
    public bool Events { get; init; }

    /// <summary>
    /// The response as the client gets it: compressed or the same. <c>Vary: Accept-Encoding</c> is added wherever the
    /// response of another client would be another one, and a strong <c>ETag</c> becomes a weak one.
    /// </summary>
    [After]
    public Response Apply(Request request, Response response)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        if (!MayCompress(response, out int? length)) return response;

        AddVary(response.Headers);
        if (Choose(request.Headers) is not { } coding) return response;

        if (length is null or > LargestAtOnce)
        {
            StreamSource plain = length is null ? response.TakeStream() : new BytesSource(response.BodyBytes);
            return Finish(response.WithBody(new CompressedSource(plain, coding, Level)), coding);
        }

        byte[] bytes = coding.Compress(response.BodyBytes.Span, Level);
        return bytes.Length < length ? Finish(response.WithBody(bytes), coding) : response;
    }

    // Null: a stream, whose length is not known
    private bool MayCompress(Response response, out int? length)
    {
        length = null;
        int status = response.StatusOr(200);
        if (status is < 200 or 204 or 206 or 304) return false;
        if (response.HeadersOrNull is { } headers && IsFinished(headers)) return false;
        if (!TakesType(response.HeadersOrNull?["Content-Type"] ?? response.ContentType)) return false;

        switch (response.BodyKind)
        {
            case ResponseBodyKind.Text:
                length = Encoding.UTF8.GetByteCount(response.TextBody!);
                return length >= MinimumSize;

            case ResponseBodyKind.Bytes:
                length = response.BytesBody.Length;
                return length >= MinimumSize;

            case ResponseBodyKind.Stream:
                return response.StreamOrNull is { } stream && (Events || stream.Heartbeat.IsEmpty);

            default:
                return false;
        }
    }

    private static bool IsFinished(Headers headers) =>
        headers.Contains("Content-Encoding") || headers.Contains("Content-Range")
            || headers["Cache-Control"]?.Contains("no-transform", StringComparison.OrdinalIgnoreCase) is true;

    private bool TakesType(string? contentType)
    {
        if (contentType is null) return false;

        int semicolon = contentType.IndexOf(';');
        string type = (semicolon < 0 ? contentType : contentType[..semicolon]).Trim().ToLowerInvariant();
        if (ContentTypes is { } types) return types.Contains(type, StringComparer.OrdinalIgnoreCase);

        return type.StartsWith("text/", StringComparison.Ordinal)
            || type.EndsWith("+json", StringComparison.Ordinal)
            || type.EndsWith("+xml", StringComparison.Ordinal)
            || type is "application/json" or "application/xml" or "application/javascript" or "application/x-ndjson"
                or "application/wasm" or "application/manifest+json";
    }

    // Null: as it is
    private Coding? Choose(Headers headers)
    {
        if (headers["Accept-Encoding"] is not { Length: > 0 } text) return null;

        byte[] accepted = Encoding.Latin1.GetBytes(text);
        (Coding? best, int most) = (null, 0);
        foreach (Coding coding in _codings)
        {
            int weight = CodingWeights.Of(accepted, coding.Name);
            if (weight > most) (best, most) = (coding, weight);
        }

        return most < CodingWeights.Of(accepted, "identity") ? null : best;
    }

    private static void AddVary(Headers headers)
    {
        string? vary = headers["Vary"];
        if (vary is null) headers["Vary"] = "Accept-Encoding";
        else if (vary != "*" && !vary.Contains("Accept-Encoding", StringComparison.OrdinalIgnoreCase))
            headers["Vary"] = vary + ", Accept-Encoding";
    }

    // RFC 9110 section 8.8.3.3: the same tag for two codings can only be a weak one
    private static Response Finish(Response response, Coding coding)
    {
        response.Headers["Content-Encoding"] = coding.Name;
        if (response.Headers["ETag"] is { } tag && tag.StartsWith('"')) response.Headers["ETag"] = "W/" + tag;
        return response;
    }
}
