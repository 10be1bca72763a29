using System.Collections;
using System.Text;
using Prebake.Grammar;
using Prebake.Http;

namespace Prebake;

/// <summary>
/// The cookies of a request, and those to be set with its response. What is set or deleted here goes out with whatever
/// the handler returns, beside the response's own Set-Cookie headers.
/// </summary>
public sealed class Cookies : IEnumerable<KeyValuePair<string, string>>
{
    // RFC 6265bis section 5.6: what is longer is ignored, and nobody hears of it
    private const int MaxLength = 4096;

    private readonly Headers _headers;
    private Dictionary<string, string>? _received;

    // Never changed but replaced, so that the writer of a head may go through it while a producer sets another
    private List<Cookie>? _set;

    internal Cookies(Headers headers) => _headers = headers;

    /// <summary>
    /// The value of a cookie, percent-decoded, or null. Of two with the same name, the first counts. Cookies that have
    /// been set or deleted meanwhile are taken into account.
    /// </summary>
    public string? this[string name] => Received.GetValueOrDefault(name);

    /// <summary>How many there are.</summary>
    public int Count => Received.Count;

    /// <summary>Whether there is one of that name.</summary>
    public bool Contains(string name) => Received.ContainsKey(name);

    /// <summary>Sets a cookie with the response.</summary>
    /// <param name="name">
    /// A token. Its prefix says what the cookie is: <c>__Secure-</c> sets <c>Secure</c>; <c>__Host-</c> sets
    /// <c>Secure</c> and <c>Path=/</c>, and takes no domain; <c>__Http-</c> and <c>__Host-Http-</c> set <c>HttpOnly</c>
    /// as well.
    /// </param>
    /// <param name="value">Any text; percent-encoded where needed.</param>
    /// <param name="options">Null: <c>Path=/; SameSite=Lax</c>.</param>
    /// <exception cref="ArgumentNullException">The name or the value is null.</exception>
    /// <exception cref="ArgumentException">
    /// The name, the domain or the path cannot be sent; the options contradict the prefix of the name; or name and
    /// value exceed the 4,096 bytes that browsers keep.
    /// </exception>
    public void Set(string name, string value, CookieOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(value);
        Replace(MakeCookie(name, value, options ?? new CookieOptions()));
        Received[name] = value;
    }

    /// <summary>Makes the browser forget a cookie. Path and domain must be those it was set with.</summary>
    /// <exception cref="ArgumentException">
    /// The name, the domain or the path cannot be sent, or they contradict the prefix of the name.
    /// </exception>
    public void Delete(string name, string path = "/", string? domain = null) =>
        Delete(name, new CookieOptions { Path = path, Domain = domain });

    /// <summary>
    /// Makes the browser forget a cookie that was set with these options: path, domain and <c>Partitioned</c> tell it
    /// from others of its name, and a browser drops a change of a <c>Secure</c> cookie that is not <c>Secure</c>
    /// itself. <c>Expires</c> and <c>MaxAge</c> are ignored.
    /// </summary>
    /// <inheritdoc cref="Delete(string, string, string)" path="/exception"/>
    public void Delete(string name, CookieOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Replace(MakeCookie(name, "", options with { Expires = DateTimeOffset.UnixEpoch, MaxAge = null }));
        Received.Remove(name);
    }

    /// <summary>All cookies, in no particular order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Received.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The Set-Cookie headers that go with the response, or null. The list does not change.</summary>
    internal List<Cookie>? ToSet => Volatile.Read(ref _set);

    private Dictionary<string, string> Received => _received ??= Parse();

    private Dictionary<string, string> Parse()
    {
        var cookies = new Dictionary<string, string>(StringComparer.Ordinal);

        // More than one Cookie header is odd, but proxies and HTTP/2 split them
        foreach (string line in _headers.GetAll("Cookie"))
        {
            foreach (Range range in line.AsSpan().Split(';'))
            {
                ReadOnlySpan<char> pair = line.AsSpan(range).Trim(" \t");
                int equals = pair.IndexOf('=');
                if (equals <= 0) continue;

                string value = PercentEncoding.Decode(Encoding.Latin1.GetBytes(pair[(equals + 1)..].ToString()), plusIsSpace: false);
                cookies.TryAdd(pair[..equals].TrimEnd(" \t").ToString(), value);
            }
        }

        return cookies;
    }

    private void Replace(Cookie cookie)
    {
        List<Cookie> set = [.. _set ?? []];
        set.RemoveAll(other => IsSame(other, cookie));
        set.Add(cookie);
        Volatile.Write(ref _set, set);
    }

    // What tells a browser's cookies apart: RFC 6265bis section 5.7, and whether they are in a partition
    private static bool IsSame(Cookie a, Cookie b) =>
        a.Name == b.Name
        && a.Options.Path == b.Options.Path
        && a.Options.Partitioned == b.Options.Partitioned
        && string.Equals(a.Options.Domain, b.Options.Domain, StringComparison.OrdinalIgnoreCase);

    // All that its line in the head could fail of is looked at here, in the handler that can be told
    private static Cookie MakeCookie(string name, string value, CookieOptions options)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!Token.IsValid(Encoding.UTF8.GetBytes(name)))
            throw new ArgumentException(
                $"'{name}' is not a cookie name; use letters, digits and !#$%&'*+-.^_`|~ only.",
                nameof(name));

        ArgumentNullException.ThrowIfNull(options.Path, nameof(options));
        CheckAttribute(nameof(options.Path), options.Path);
        if (options.Path.Length > 0 && options.Path[0] != '/')
            throw new ArgumentException(
                $"The Path '{options.Path}' of a cookie does not start with '/', so browsers ignore it; write "
                    + $"'/{options.Path}'.",
                nameof(options));

        if (options.Domain is not null) CheckAttribute(nameof(options.Domain), options.Domain);

        options = Promised(name, options);
        if (options.Partitioned || options.SameSite is SameSite.None) options = options with { Secure = true };

        var cookie = new Cookie(name, value, options);
        if (name.Length + Uri.EscapeDataString(value).Length > MaxLength)
            throw new ArgumentException(
                $"The cookie '{name}' has more than the {MaxLength} bytes that browsers keep; store less in it.",
                nameof(value));

        return cookie;
    }

    // RFC 6265bis section 4.1.3; browsers compare without case
    private static CookieOptions Promised(string name, CookieOptions options)
    {
        bool isHttp = Has("__Host-Http-") || Has("__Http-");
        bool isHost = Has("__Host-");
        if (isHost && (options.Domain is not null || options.Path is not ("/" or "")))
            throw new ArgumentException(
                $"The cookie '{name}' belongs to one host and all its paths, as its prefix says; leave out Domain and "
                    + "Path.",
                nameof(options));

        if (isHost) options = options with { Path = "/" };
        if (isHttp) options = options with { HttpOnly = true };
        return isHost || isHttp || Has("__Secure-") ? options with { Secure = true } : options;

        bool Has(string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
    }

    private static void CheckAttribute(string attribute, string value)
    {
        foreach (char c in value)
            if (c is < ' ' or > '~' or ';')
                throw new ArgumentException(
                    $"The {attribute} of a cookie contains U+{(int)c:X4}, which cannot be sent; remove it.", "options");
    }
}
