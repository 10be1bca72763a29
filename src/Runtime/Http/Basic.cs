using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Prebake.Http;

namespace Prebake;

/// <summary>
/// User and password as they came in <c>Authorization</c> (RFC 7617): in UTF-8, or in Latin-1 if they cannot be that.
/// Whether they are right is for your code to say. Its text does not show them.
/// </summary>
/// <remarks>
/// As a parameter that may be null it is null if the header is absent or of another scheme; if it may not, that is 401.
/// What is of the scheme and malformed is 400.
/// </remarks>
/// <example><code>
/// [Get("/admin")] string Admin([Header("Authorization")] Basic basic) => basic.Is("admin", password) ? …
/// </code></example>
public sealed class Basic : ISpanParsable<Basic>
{
    private const string Scheme = "Basic";

    private Basic(string user, string password) => (User, Password) = (user, password);

    /// <summary>The user's name, which has no colon; perhaps empty.</summary>
    public string User { get; }

    /// <summary>The password; perhaps empty.</summary>
    public string Password { get; }

    /// <summary>
    /// Compares both with what they should be, in a time that does not tell how much of them is right. For a key from
    /// the configuration; passwords of users belong into a store that keeps them hashed.
    /// </summary>
    public bool Is(string user, string password)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(password);
        return CredentialText.AreSame(User, user) & CredentialText.AreSame(Password, password);
    }

    /// <summary>The header's value, if its scheme is <c>Basic</c> and user and password follow in base64.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> s, IFormatProvider? provider, [MaybeNullWhen(false)] out Basic result)
    {
        result = Authorization.TryParse(s, provider, out Authorization? authorization) ? Of(authorization) : null;
        return result is not null;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider, out Basic)"/>
    public static bool TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Basic result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider, out Basic)"/>
    /// <exception cref="FormatException">It is something else.</exception>
    public static Basic Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, provider, out Basic? result)
            ? result
            : throw new FormatException("The header is not 'Basic' with user and password in base64.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider)"/>
    public static Basic Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <summary>The scheme alone.</summary>
    public override string ToString() => $"{Scheme} …";

    internal static Basic? Of(Authorization authorization)
    {
        string credentials = authorization.Credentials;
        if (!authorization.Scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase)
            || !CredentialText.IsToken68(credentials)) return null;

        var bytes = new byte[credentials.Length];
        if (!Convert.TryFromBase64String(credentials, bytes, out int length)) return null;

        // What cannot be UTF-8 is of a client that takes Latin-1 (RFC 7617 appendix B.3): Python's requests and OkHttp
        // do so unless they are told otherwise
        ReadOnlySpan<byte> sent = bytes.AsSpan(0, length);
        string pair = (Utf8.IsValid(sent) ? Encoding.UTF8 : Encoding.Latin1).GetString(sent);

        // RFC 7617 section 2: the user-id has no colon, and neither has control characters
        int colon = pair.IndexOf(':');
        return colon < 0 || pair.AsSpan().ContainsAnyInRange('\0', '\x1f') || pair.Contains('\x7f')
            ? null
            : new Basic(pair[..colon], pair[(colon + 1)..]);
    }
}
