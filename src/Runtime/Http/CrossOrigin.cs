using Prebake.Shared;

namespace Prebake;

/// <summary>
/// What pages of other origins may do, from one list: those that are listed may read responses (CORS), and requests of all
/// others that could change something are refused (cross-site request forgery). For <see cref="UseAttribute"/>.
/// </summary>
/// <remarks>
/// A request with an unsafe method is let in when <c>Sec-Fetch-Site</c> says <c>same-origin</c> or <c>none</c>, or when its
/// <c>Origin</c> is listed; any other value of <c>Sec-Fetch-Site</c> is refused with 403. Browsers without that header are
/// judged by <c>Origin</c>, which must be the host that was asked. A request without both does not come from a page.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [Use] readonly CrossOrigin _origins = new() { Origins = ["https://app.example"], Credentials = true };
/// }
/// </code></example>
public sealed class CrossOrigin
{
    private Dictionary<string, Response>? _preflights;
    private string? _exposed;

    /// <summary>
    /// The origins whose pages may read responses, such as <c>https://app.example</c>; default none. <c>*</c> alone is
    /// every page, which lets nobody past the protection of unsafe methods.
    /// </summary>
    /// <exception cref="ArgumentException">A text is not an origin as browsers send it.</exception>
    public IReadOnlyList<string> Origins
    {
        get;
        init
        {
            foreach (string origin in value)
            {
                string? reason = OriginSyntax.ReasonAgainst(origin);
                if (origin == "*" && value.Count > 1) reason = "it is every page, so the others say nothing; remove one or the other";
                if (reason is not null)
                    throw new ArgumentException($"'{origin}' is not an origin: {reason}.", nameof(value));
            }

            field = value;
            CheckCredentials();
        }
    } = [];

    /// <summary>The methods that pages of these origins may use. Default GET, HEAD, POST, PUT, PATCH and DELETE.</summary>
    /// <exception cref="ArgumentException">One is not a name of a method.</exception>
    public IReadOnlyList<string> Methods { get; init => field = Names(value, nameof(Methods)); } = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    /// <summary>The request headers that their scripts may set. Default Authorization and Content-Type.</summary>
    /// <exception cref="ArgumentException">One is not a name of a header.</exception>
    public IReadOnlyList<string> RequestHeaders { get; init => field = Names(value, nameof(RequestHeaders)); } = ["Authorization", "Content-Type"];

    /// <summary>The response headers that their scripts may read beside the usual ones. Default none.</summary>
    /// <exception cref="ArgumentException">One is not a name of a header.</exception>
    public IReadOnlyList<string> ExposedHeaders { get; init => field = Names(value, nameof(ExposedHeaders)); } = [];

    /// <summary>Their requests may carry cookies and credentials. Not together with <c>*</c>. Default false.</summary>
    /// <exception cref="ArgumentException">Every page could use the credentials of its visitors.</exception>
    public bool Credentials
    {
        get;
        init
        {
            field = value;
            CheckCredentials();
        }
    }

