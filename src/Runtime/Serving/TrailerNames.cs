namespace Prebake.Serving;

/// <summary>Says in the head which fields will follow the body.</summary>
internal static class TrailerNames
{
    /// <summary>The field line that names the trailers to come (RFC 9110 section 6.6.2); null for none.</summary>
    public static string? Announce(Headers? trailers, Headers? moreTrailers)
    {
        if (trailers is not { Count: > 0 } && moreTrailers is not { Count: > 0 }) return null;

        IEnumerable<string> names = (trailers ?? []).Concat(moreTrailers ?? []).Select(field => field.Key).Distinct(StringComparer.OrdinalIgnoreCase);
        return $"Trailer: {string.Join(", ", names)}\r\n";
    }
}
