using System.Collections;
using System.Text;
using Prebake.Grammar;
using Prebake.Http;

namespace Prebake;

/// <summary>
/// The cookies of a request, and those to be set with its answer (rows B38–B42). What is set or deleted here goes out with whatever the handler
/// returns, beside the response's own Set-Cookie fields.
/// </summary>
public sealed class Cookies : IEnumerable<KeyValuePair<string, string>>
{
    private readonly Headers _headers;
    private Dictionary<string, string>? _received;
    private List<Cookie>? _set;

    internal Cookies(Headers headers) => _headers = headers;

    /// <summary>
    /// The value of a cookie, percent-decoded, or null. Of two with one name the first counts. What has been set or deleted since is seen.
    /// </summary>
    public string? this[string name] => Received.GetValueOrDefault(name);

    /// <summary>How many there are.</summary>
    public int Count => Received.Count;

    /// <summary>Whether there is one of that name.</summary>
    public bool Contains(string name) => Received.ContainsKey(name);

    /// <summary>Sets a cookie with the answer.</summary>
    /// <param name="name">A token.</param>
    /// <param name="value">Any text; percent-encoded where needed.</param>
    /// <param name="options">Null: <c>Path=/; SameSite=Lax</c>.</param>
    /// <exception cref="ArgumentException">The name, the domain or the path cannot be sent (row B41).</exception>
    public void Set(string name, string value, CookieOptions? options = null)
    {
        options ??= new CookieOptions();
        Check(name, options);

        Received[name] = value;
        Replace(new Cookie(name, value, options));
    }

    /// <summary>Makes the browser forget a cookie. Path and domain must be those it was set with.</summary>
    /// <exception cref="ArgumentException">The name, the domain or the path cannot be sent (row B41).</exception>
    public void Delete(string name, string path = "/", string? domain = null)
    {
        var options = new CookieOptions { Path = path, Domain = domain, Expires = DateTimeOffset.UnixEpoch };
        Check(name, options);

        Received.Remove(name);
        Replace(new Cookie(name, "", options));
    }

    /// <summary>All cookies, in no order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Received.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The Set-Cookie fields that go with the answer, or null.</summary>
    internal List<Cookie>? ToSet => _set;

    private Dictionary<string, string> Received => _received ??= Parse();

    private Dictionary<string, string> Parse()
    {
        var cookies = new Dictionary<string, string>(StringComparer.Ordinal);

        // More than one Cookie field is odd, but proxies and HTTP/2 split them
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
        _set ??= [];
        _set.RemoveAll(other => other.Name == cookie.Name && other.Options.Path == cookie.Options.Path && other.Options.Domain == cookie.Options.Domain);
        _set.Add(cookie);
    }

    private static void Check(string name, CookieOptions options)
    {
        if (!Token.IsValid(Encoding.UTF8.GetBytes(name))) throw new ArgumentException($"'{name}' is no cookie name: letters, digits and !#$%&'*+-.^_`|~ are allowed.", nameof(name));
        CheckAttribute(nameof(options.Path), options.Path);
        if (options.Domain is not null) CheckAttribute(nameof(options.Domain), options.Domain);
    }

    private static void CheckAttribute(string attribute, string value)
    {
        foreach (char c in value)
            if (c is < ' ' or > '~' or ';') throw new ArgumentException($"The {attribute} of a cookie contains U+{(int)c:X4}, which cannot be sent.", "options");
    }
}
