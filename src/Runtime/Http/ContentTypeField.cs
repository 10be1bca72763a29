using System.Text;
using Prebake.Grammar;

namespace Prebake.Http;

/// <summary>Content types, as far as the framework must understand them (RFC 9110 section 8.3).</summary>
internal static class ContentTypeField
{
    /// <summary><c>application/json</c> or a <c>+json</c> type, whatever its parameters.</summary>
    public static bool IsJson(ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> type = WithoutParameters(value);
        return Ascii.EqualsIgnoreCase(type, "application/json"u8)
            || type.Length > 5 && type.Contains((byte)'/') && Ascii.EqualsIgnoreCase(type[^5..], "+json"u8);
    }

    public static bool Is(ReadOnlySpan<byte> value, ReadOnlySpan<byte> type) => Ascii.EqualsIgnoreCase(WithoutParameters(value), type);

    /// <summary>The value of a parameter without its quotes, or null.</summary>
    public static string? Parameter(ReadOnlySpan<byte> value, string name)
    {
        string text = Encoding.Latin1.GetString(value);

        for (int at = text.IndexOf(';'); at >= 0;)
        {
            int start = at + 1;
            while (start < text.Length && text[start] is ' ' or '\t') start++;

            // RFC 9110 section 5.6.6 lets parameters be empty, and some clients write words without a value
            int equals = text.AsSpan(start).IndexOfAny('=', ';') + start;
            if (equals < start) return null;
            if (text[equals] == ';')
            {
                at = equals;
                continue;
            }

            string key = text[start..equals].Trim();
            string content;
            if (equals + 1 < text.Length && text[equals + 1] == '"')
            {
                var unquoted = new StringBuilder();
                int i = equals + 2;
                while (i < text.Length && text[i] != '"')
                {
                    if (text[i] == '\\' && i + 1 < text.Length) i++;
                    unquoted.Append(text[i++]);
                }

                content = unquoted.ToString();
                at = text.IndexOf(';', Math.Min(i, text.Length));
            }
            else
            {
                at = text.IndexOf(';', equals);
                content = (at < 0 ? text[(equals + 1)..] : text[(equals + 1)..at]).Trim();
            }

            if (key.Equals(name, StringComparison.OrdinalIgnoreCase)) return content;
        }

        return null;
    }

    private static ReadOnlySpan<byte> WithoutParameters(ReadOnlySpan<byte> value)
    {
        int semicolon = value.IndexOf((byte)';');
        return FieldValue.Trim(semicolon < 0 ? value : value[..semicolon]);
    }
}
