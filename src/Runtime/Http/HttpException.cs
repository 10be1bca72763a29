namespace Prebake;

/// <summary>
/// Thrown in a handler to answer with a status instead of a result: <c>throw new HttpException(404, "No such user")</c>.
/// An <c>[Error]</c> method that takes it also gets one for what the server refuses by itself: a parameter that is
/// missing or does not parse, a body that is missing, too large (413), of another type (415) or malformed, a path or a
/// method that no route has (404, 405), a handler that returned null (404).
/// </summary>
/// <example><code>throw new HttpException(401, "Log in first") { Headers = { ["WWW-Authenticate"] = "Bearer" } };</code></example>
public sealed class HttpException : Exception
{
    private Headers? _headers;

    /// <summary>Answers with <paramref name="status"/> and its standard phrase.</summary>
    /// <param name="status">200 to 599.</param>
    public HttpException(int status) : this(status, detail: null) { }

    /// <summary>Answers with <paramref name="status"/> and a sentence that is shown to the client, as <c>application/problem+json</c>.</summary>
    /// <param name="status">200 to 599.</param>
    /// <param name="detail">The sentence; null for the status alone.</param>
    /// <param name="innerException">The cause; never sent.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is not in the range of 200 to 599.</exception>
    public HttpException(int status, string? detail, Exception? innerException = null) : base(detail ?? $"Status {status}", innerException)
    {
        if (status is < 200 or > 599)
            throw new ArgumentOutOfRangeException(
                nameof(status), $"The status provided ({status}) must be in the range of [200, 599]");
        Status = status;
        Detail = detail;
    }

    /// <summary>The status to answer with.</summary>
    public int Status { get; }

    /// <summary>What is shown to the client, or null.</summary>
    public string? Detail { get; }

    /// <summary>
    /// Headers that belong to the refusal, such as <c>Allow</c>, <c>WWW-Authenticate</c> or <c>Retry-After</c>. They are
    /// sent with it, also when an <c>[Error]</c> method makes the response, as long as that has the same
    /// <see cref="Status"/>; a header of the same name in the response replaces them.
    /// </summary>
    public Headers Headers => _headers ??= new Headers(FieldsOf.Response);

    /// <summary>What is wrong with single fields, when that is why the request is refused; else empty.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    internal Headers? HeadersOrNull => _headers;
}
