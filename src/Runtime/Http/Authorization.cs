using System.Diagnostics.CodeAnalysis;
using Prebake.Http;

namespace Prebake;

/// <summary>
/// The value of the <c>Authorization</c> header (RFC 9110 section 11.6.2), whatever its scheme: for apps that take
/// several. With one scheme only, ask for a <see cref="Prebake.Bearer"/> or a <see cref="Prebake.Basic"/> at once. Its
/// text shows no secrets.
/// </summary>
/// <example><code>
/// [Get("/me")] string Me([Header("Authorization")] Authorization? authorization) =>
///     authorization?.Bearer is { } bearer ? …
/// </code></example>
public sealed class Authorization : ISpanParsable<Authorization>
{
    private readonly string _credentials;

    private Authorization(string scheme, string credentials) => (Scheme, _credentials) = (scheme, credentials);

    /// <summary>The scheme as sent, such as <c>Bearer</c>; schemes compare without case.</summary>
    public string Scheme { get; }

    /// <summary>What stands behind the scheme; perhaps empty.</summary>
    public string Credentials => _credentials;

    /// <summary>The token, if the scheme is <c>Bearer</c> and what follows is one; else null.</summary>
    public Bearer? Bearer => Prebake.Bearer.Of(this);

    /// <summary>User and password, if the scheme is <c>Basic</c> and what follows is that; else null.</summary>
    public Basic? Basic => Prebake.Basic.Of(this);

    /// <summary>The header's value, if it begins with a scheme.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> s, IFormatProvider? provider, [MaybeNullWhen(false)] out Authorization result)
    {
        result = null;
        ReadOnlySpan<char> text = s.Trim(' ');
        int space = text.IndexOf(' ');
        ReadOnlySpan<char> scheme = space < 0 ? text : text[..space];
        if (scheme.IsEmpty || !CredentialText.IsToken(scheme)) return false;

        result = new Authorization(scheme.ToString(), space < 0 ? "" : text[space..].Trim(' ').ToString());
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider, out Authorization)"/>
    public static bool TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Authorization result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider, out Authorization)"/>
    /// <exception cref="FormatException">It does not begin with a scheme.</exception>
    public static Authorization Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, provider, out Authorization? result)
            ? result
            : throw new FormatException("An Authorization header begins with the name of a scheme.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider)"/>
    public static Authorization Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    /// <summary>The scheme alone.</summary>
    public override string ToString() => $"{Scheme} …";
}
