using System.Buffers;

namespace Prebake.Grammar;

/// <summary>Names and words of HTTP: methods, field names, connection options.</summary>
internal static class Token
{
    // tchar, RFC 9110 section 5.6.2
    public static readonly SearchValues<byte> Bytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    public static bool IsValid(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(Bytes);

    public static bool IsTokenByte(byte value) => Bytes.Contains(value);
}
