using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[SecurityHeaders]</c> of a class, else of its assembly.</summary>
internal static class SecurityHeaderParser
{
    private static readonly string[] s_frames = ["DENY", "SAMEORIGIN"];
    private static readonly string[] s_referrers =
        ["no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin",
            "strict-origin-when-cross-origin", "unsafe-url"];
    private static readonly string[] s_openers = ["unsafe-none", "same-origin", "same-origin-allow-popups", "noopener-allow-popups"];
    private static readonly string[] s_resources = ["same-origin", "same-site", "cross-origin"];
    private static readonly string[] s_embedders = ["unsafe-none", "require-corp", "credentialless"];

    public static IReadOnlyList<StaticField> Parse(INamedTypeSymbol type, List<Problem> problems)
    {
        if ((type.Find(KnownNames.SecurityHeaders) ?? type.ContainingAssembly.Find(KnownNames.SecurityHeaders)) is not { } attribute) return [];

        var fields = new List<StaticField>();
        if (attribute.Named("NoSniff", true)) fields.Add(new StaticField("X-Content-Type-Options", "nosniff"));
        Add("FrameOptions", "X-Frame-Options", "SAMEORIGIN", s_frames);
        Add("ReferrerPolicy", "Referrer-Policy", "strict-origin-when-cross-origin", s_referrers);
        Add("OpenerPolicy", "Cross-Origin-Opener-Policy", "same-origin", s_openers);
        Add("ResourcePolicy", "Cross-Origin-Resource-Policy", null, s_resources);
        Add("EmbedderPolicy", "Cross-Origin-Embedder-Policy", null, s_embedders);
        Add("PermissionsPolicy", "Permissions-Policy", null, null);

        if (attribute.Named<string?>("ContentSecurityPolicy", null) is { } policy)
        {
            if (ContentPolicy.ReasonAgainst(policy) is { } reason)
                problems.Add(Problem.At(Diagnostics.ContentPolicy, attribute.NamedLocation("ContentSecurityPolicy"), reason));
            else fields.Add(new StaticField(attribute.Named("ReportOnly", false) ? "Content-Security-Policy-Report-Only" : "Content-Security-Policy", policy.Trim()));
        }

        else if (attribute.Named("ReportOnly", false))
            problems.Add(Problem.At(Diagnostics.ContentPolicy, attribute.NamedLocation("ReportOnly"),
                "ReportOnly is set, and there is no ContentSecurityPolicy that it is about; "
                    + "add one, or remove ReportOnly"));

        return fields;

        void Add(string property, string header, string? standard, string[]? known)
        {
            string? value = attribute.NamedArguments.Any(argument => argument.Key == property) ? attribute.Named<string?>(property, null) : standard;
            if (value is null) return;

            if (known is not null && !known.Contains(value))
                problems.Add(Problem.At(Diagnostics.SecurityHeader, attribute.NamedLocation(property), value, header, string.Join(", ", known)));
            else if (!FieldSyntax.IsValue(value) || value.Length == 0)
                problems.Add(Problem.At(Diagnostics.FieldValue, attribute.NamedLocation(property), header));
            else fields.Add(new StaticField(header, value));
        }
    }
}
