namespace Prebake.Routing;

/// <summary>What a static response takes from a <see cref="Response"/>: everything, since its body is in memory.</summary>
internal readonly record struct ResponseParts(int Status, string? ContentType, IReadOnlyList<(string Name, string Value)> Fields, byte[] Body)
{
    /// <exception cref="InvalidOperationException">The body is a stream or a file.</exception>
    public static ResponseParts Of(string member, Response response) =>
        throw new NotSupportedException($"{member}: the parts of {response} are not to be had yet.");
}
