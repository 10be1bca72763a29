using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Hsts]</c> of a class, else of its assembly.</summary>
internal static class HstsParser
{
    private const int SecondsOfDay = 24 * 60 * 60, DefaultDays = 365;

    /// <summary>The value of <c>Strict-Transport-Security</c> (RFC 6797 section 6.1), or null for none.</summary>
    public static string? Parse(INamedTypeSymbol type, List<Problem> problems)
    {
        AttributeData? attribute = type.Find(KnownNames.Hsts) ?? type.ContainingAssembly.Find(KnownNames.Hsts);
        if (attribute is null) return null;

        int days = attribute.ConstructorArguments is [{ Value: int given }, ..] ? given : DefaultDays;
        bool below = attribute.Named("IncludeSubDomains", false), preload = attribute.Named("Preload", false);

        if (days < 0)
            problems.Add(Problem.At(Diagnostics.HstsDays, attribute.ArgumentLocation(0), Literal.Number(days)));

        // What the list of the browsers asks for: https://hstspreload.org
        if (preload && (!below || days < DefaultDays))
            problems.Add(Problem.At(Diagnostics.HstsPreload, attribute.ArgumentLocation(0)));

        long seconds = (long)days * SecondsOfDay;
        return "max-age=" + Literal.Number(seconds)
            + (below ? "; includeSubDomains" : "") + (preload ? "; preload" : "");
    }
}
