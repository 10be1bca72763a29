using Prebake.Policies;

namespace Prebake;

/// <summary>
/// Takes request bodies that clients send compressed, in gzip, deflate, Brotli or another <see cref="Coding"/>
/// (RFC 9110 section 8.4): handlers see what was meant, however they read the body. Without it a body is taken as it
/// comes. For <see cref="UseAttribute"/>.
/// </summary>
/// <remarks>
/// Limits such as <see cref="ServeOptions.MaxRequestBodySize"/> count for what comes and again for what it becomes.
/// <c>request.Headers</c> still says what came. Other codings, and several on top of each other, are answered 415 with
/// <c>Accept-Encoding</c>; what is not in the coding that it names is 400, and what becomes too long 413. A request
/// without a body may name what it likes.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [Use] readonly Decompression _decompression = new();
/// }
/// </code></example>
public sealed class Decompression
{
    /// <summary>What it takes; default gzip, deflate and Brotli.</summary>
    /// <exception cref="ArgumentException">There is none, or one of them is null.</exception>
    public IReadOnlyList<Coding> Codings
    {
        get => _codings;
        init => _codings = CodingList.Of(value, nameof(Codings));
    }

    private readonly Coding[] _codings = [Coding.Gzip, Coding.Deflate, Coding.Brotli];

    /// <summary>
    /// How many times as long as what came a body may become, at least 1; default 100. Up to 64 KiB it may become in any
    /// case.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 1.</exception>
    public int MaxRatio
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxRatio));
            field = value;
        }
    } = 100;

    /// <summary>Sees to it that the body of this request is decoded: null when it is, or needs not be.</summary>
    /// <exception cref="InvalidOperationException">Somebody has begun to read the body.</exception>
    [Before]
    public HttpException? Check(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.Headers.Contains("Content-Encoding") || !request.HasBody) return null;

        string[] names = CodingsOf(request.Headers.GetAll("Content-Encoding"));
        if (names.Length == 0) return null;
        if (names.Length == 1)
        {
            // RFC 9110 section 8.4.1.3
            string name = IsSame(names[0], "x-gzip") ? "gzip" : names[0];
            foreach (Coding coding in _codings)
                if (IsSame(name, coding.Name)) return request.DecodeBody(coding.Decode(), MaxRatio);
        }

        // RFC 9110 section 12.5.3
        string[] taken = [.. _codings.Select(coding => coding.Name)];
        string some = taken.Length == 1 ? taken[0] : $"{string.Join(", ", taken[..^1])} or {taken[^1]}";
        var refusal = new HttpException(415, $"This server takes bodies in {some}.");
        refusal.Headers["Accept-Encoding"] = string.Join(", ", taken);
        return refusal;
    }

    // Of all lines, in the order in which they were applied. Identity is none (RFC 9110 section 8.4.1), and neither is
    // an element that is empty (section 5.6.1)
    private static string[] CodingsOf(IReadOnlyList<string> lines)
    {
        const StringSplitOptions Split = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        return [.. lines.SelectMany(line => line.Split(',', Split)).Where(name => !IsSame(name, "identity"))];
    }

    private static bool IsSame(string name, string coding) => name.Equals(coding, StringComparison.OrdinalIgnoreCase);
}
