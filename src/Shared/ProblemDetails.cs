using System.Text;

namespace Prebake.Shared;

/// <summary>Writes RFC 9457 by hand: four members of text need no serializer, so an app without JSON carries none.</summary>
internal static class ProblemDetails
{
    /// <param name="status">The status.</param>
    /// <param name="detail">A sentence, or null.</param>
    /// <param name="title">A short name, or null for the status's phrase.</param>
    /// <param name="type">An address, or null.</param>
    /// <param name="errors">What is wrong with which field: the member <c>errors</c>, with a list of messages for each name.</param>
    /// <param name="instance">Which occurrence it was, or null.</param>
    public static byte[] Write(int status, string? detail, string? title, string? type, IReadOnlyList<KeyValuePair<string, string>>? errors = null, string? instance = null)
    {
        var json = new StringBuilder("{");
        if (type is not null) Member(json, "type", type).Append(',');
        Member(json, "title", title ?? StatusPhrase.Of(status)).Append(",\"status\":").Append(status);
        if (detail is not null) Member(json.Append(','), "detail", detail);
        if (instance is not null) Member(json.Append(','), "instance", instance);
        if (errors is { Count: > 0 }) AppendErrors(json.Append(','), errors);
        return Encoding.UTF8.GetBytes(json.Append('}').ToString());
    }

    private static void AppendErrors(StringBuilder json, IReadOnlyList<KeyValuePair<string, string>> errors)
    {
        json.Append("\"errors\":{");
        string separator = "";
        foreach (IGrouping<string, KeyValuePair<string, string>> field in errors.GroupBy(error => error.Key))
        {
            AppendQuoted(json.Append(separator), field.Key).Append(":[");
            separator = "";
            foreach (KeyValuePair<string, string> error in field)
            {
                AppendQuoted(json.Append(separator), error.Value);
                separator = ",";
            }

            json.Append(']');
            separator = ",";
        }

        json.Append('}');
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
