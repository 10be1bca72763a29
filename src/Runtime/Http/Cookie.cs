using System.Globalization;
using System.Text;

namespace Prebake;

/// <summary>Whether a cookie goes along with requests from other sites.</summary>
public enum SameSite
{
    /// <summary>With top-level navigation only; the default.</summary>
    Lax,
    /// <summary>Never from other sites.</summary>
    Strict,
    /// <summary>Always; browsers then demand <c>Secure</c>.</summary>
    None,
}

/// <summary>How a cookie is set (row B39). The defaults are <c>Path=/; SameSite=Lax</c>.</summary>
public sealed record CookieOptions
{
    /// <summary>The host and its subdomains that get the cookie back; null: this host only.</summary>
    public string? Domain { get; init; }

    /// <summary>The paths below which it is sent back. Default <c>/</c>.</summary>
    public string Path { get; init; } = "/";

    /// <summary>When it ends; null: with the browser's session.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>How long it lives, in whole seconds; beats <see cref="Expires"/>.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Sent over TLS only.</summary>
    public bool Secure { get; init; }

    /// <summary>Hidden from scripts.</summary>
    public bool HttpOnly { get; init; }

    /// <summary>Kept apart for each top-level site.</summary>
    public bool Partitioned { get; init; }

    /// <summary>Whether it goes along with requests from other sites.</summary>
    public SameSite SameSite { get; init; } = SameSite.Lax;
}

/// <summary>A cookie as a Set-Cookie field says it (RFC 6265 section 4.1).</summary>
/// <param name="Name">A token.</param>
/// <param name="Value">Any text; percent-encoded where a cookie may not have it.</param>
/// <param name="Options">How it is set.</param>
public sealed record Cookie(string Name, string Value, CookieOptions Options)
{
    /// <summary>Reads the value of a Set-Cookie field (row B42); unknown attributes are passed over.</summary>
    /// <exception cref="FormatException">There is no <c>name=value</c> in front.</exception>
    public static Cookie Parse(string setCookie)
    {
        string[] parts = setCookie.Split(';', StringSplitOptions.TrimEntries);
        int equals = parts[0].IndexOf('=');
        if (equals <= 0) throw new FormatException($"'{setCookie}' is no cookie: it must start with name=value.");

        var options = new CookieOptions { Path = "" };
        foreach (string part in parts.AsSpan(1))
        {
            int at = part.IndexOf('=');
            string name = at < 0 ? part : part[..at];
            string value = at < 0 ? "" : part[(at + 1)..];

            options = name.ToLowerInvariant() switch
            {
                "domain" => options with { Domain = value },
                "path" => options with { Path = value },
                "expires" when DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset expires) => options with { Expires = expires },
                "max-age" when long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds) => options with { MaxAge = TimeSpan.FromSeconds(seconds) },
                "secure" => options with { Secure = true },
                "httponly" => options with { HttpOnly = true },
                "partitioned" => options with { Partitioned = true },
                "samesite" => options with { SameSite = value.ToLowerInvariant() switch { "strict" => SameSite.Strict, "none" => SameSite.None, _ => SameSite.Lax } },
                _ => options,
            };
        }

        return new Cookie(parts[0][..equals], Http.PercentEncoding.Decode(Encoding.UTF8.GetBytes(parts[0][(equals + 1)..]), plusIsSpace: false), options);
    }

    /// <summary>The value of the Set-Cookie field.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(Name).Append('=').Append(Uri.EscapeDataString(Value));

        if (Options.Domain is not null) text.Append("; Domain=").Append(Options.Domain);
        if (Options.Path.Length > 0) text.Append("; Path=").Append(Options.Path);
        if (Options.Expires is { } expires) text.Append("; Expires=").Append(expires.UtcDateTime.ToString("r", CultureInfo.InvariantCulture));
        if (Options.MaxAge is { } age) text.Append("; Max-Age=").Append(((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        if (Options.Secure) text.Append("; Secure");
        if (Options.HttpOnly) text.Append("; HttpOnly");
        if (Options.Partitioned) text.Append("; Partitioned");
        return text.Append("; SameSite=").Append(Options.SameSite switch { SameSite.Strict => "Strict", SameSite.None => "None", _ => "Lax" }).ToString();
    }
}
