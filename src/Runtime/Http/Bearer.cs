using System.Diagnostics.CodeAnalysis;
using Prebake.Http;

namespace Prebake;

/// <summary>
/// A bearer token as it came in <c>Authorization</c> (RFC 6750 section 2.1). Whether it is worth anything is for your
/// code to say. Its text does not show the token.
/// </summary>
/// <remarks>
/// As a parameter that may be null it is null if the header is absent or of another scheme; if it may not, that is 401.
/// What is of the scheme and malformed is 400.
/// </remarks>
/// <example><code>
/// [Get("/me")] string Me([Header("Authorization")] Bearer? bearer) => bearer is null ? "nobody" : Check(bearer.Token);
/// </code></example>
public sealed class Bearer : ISpanParsable<Bearer>
{
    private const string Scheme = "Bearer";

    private Bearer(string token) => Token = token;

    /// <summary>The token: letters, digits and <c>-._~+/</c>, with <c>=</c> at the end at most.</summary>
    public string Token { get; }

    /// <summary>
    /// Compares the token with a secret, such as a key from the configuration, in a time that does not tell how much of
    /// it is right.
    /// </summary>
    public bool Is(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return CredentialText.AreSame(Token, secret);
    }

    /// <summary>The header's value, if its scheme is <c>Bearer</c> and a token follows.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> s, IFormatProvider? provider, [MaybeNullWhen(false)] out Bearer result)
    {
        result = Authorization.TryParse(s, provider, out Authorization? authorization) ? Of(authorization) : null;
        return result is not null;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider, out Bearer)"/>
    public static bool TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Bearer result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider, out Bearer)"/>
    /// <exception cref="FormatException">It is something else.</exception>
    public static Bearer Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, provider, out Bearer? result)
            ? result
            : throw new FormatException("The header is not 'Bearer' and a token.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider)"/>
    public static Bearer Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <summary>The scheme alone.</summary>
    public override string ToString() => $"{Scheme} …";

    internal static Bearer? Of(Authorization authorization) =>
        authorization.Scheme.Equals(Scheme, StringComparison.OrdinalIgnoreCase)
            && CredentialText.IsToken68(authorization.Credentials)
            ? new Bearer(authorization.Credentials)
            : null;
}
