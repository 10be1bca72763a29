namespace Prebake;

/// <summary>
/// Tells browsers to use https only (HTTP Strict Transport Security, RFC 6797): adds <c>Strict-Transport-Security</c>
/// to every response of a class, or of all classes of the assembly. It is sent over TLS only, as section 7.2 asks, so
/// that the same program may run behind a proxy or without certificates.
/// </summary>
/// <remarks>Browsers remember it: with a year, a site that loses its certificate is out of reach for a year. Begin with
/// a day.</remarks>
/// <example><code>
/// [assembly: Hsts(365, IncludeSubDomains = true)]
/// </code></example>
/// <param name="days">How many days a browser remembers it after each response; 0 makes it forget. Default 365.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Assembly)]
public sealed class HstsAttribute(int days = 365) : Attribute
{
    /// <summary>How many days a browser remembers it.</summary>
    public int Days { get; } = days;

    /// <summary>It holds for all names below the host's, too. Default false.</summary>
    public bool IncludeSubDomains { get; set; }

    /// <summary>
    /// Agrees to be in the list that browsers are shipped with, which takes months to leave. It needs <see
    /// cref="IncludeSubDomains"/> and at least 365 days. Default false.
    /// </summary>
    public bool Preload { get; set; }
}
