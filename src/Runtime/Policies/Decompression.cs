using Prebake.Policies;

namespace Prebake;

/// <summary>
/// Takes request bodies that clients send compressed, in gzip, deflate, Brotli or another <see cref="Coding"/>
/// (RFC 9110 section 8.4): handlers see what was meant, however they read the body. Without it a body is taken as it
/// comes. For <see cref="UseAttribute"/>.
/// </summary>
/// <remarks>
/// Limits such as <see cref="ServeOptions.MaxRequestBodySize"/> count for what comes and again for what it becomes.
/// <c>request.Headers</c> still says what came. Other codings are answered 415, with <c>Accept-Encoding</c>; what is not
/// in the coding that it names is 400, and what becomes too long 413.
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
        if (request.Headers["Content-Encoding"] is not { } name || IsSame(name, "identity")) return null;

        // RFC 9110 section 8.4.1.3
        if (IsSame(name, "x-gzip")) name = "gzip";
        foreach (Coding coding in _codings)
            if (IsSame(name, coding.Name)) return request.DecodeBody(coding.Decode(), MaxRatio);

        // RFC 9110 section 12.5.3
        string[] names = [.. _codings.Select(coding => coding.Name)];
        string some = names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} or {names[^1]}";
        var refusal = new HttpException(415, $"This server takes bodies in {some}.");
        refusal.Headers["Accept-Encoding"] = string.Join(", ", names);
        return refusal;
    }

    private static bool IsSame(string name, string coding) => name.Equals(coding, StringComparison.OrdinalIgnoreCase);
}
