using System.Globalization;
using System.Text;

namespace Prebake.Generators.Names;

/// <summary>Values as C#.</summary>
internal static class Literal
{
    public static string Text(string value) => AppendInner(new StringBuilder(value.Length + 2).Append('"'), value).Append('"').ToString();

    /// <summary>What stands between the quotes.</summary>
    public static string Inner(string value) => AppendInner(new StringBuilder(value.Length + 2), value).ToString();

    private static StringBuilder AppendInner(StringBuilder text, string value)
    {
        int plain = 0;
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            // Nearly all of them are plain: those are taken over in one piece
            if (c is >= ' ' and <= '~' and not ('"' or '\\')) continue;

            text.Append(value, plain, i - plain);
            plain = i + 1;
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\r': text.Append("\\r"); break;
                case '\n': text.Append("\\n"); break;
                case '\t': text.Append("\\t"); break;
                default: AppendSafe(text, c); break;
            }
        }

        return text.Append(value, plain, value.Length - plain);
    }

    /// <summary>Text for a comment: nothing in it ends the line.</summary>
    public static string Comment(string text)
    {
        int first = 0;
        while (first < text.Length && (text[first] is >= ' ' and <= '~' || !IsUnsafe(text[first]))) first++;
        if (first == text.Length) return text;

        var safe = new StringBuilder(text.Length + 8);
        foreach (char c in text) AppendSafe(safe, c);
        return safe.ToString();
    }

    /// <summary>Text for a documentation comment.</summary>
    public static string Documentation(string text) => Comment(text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    /// <summary>Whole numbers as a string of two characters each, low half first.</summary>
    public static string NumbersAsText(IEnumerable<int> numbers)
    {
        var text = new StringBuilder();
        foreach (int number in numbers)
        {
            AppendEscape(text, number & 0xFFFF);
            AppendEscape(text, (number >> 16) & 0xFFFF);
        }

        return "\"" + text + "\"";
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A whole number behind other text.</summary>
    public static StringBuilder AppendNumber(StringBuilder text, int value)
    {
        if (value is < 0 or > 9999) return text.Append(Number(value));

        int unit = value > 999 ? 1000 : value > 99 ? 100 : value > 9 ? 10 : 1;
        for (; unit > 0; unit /= 10) text.Append((char)('0' + (value / unit % 10)));
        return text;
    }

    /// <summary>A value of one of the types that constants can have.</summary>
    public static string Constant(object? value) => value switch
    {
        null => "default",
        bool flag => flag ? "true" : "false",
        string text => Text(text),
        char c => "(char)" + Number(c),
        double.NaN => "double.NaN",
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        double number => number.ToString("R", CultureInfo.InvariantCulture) + "d",
        float.NaN => "float.NaN",
        float.PositiveInfinity => "float.PositiveInfinity",
        float.NegativeInfinity => "float.NegativeInfinity",
        float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
        decimal number => number.ToString(CultureInfo.InvariantCulture) + "m",
        DateTime time => "new global::System.DateTime(" + Number(time.Ticks) + "L)",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "default",
    };

    private static void AppendSafe(StringBuilder text, char c)
    {
        if (IsUnsafe(c)) AppendEscape(text, c);
        else text.Append(c);
    }

    private static void AppendEscape(StringBuilder text, int c)
    {
        text.Append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) text.Append("0123456789abcdef"[(c >> shift) & 0xF]);
    }

    // Not only controls: a line separator ends a literal and a comment, a lone surrogate would not survive the file
    private static bool IsUnsafe(char c) => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFEFF';
}
