using Prebake.Coding;

namespace Prebake;

/// <summary>
/// Takes request bodies that clients send compressed, in gzip, deflate or Brotli (RFC 9110 section 8.4): handlers see what
/// was meant, however they read the body. Without it a body is taken as it comes. For <see cref="UseAttribute"/>.
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
        if (request.Headers["Content-Encoding"] is not { } coding) return null;

        switch (coding.ToLowerInvariant())
        {
            case "identity": return null;
            case "gzip" or "x-gzip" or "deflate": return request.DecodeBody(new GzipDecoding(), MaxRatio);
            case "br": return request.DecodeBody(new BrotliDecoding(), MaxRatio);
            default:
                // RFC 9110 section 12.5.3
                var refusal = new HttpException(415, "This server takes bodies in gzip, deflate or br.");
                refusal.Headers["Accept-Encoding"] = "gzip, deflate, br";
                return refusal;
        }
    }
}
