namespace Prebake.Shared;

/// <summary>What RFC 9110 section 5 allows in the fields that a program writes by hand, and the fields that it may not write.</summary>
internal static class FieldSyntax
{
    /// <summary>token, section 5.6.2.</summary>
    public static bool IsToken(string text)
    {
        foreach (char c in text)
        {
            bool allowed = c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') || "!#$%&'*+-.^_`|~".IndexOf(c) >= 0;
            if (!allowed) return false;
        }

        return text.Length > 0;
    }

    /// <summary>field-value, section 5.5: visible ASCII, inner spaces and tabs; Latin-1 above is obsolete but harmless. Never CR or LF.</summary>
    public static bool IsValue(string text)
    {
        foreach (char c in text)
            if (c is not ('\t' or (>= ' ' and <= '~') or (>= '\u0080' and <= '\u00FF'))) return false;

        return text.Length == 0 || (text[0] is not (' ' or '\t') && text[text.Length - 1] is not (' ' or '\t'));
    }

    /// <summary>The framework writes these from the body that it sends; a second opinion is how smuggling starts.</summary>
    public static bool IsFraming(string name) =>
        name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase);
}
