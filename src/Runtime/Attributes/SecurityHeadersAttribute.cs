namespace Prebake;

/// <summary>
/// Adds the headers that make browsers careful to every response of a class, or of all classes of the assembly: constants,
/// files, handlers, and what is refused. They are constant, so they cost nothing; the policy is checked by the build.
/// </summary>
/// <remarks>
/// A <see cref="HeaderAttribute"/> of the same name, on the class or a member, replaces one. Null leaves a header out. For
/// <c>Strict-Transport-Security</c> there is <see cref="HstsAttribute"/>.
/// </remarks>
/// <example><code>
/// [assembly: SecurityHeaders(ContentSecurityPolicy = "default-src 'self'; img-src 'self' data:")]
/// </code></example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Assembly)]
public sealed class SecurityHeadersAttribute : Attribute
{
    /// <summary>Where a page may load from, and who may frame it (CSP level 3). Default null: no such header.</summary>
    public string? ContentSecurityPolicy { get; set; }

    /// <summary>The policy is only reported, not enforced: <c>Content-Security-Policy-Report-Only</c>. Default false.</summary>
    public bool ReportOnly { get; set; }

    /// <summary><c>X-Content-Type-Options: nosniff</c>: a browser takes the content type as it is. Default true.</summary>
    public bool NoSniff { get; set; } = true;

    /// <summary><c>X-Frame-Options</c>: <c>DENY</c> or <c>SAMEORIGIN</c>, the default.</summary>
    public string? FrameOptions { get; set; } = "SAMEORIGIN";

    /// <summary><c>Referrer-Policy</c>. Default <c>strict-origin-when-cross-origin</c>.</summary>
    public string? ReferrerPolicy { get; set; } = "strict-origin-when-cross-origin";

    /// <summary><c>Cross-Origin-Opener-Policy</c>. Default <c>same-origin</c>.</summary>
    public string? OpenerPolicy { get; set; } = "same-origin";

    /// <summary><c>Cross-Origin-Resource-Policy</c>. Default null: pages of other sites may embed what is here.</summary>
    public string? ResourcePolicy { get; set; }

    /// <summary><c>Cross-Origin-Embedder-Policy</c>. Default null.</summary>
    public string? EmbedderPolicy { get; set; }

    /// <summary><c>Permissions-Policy</c>, such as <c>camera=(), microphone=()</c>. Default null.</summary>
    public string? PermissionsPolicy { get; set; }
}
