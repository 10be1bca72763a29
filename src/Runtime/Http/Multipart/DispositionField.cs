using System.Text;

namespace Prebake.Http.Multipart;

/// <summary>The parameters of Content-Disposition as browsers write them (WHATWG HTML section 4.10.21.8; RFC 7578 section 4.2).</summary>
internal static class DispositionField
{
    /// <summary>The value of a parameter, or null.</summary>
    public static string? Parameter(ReadOnlySpan<char> field, string name)
    {
        while (true)
        {
            int semicolon = field.IndexOf(';');
            if (semicolon < 0) return null;

            field = field[(semicolon + 1)..].TrimStart(" \t");
            int equals = field.IndexOfAny('=', ';');
            if (equals < 0 || field[equals] == ';') continue;

            bool isIt = field[..equals].Trim(" \t").Equals(name, StringComparison.OrdinalIgnoreCase);
            field = field[(equals + 1)..].TrimStart(" \t");
            string value = field is ['"', ..] ? Quoted(ref field) : Plain(ref field);
            if (isIt) return value;
        }
    }

    private static string Plain(ref ReadOnlySpan<char> field)
    {
        int end = field.IndexOf(';');
        ReadOnlySpan<char> value = end < 0 ? field : field[..end];
        field = field[value.Length..];
        return value.TrimEnd(" \t").ToString();
    }

    // Browsers write %22, %0D and %0A for what would end the value, and nothing else in that way; curl and others put a backslash in front of quotes
    private static string Quoted(ref ReadOnlySpan<char> field)
    {
        var value = new StringBuilder(field.Length);
        int i = 1;
        for (; i < field.Length && field[i] != '"'; i++)
        {
            ReadOnlySpan<char> rest = field[i..];
            if (rest is ['\\', '"' or '\\', ..]) value.Append(field[++i]);
            else if (rest.StartsWith("%22")) { value.Append('"'); i += 2; }
            else if (rest.StartsWith("%0D", StringComparison.OrdinalIgnoreCase)) { value.Append('\r'); i += 2; }
            else if (rest.StartsWith("%0A", StringComparison.OrdinalIgnoreCase)) { value.Append('\n'); i += 2; }
            else value.Append(field[i]);
        }

        field = field[Math.Min(i + 1, field.Length)..];
        return value.ToString();
    }
}
