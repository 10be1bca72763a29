namespace Prebake;

/// <summary>Thrown in a handler to answer with a status instead of a result: <c>throw new HttpException(404, "No such user")</c>.</summary>
public sealed class HttpException : Exception
{
    /// <summary>Answers with <paramref name="status"/> and its standard phrase.</summary>
    /// <param name="status">200 to 599.</param>
    public HttpException(int status) : this(status, message: null) { }

    /// <summary>Answers with <paramref name="status"/> and a text that is shown to the client.</summary>
    /// <param name="status">200 to 599.</param>
    /// <param name="message">The detail; null for the standard phrase.</param>
    /// <param name="innerException">The cause; logged, never sent.</param>
    public HttpException(int status, string? message, Exception? innerException = null) : base(message, innerException)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        Status = status;
    }

    /// <summary>The status to answer with.</summary>
    public int Status { get; }
}
