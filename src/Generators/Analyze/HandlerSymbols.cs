using Microsoft.CodeAnalysis;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>Which methods are handlers.</summary>
internal static class HandlerSymbols
{
    public static bool IsHandler(IMethodSymbol method) =>
        method.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() is { } name && name != KnownNames.Static && KnownNames.MemberAttributes.Contains(name));

    public static bool Has(this ISymbol symbol, string attributeName) =>
        symbol.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() == attributeName);
}
