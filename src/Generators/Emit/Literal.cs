using System.Globalization;
using System.Text;

namespace Prebake.Generators.Emit;

/// <summary>Values as C#.</summary>
internal static class Literal
{
    public static string Text(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (char c in value)
        {
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\r': text.Append("\\r"); break;
                case '\n': text.Append("\\n"); break;
                case '\t': text.Append("\\t"); break;
                // Not only controls: a line separator or a lone surrogate would not survive the file
                default:
                    if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFEFF') text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    else text.Append(c);
                    break;
            }
        }

        return text.Append('"').ToString();
    }

    /// <summary>Whole numbers as a string of two characters each, low half first.</summary>
    public static string NumbersAsText(IEnumerable<int> numbers)
    {
        var text = new StringBuilder();
        foreach (int number in numbers)
            text.Append("\\u").Append((number & 0xFFFF).ToString("x4", CultureInfo.InvariantCulture))
                .Append("\\u").Append(((number >> 16) & 0xFFFF).ToString("x4", CultureInfo.InvariantCulture));

        return "\"" + text + "\"";
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
