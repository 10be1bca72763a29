using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Prebake.Http;

/// <summary>The grammar of credentials, RFC 9110 section 11.2.</summary>
internal static class CredentialText
{
    private static readonly SearchValues<char> s_token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> s_token68 = SearchValues.Create(
        "-._~+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(s_token);

    /// <summary>Of the characters that base64 in each of its forms has, with padding at the end.</summary>
    public static bool IsToken68(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> body = text.TrimEnd('=');
        return !body.IsEmpty && !body.ContainsAnyExcept(s_token68);
    }

    /// <summary>In a time that depends on the lengths only.</summary>
    public static bool AreSame(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
