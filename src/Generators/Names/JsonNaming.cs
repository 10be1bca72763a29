using System.Globalization;
using System.Text;

namespace Prebake.Generators.Names;

/// <summary>Names as <c>JsonNamingPolicy</c> makes them, character for character.</summary>
internal static class JsonNaming
{
    /// <param name="policy">The number of the <c>JsonKnownNamingPolicy</c>.</param>
    /// <param name="name">In C#.</param>
    public static string Of(int policy, string name) => policy switch
    {
        1 => CamelCase(name),
        2 => Separated(name, '_', isLower: true),
        3 => Separated(name, '_', isLower: false),
        4 => Separated(name, '-', isLower: true),
        5 => Separated(name, '-', isLower: false),
        _ => name,
    };

    /// <summary>Upper-case letters at the start become lower case, up to the one in front of a lower-case letter: <c>URLPath</c> is <c>urlPath</c>.</summary>
    public static string CamelCase(string name)
    {
        char[] letters = name.ToCharArray();
        for (int i = 0; i < letters.Length && char.IsUpper(letters[i]); i++)
        {
            if (i > 0 && i + 1 < letters.Length && !char.IsUpper(letters[i + 1]))
            {
                // "IO Path": what ends a run of capitals may be a space too
                if (letters[i + 1] == ' ') letters[i] = char.ToLowerInvariant(letters[i]);
                break;
            }

            letters[i] = char.ToLowerInvariant(letters[i]);
        }

        return new string(letters);
    }

    private enum Before { Nothing, Capital, Other, Space }

    private static string Separated(string name, char separator, bool isLower)
    {
        var text = new StringBuilder(name.Length + 4);
        Before before = Before.Nothing;
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            switch (CharUnicodeInfo.GetUnicodeCategory(c))
            {
                case UnicodeCategory.UppercaseLetter:
                    bool begins = before switch
                    {
                        Before.Other or Before.Space => true,
                        // The R of XMLReader
                        Before.Capital => i + 1 < name.Length && char.IsLower(name[i + 1]),
                        _ => false,
                    };
                    if (begins) text.Append(separator);
                    text.Append(isLower ? char.ToLowerInvariant(c) : c);
                    before = Before.Capital;
                    break;

                case UnicodeCategory.LowercaseLetter or UnicodeCategory.DecimalDigitNumber:
                    if (before == Before.Space) text.Append(separator);
                    text.Append(isLower ? c : char.ToUpperInvariant(c));
                    before = Before.Other;
                    break;

                case UnicodeCategory.SpaceSeparator:
                    if (before != Before.Nothing) before = Before.Space;
                    break;

                default:
                    text.Append(c);
                    before = Before.Nothing;
                    break;
            }
        }

        return text.ToString();
    }
}