    /// <summary>How long a browser may remember what a preflight said. Default 2 hours, the most that browsers take.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public TimeSpan MaxAge
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, nameof(MaxAge));
            field = value;
        }
    } = TimeSpan.FromHours(2);

    /// <summary>Unsafe requests of pages that are not listed are refused. Default true.</summary>
    public bool RefusesCrossSite { get; init; } = true;

    private bool AllowsAll => Origins is ["*"];

    /// <summary>Answers a preflight of a page that is listed.</summary>
    [Before]
    public Response? Preflight(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Method != "OPTIONS" || request.Headers["Origin"] is not { } origin || !request.Headers.Contains("Access-Control-Request-Method")) return null;

        return (_preflights ??= MakePreflights()).GetValueOrDefault(AllowsAll ? "*" : origin);
    }

    /// <summary>Refuses what a page of another site asks for, if it could change something.</summary>
    [Before]
    public HttpException? Protect(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!RefusesCrossSite || request.Method is "GET" or "HEAD" or "OPTIONS" or "QUERY" or "TRACE") return null;

        string? site = request.Headers["Sec-Fetch-Site"], origin = request.Headers["Origin"];
        if (site is "same-origin" or "none") return null;
        if (origin is not null && !AllowsAll && IsListed(origin)) return null;
        if (site is null && (origin is null || IsHost(origin, request))) return null;

        return new HttpException(403, "Pages of this origin may not do that.");
    }

    /// <summary>Lets pages that are listed read the response.</summary>
    [After]
    public void Allow(Request request, Response response)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        if (Origins.Count == 0) return;

        string? origin = AllowsAll ? "*" : request.Headers["Origin"];
        if (!AllowsAll)
        {
            // Whether the header is there depends on who asks, which caches must know in any case
            response.Headers["Vary"] = response.Headers["Vary"] is { } already ? already + ", Origin" : "Origin";
            if (origin is null || !IsListed(origin)) return;
        }

        response.Headers["Access-Control-Allow-Origin"] = origin;
        if (Credentials) response.Headers["Access-Control-Allow-Credentials"] = "true";
        if (ExposedHeaders.Count > 0) response.Headers["Access-Control-Expose-Headers"] = _exposed ??= string.Join(", ", ExposedHeaders);
    }

    private static IReadOnlyList<string> Names(IReadOnlyList<string> names, string property)
    {
        ArgumentNullException.ThrowIfNull(names, property);
        foreach (string name in names)
            if (!FieldSyntax.IsToken(name ?? ""))
                throw new ArgumentException(
                    $"'{name}' in \"CrossOrigin.{property}\" is not a name: "
                        + "use letters, digits and !#$%&'*+-.^_`|~ only.",
                    property);
        return names;
    }

    private void CheckCredentials()
    {
        if (AllowsAll && Credentials)
            throw new ArgumentException(
                "Credentials cannot go to every page; list the origins that may use them instead of '*'.");
    }

    private bool IsListed(string origin)
    {
        foreach (string listed in Origins)
            if (listed == origin) return true;

        return false;
    }

    // Without the scheme: behind a proxy that ends TLS it is another one
    private static bool IsHost(string origin, Request request)
    {
        int host = origin.IndexOf("://", StringComparison.Ordinal);
        if (host < 0) return false;

        // As the client has asked for it, behind a proxy that says so
        ReadOnlySpan<char> asked = origin.AsSpan(host + 3), scheme = origin.AsSpan(0, host);
        return IsSame(request.Headers["Host"], asked, scheme) || IsSame(request.Client.Host, asked, scheme);
    }

    // An origin never names the port of its scheme; a proxy may add it to the host that it passes on
    private static bool IsSame(ReadOnlySpan<char> host, ReadOnlySpan<char> asked, ReadOnlySpan<char> scheme)
    {
        string usual = scheme is "https" ? ":443" : ":80";
        bool namesUsual = host.Length > asked.Length && host.EndsWith(usual, StringComparison.Ordinal);
        return asked.Equals(namesUsual ? host[..^usual.Length] : host, StringComparison.OrdinalIgnoreCase);
    }

    private Dictionary<string, Response> MakePreflights()
    {
        var preflights = new Dictionary<string, Response>();
        foreach (string origin in Origins)
        {
            var response = new Response { Status = 204 };
            response.Headers["Access-Control-Allow-Origin"] = origin;
            response.Headers["Access-Control-Allow-Methods"] = string.Join(", ", Methods);
            if (RequestHeaders.Count > 0) response.Headers["Access-Control-Allow-Headers"] = string.Join(", ", RequestHeaders);
            if (Credentials) response.Headers["Access-Control-Allow-Credentials"] = "true";
            response.Headers["Access-Control-Max-Age"] = ((long)MaxAge.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
            response.Headers["Vary"] = AllowsAll
                ? "Access-Control-Request-Method, Access-Control-Request-Headers"
                : "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
            preflights[origin] = response;
        }

        return preflights;
    }
}
