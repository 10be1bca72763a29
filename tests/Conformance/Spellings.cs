using System.Text;

namespace Prebake.Conformance;

/// <summary>The ways in which a client may write the name of a file in a path (RFC 3986 section 6.2.2).</summary>
internal static class Spellings
{
    /// <summary>As it is where it may be, everything escaped, in either case, each character alone, and as browsers and as .NET do it.</summary>
    public static IEnumerable<string> Of(string name)
    {
        char[] characters = name.ToCharArray();
        // What no request line can hold as it is
        string Raw(char c) => c is ' ' or '%' or '?' or '#' ? Escape(c) : c.ToString();

        yield return string.Concat(characters.Select(Raw));
        yield return string.Concat(characters.Select(Escape));
        yield return string.Concat(characters.Select(c => Escape(c).ToLowerInvariant()));
        yield return Uri.EscapeDataString(name);
        for (int i = 0; i < characters.Length; i++) yield return string.Concat(characters.Select((c, at) => at == i ? Escape(c) : Raw(c)));
    }

    private static string Escape(char c) => string.Concat(Encoding.UTF8.GetBytes(c.ToString()).Select(b => $"%{b:X2}"));
}
