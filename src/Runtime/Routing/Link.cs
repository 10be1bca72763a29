using System.ComponentModel;
using System.Globalization;
using System.Text;

namespace Prebake.Routing;

/// <summary>
/// What the emitted <c>Paths</c> of an app call. A link leads back to the same values: what is written here is what <see cref="Bind"/> reads.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Link
{
    /// <summary>A value that is a whole segment, percent-encoded (RFC 3986 section 3.3).</summary>
    /// <exception cref="ArgumentException">It is empty, <c>.</c> or <c>..</c>: no path can say that, however it is encoded.</exception>
    public static string Segment(object value)
    {
        string text = Part(value);
        // RFC 3986 section 6.2.2: an escaped dot is a dot, so such a segment is removed on its way or by the server
        return text is not ("." or "..")
            ? text
            : throw new ArgumentException(
                $"The value '{text}' cannot be a segment of a path, where it names a folder; use another one.",
                nameof(value));
    }

    /// <summary>A value with literals around it in its segment, percent-encoded.</summary>
    /// <exception cref="ArgumentException">It is empty, which fits no parameter.</exception>
    public static string Part(object value)
    {
        string text = Text(value ?? throw new ArgumentNullException(nameof(value)))!;
        return text.Length > 0
            ? Uri.EscapeDataString(text)
            : throw new ArgumentException("A parameter of a path cannot be empty; pass a value.", nameof(value));
    }

    /// <summary>The value of <c>{*rest}</c>: its slashes stay, what is between them is percent-encoded. May be empty.</summary>
    /// <exception cref="ArgumentException">It has a segment that is <c>.</c> or <c>..</c>, or an empty one that is not its last.</exception>
    public static string Rest(object value)
    {
        string[] segments = Text(value ?? throw new ArgumentNullException(nameof(value)))!.Split('/');
        for (int i = 0; i < segments.Length; i++)
            if (i < segments.Length - 1 || segments[i].Length > 0) segments[i] = Segment(segments[i]);

        return string.Join('/', segments);
    }

    /// <summary>Adds the arguments that are not null as a query.</summary>
    public static string WithQuery(string path, params ReadOnlySpan<(string Name, object? Value)> query)
    {
        StringBuilder? link = null;
        foreach ((string name, object? value) in query)
        {
            if (Text(value) is not { } text) continue;

            link = link is null ? new StringBuilder(path).Append('?') : link.Append('&');
            link.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(text));
        }

        return link?.ToString() ?? path;
    }

    // In the invariant culture, as it is read; dates in ISO 8601
    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        DateOnly or DateTime or DateTimeOffset or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        // Without the plus of an exponent: in a path it would be escaped, and numbers are read as they stand there
        double or float => ((IFormattable)value).ToString("R", CultureInfo.InvariantCulture).Replace("E+", "E"),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
