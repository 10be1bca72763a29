namespace Prebake.Grammar;

/// <summary>Names and words of HTTP: methods, field names, connection options. tchar, RFC 9110 section 5.6.2.</summary>
internal static class Token
{
    public static bool IsValid(ReadOnlySpan<byte> text) => !text.IsEmpty && Characters.TokenLength(text) == text.Length;

    public static bool IsTokenByte(byte value) => Characters.IsToken(value);
}
