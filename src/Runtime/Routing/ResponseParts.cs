namespace Prebake.Routing;

/// <summary>What a static response takes from a <see cref="Response"/>: everything, since its body is in memory.</summary>
/// <param name="Status">0 when the response does not say.</param>
/// <param name="Fields">In the order in which they were added.</param>
/// <param name="Body">A copy.</param>
/// <param name="ContentType">The body's own; a Content-Type among the fields replaces it.</param>
internal readonly record struct ResponseParts(int Status, string? ContentType, IReadOnlyList<(string Name, string Value)> Fields, byte[] Body)
{
    /// <exception cref="InvalidOperationException">The body is a stream.</exception>
    public static ResponseParts Of(string member, Response response)
    {
        if (response.BodyKind is ResponseBodyKind.File)
            throw new InvalidOperationException(
                $"{member} is [Static] and returned a file from disk; put it into the binary with [StaticFile], or "
                    + "serve it with [File].");
        if (response.BodyKind is ResponseBodyKind.Stream)
            throw new InvalidOperationException(
                $"{member} is [Static] and returned a response with a stream; buffer it first: await "
                    + "Response.BufferAsync(…).");

        return new ResponseParts(
            response.StatusOr(0),
            response.ContentType,
            response.HeadersOrNull?.Select(field => (field.Key, field.Value)).ToArray() ?? [],
            response.BodyBytes.ToArray());
    }
}
