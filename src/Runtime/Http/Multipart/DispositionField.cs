using System.Text;

namespace Prebake.Http.Multipart;

/// <summary>
/// The parameters of Content-Disposition as browsers write them (WHATWG HTML section 4.10.21.8; RFC 7578 section 4.2),
/// and as other clients do.
/// </summary>
internal static class DispositionField
{
    /// <summary>
    /// The value of a parameter, or null. If there is <c>name*</c> (RFC 8187) that can be read it counts, as RFC 6266
    /// section 4.3 says; RFC 7578 does not want it in forms, but clients send it, some of them alone. Encoded words
    /// (RFC 2047) are what .NET's client sends beside it.
    /// </summary>
    public static string? Parameter(ReadOnlySpan<char> field, string name)
    {
        string? plain = null, extended = null;

        while (TryTake(ref field, out ReadOnlySpan<char> key, out string value))
        {
            bool isExtended = key is [.., '*'];
            if (isExtended) key = key[..^1];
            if (!key.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;

            if (isExtended) extended ??= ExtendedValue.Decode(value);
            else plain ??= value;
        }

        return extended ?? (plain is null ? null : EncodedWords.Decode(plain));
    }

    private static bool TryTake(ref ReadOnlySpan<char> field, out ReadOnlySpan<char> key, out string value)
    {
        while (true)
        {
            int semicolon = field.IndexOf(';');
            if (semicolon < 0)
            {
                key = default;
                value = "";
                return false;
            }

            field = field[(semicolon + 1)..].TrimStart(" \t");
            int equals = field.IndexOfAny('=', ';');
            if (equals < 0 || field[equals] == ';') continue;

            key = field[..equals].Trim(" \t");
            field = field[(equals + 1)..].TrimStart(" \t");
            value = field is ['"', ..] ? Quoted(ref field) : Plain(ref field);
            return true;
        }
    }

    private static string Plain(ref ReadOnlySpan<char> field)
    {
        int end = field.IndexOf(';');
        ReadOnlySpan<char> value = end < 0 ? field : field[..end];
        field = field[value.Length..];
        return value.TrimEnd(" \t").ToString();
    }

    // Browsers write %22, %0D and %0A for what would end the value, and nothing else in that way; a backslash is a
    // character like others
    private static string Quoted(ref ReadOnlySpan<char> field)
    {
        var value = new StringBuilder(field.Length);
        int i = 1;
        for (; i < field.Length && field[i] != '"'; i++)
        {
            ReadOnlySpan<char> rest = field[i..];
            if (rest is ['\\', '"', ..] && !EndsAt(rest[1..])) value.Append(field[++i]);
            else if (rest.StartsWith("%22")) { value.Append('"'); i += 2; }
            else if (rest.StartsWith("%0D", StringComparison.OrdinalIgnoreCase)) { value.Append('\r'); i += 2; }
            else if (rest.StartsWith("%0A", StringComparison.OrdinalIgnoreCase)) { value.Append('\n'); i += 2; }
            else value.Append(field[i]);
        }

        field = field[Math.Min(i + 1, field.Length)..];
        return value.ToString();
    }

    // curl before 7.81 and others put a backslash in front of a quote, browsers never: theirs ends the value, and then
    // the next parameter follows (oven-sh/bun#41604)
    private static bool EndsAt(ReadOnlySpan<char> quote) => quote[1..].TrimStart(" \t") is [] or [';', ..];
}
