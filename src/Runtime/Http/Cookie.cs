using System.Globalization;
using System.Text;
using Prebake.Grammar;
using Prebake.Http;

namespace Prebake;

/// <summary>Whether a cookie goes along with requests from other sites.</summary>
public enum SameSite
{
    /// <summary>With top-level navigation only; the default.</summary>
    Lax,
    /// <summary>Never from other sites.</summary>
    Strict,
    /// <summary>Always; browsers demand <c>Secure</c> then, so it is set as well.</summary>
    None,
}

/// <summary>
/// How a cookie is set. The defaults are <c>Path=/; SameSite=Lax</c>. What browsers demand is added: <c>Secure</c> to a
/// cookie that is partitioned or <c>SameSite=None</c>, and what the prefix of a name promises (<c>__Secure-</c>,
/// <c>__Host-</c>, <c>__Http-</c>, <c>__Host-Http-</c>).
/// </summary>
public sealed record CookieOptions
{
    /// <summary>The host and its subdomains that get the cookie back; null: this host only.</summary>
    public string? Domain { get; init; }

    /// <summary>
    /// The paths below which it is sent back; it starts with <c>/</c>. Default <c>/</c>; "" leaves it to the browser.
    /// </summary>
    public string Path { get; init; } = "/";

    /// <summary>When it ends; null: with the browser's session.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>How long it lives, in whole seconds; takes precedence over <see cref="Expires"/>.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Sent over TLS only.</summary>
    public bool Secure { get; init; }

    /// <summary>Hidden from scripts.</summary>
    public bool HttpOnly { get; init; }

    /// <summary>Kept apart for each top-level site (CHIPS); <c>Secure</c> is set as well.</summary>
    public bool Partitioned { get; init; }

    /// <summary>Whether it goes along with requests from other sites.</summary>
    public SameSite SameSite { get; init; } = SameSite.Lax;
}

/// <summary>A cookie as a Set-Cookie header says it (RFC 6265 section 4.1).</summary>
/// <param name="Name">A token.</param>
/// <param name="Value">Any text; percent-encoded where a cookie may not have it.</param>
/// <param name="Options">How it is set.</param>
public sealed record Cookie(string Name, string Value, CookieOptions Options)
{
    // RFC 6265bis section 5.6: longer attributes are ignored
    private const int MaxAttributeLength = 1024;

    /// <summary>
    /// Reads the value of a Set-Cookie header as browsers do (RFC 6265bis section 5.6). Attributes that are unknown or
    /// cannot be read are ignored; a <c>Max-Age</c> beyond what <see cref="TimeSpan"/> holds is its largest or smallest
    /// value.
    /// </summary>
    /// <exception cref="FormatException">
    /// It does not start with <c>name=value</c>, or it contains a control character.
    /// </exception>
    public static Cookie Parse(string setCookie)
    {
        ArgumentNullException.ThrowIfNull(setCookie);
        foreach (char c in setCookie)
        {
            if (c is < ' ' and not '\t' or '\x7f')
                throw new FormatException($"A cookie cannot contain U+{(int)c:X4}; remove it.");
        }

        ReadOnlySpan<char> rest = setCookie;
        ReadOnlySpan<char> pair = TakePart(ref rest);
        int equals = pair.IndexOf('=');
        ReadOnlySpan<char> name = equals < 0 ? default : pair[..equals].TrimEnd(" \t");
        if (name.IsEmpty) throw new FormatException($"'{setCookie}' is not a cookie; it must start with name=value.");

        string raw = pair[(equals + 1)..].TrimStart(" \t").ToString();
        string value = PercentEncoding.Decode(Encoding.UTF8.GetBytes(raw), plusIsSpace: false);

        var options = new CookieOptions { Path = "" };
        while (!rest.IsEmpty) options = WithAttribute(options, TakePart(ref rest));

        return new Cookie(name.ToString(), value, options);
    }

    /// <summary>The value of the Set-Cookie header.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(Name).Append('=').Append(Uri.EscapeDataString(Value));

        if (Options.Domain is not null) text.Append("; Domain=").Append(Options.Domain);
        if (Options.Path.Length > 0) text.Append("; Path=").Append(Options.Path);
        if (Options.Expires is { } expires)
            text.Append("; Expires=").Append(expires.UtcDateTime.ToString("r", CultureInfo.InvariantCulture));
        if (Options.MaxAge is { } age) text.Append("; Max-Age=").Append(((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        if (Options.Secure) text.Append("; Secure");
        if (Options.HttpOnly) text.Append("; HttpOnly");
        if (Options.Partitioned) text.Append("; Partitioned");
        return text.Append("; SameSite=").Append(Options.SameSite switch
        {
            SameSite.Strict => "Strict",
            SameSite.None => "None",
            _ => "Lax",
        }).ToString();
    }

    private static ReadOnlySpan<char> TakePart(ref ReadOnlySpan<char> rest)
    {
        int semicolon = rest.IndexOf(';');
        ReadOnlySpan<char> part = semicolon < 0 ? rest : rest[..semicolon];
        rest = semicolon < 0 ? default : rest[(semicolon + 1)..];
        return part.Trim(" \t");
    }

    // Of two attributes with one name the last counts
    private static CookieOptions WithAttribute(CookieOptions options, ReadOnlySpan<char> attribute)
    {
        int equals = attribute.IndexOf('=');
        string name = (equals < 0 ? attribute : attribute[..equals].TrimEnd(" \t")).ToString().ToLowerInvariant();
        string value = equals < 0 ? "" : attribute[(equals + 1)..].TrimStart(" \t").ToString();
        if (value.Length > MaxAttributeLength) return options;

        switch (name)
        {
            case "domain":
                // A dot in front was for the browsers of RFC 2109
                string domain = value.StartsWith('.') ? value[1..] : value;
                return options with { Domain = domain.Length > 0 ? domain.ToLowerInvariant() : null };

            case "path": return options with { Path = value.StartsWith('/') ? value : "" };
            case "expires" when CookieDate.TryParse(value, out DateTimeOffset date): return options with { Expires = date };
            case "max-age" when TryMaxAge(value, out TimeSpan age): return options with { MaxAge = age };
            case "secure": return options with { Secure = true };
            case "httponly": return options with { HttpOnly = true };
            case "partitioned": return options with { Partitioned = true };
            case "samesite": return options with { SameSite = SameSiteOf(value) };
            default: return options;
        }
    }

    private static SameSite SameSiteOf(string value) => value.ToLowerInvariant() switch
    {
        "strict" => SameSite.Strict,
        "none" => SameSite.None,
        _ => SameSite.Lax,
    };

    // RFC 6265 section 5.2.2: digits, with a minus perhaps; as many as anybody likes
    private static bool TryMaxAge(string value, out TimeSpan age)
    {
        age = default;
        bool isNegative = value.StartsWith('-');
        ReadOnlySpan<char> digits = value.AsSpan(isNegative ? 1 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9')) return false;

        bool fits = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            && seconds <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerSecond;
        TimeSpan positive = fits ? new TimeSpan(seconds * TimeSpan.TicksPerSecond) : TimeSpan.MaxValue;
        age = !isNegative ? positive : fits ? -positive : TimeSpan.MinValue;
        return true;
    }
}
