using System.Globalization;
using System.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>Writes a known value as System.Text.Json would with the options of its context, character for character.</summary>
internal static class JsonText
{
    /// <summary>The text, or null when two members would have one name.</summary>
    public static string? Write(JsonValue value, JsonStyle style)
    {
        var text = new StringBuilder();
        return Write(text, value, style) ? text.ToString() : null;
    }

    private static bool Write(StringBuilder text, JsonValue value, JsonStyle style)
    {
        switch (value)
        {
            case JsonToken token:
                text.Append(token.Text);
                return true;

            case JsonString { Text: var content }:
                WriteString(text, content);
                return true;

            case JsonList { Items: var items }:
                text.Append('[');
                for (int i = 0; i < items.Count; i++)
                {
                    if (i > 0) text.Append(',');
                    if (!Write(text, items[i], style)) return false;
                }

                text.Append(']');
                return true;

            default:
                var names = new HashSet<string>();
                text.Append('{');
                foreach (JsonMember member in ((JsonObject)value).Members)
                {
                    string name = member.IsFixed || !style.CamelCase ? member.Name : JsonNaming.CamelCase(member.Name);
                    if (!names.Add(name)) return false;
                    if (style.LeavesNull && !member.KeepsNull && member.Value.Equals(JsonToken.Null)) continue;

                    if (text[text.Length - 1] != '{') text.Append(',');
                    WriteString(text, name);
                    text.Append(':');
                    if (!Write(text, member.Value, style)) return false;
                }

                text.Append('}');
                return true;
        }
    }

    /// <summary>The default encoder of System.Text.Json: everything beyond ASCII and what HTML or a script could misread is an escape.</summary>
    private static void WriteString(StringBuilder text, string content)
    {
        text.Append('"');
        for (int i = 0; i < content.Length; i++)
        {
            char c = content[i];
            switch (c)
            {
                case '\\': text.Append("\\\\"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case '\b': text.Append("\\b"); break;
                case '\f': text.Append("\\f"); break;
                case >= ' ' and <= '~' when "\"&'+<>`".IndexOf(c) < 0: text.Append(c); break;
                default:
                    bool isPair = char.IsHighSurrogate(c) && i + 1 < content.Length && char.IsLowSurrogate(content[i + 1]);
                    Escape(text, char.IsSurrogate(c) && !isPair ? '\uFFFD' : c);
                    if (isPair) Escape(text, content[++i]);
                    break;
            }
        }

        text.Append('"');
    }

    private static void Escape(StringBuilder text, char c) => text.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
}
