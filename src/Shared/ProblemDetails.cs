using System.Text;

namespace Prebake.Shared;

/// <summary>Writes RFC 9457 by hand: four members of text need no serializer, so an app without JSON carries none.</summary>
internal static class ProblemDetails
{
    public static byte[] Write(int status, string? detail, string? title, string? type)
    {
        var json = new StringBuilder("{");
        if (type is not null) Member(json, "type", type).Append(',');
        Member(json, "title", title ?? StatusPhrase.Of(status)).Append(",\"status\":").Append(status);
        if (detail is not null) Member(json.Append(','), "detail", detail);
        return Encoding.UTF8.GetBytes(json.Append('}').ToString());
    }

    private static StringBuilder Member(StringBuilder json, string name, string value) => AppendQuoted(json.Append('"').Append(name).Append("\":"), value);

    /// <summary>A JSON string.</summary>
    public static StringBuilder AppendQuoted(StringBuilder json, string value)
    {
        json.Append('"');

        foreach (char c in value)
        {
            // '<', '>', '&' and '\'' too, should it ever be shown inside a page
            if (c is '"' or '\\') json.Append('\\').Append(c);
            else if (c is < ' ' or '<' or '>' or '&' or '\'' or '\x7f' or '\u2028' or '\u2029') json.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
            else json.Append(c);
        }

        return json.Append('"');
    }
}
