using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Parse;

/// <summary>Which types hold several values of one name in a query.</summary>
internal static class ListParser
{
    /// <summary>The type with <c>global::</c>, or null when it is not one that an array or a <c>List&lt;T&gt;</c> can be.</summary>
    /// <param name="type">Of a parameter.</param>
    /// <param name="value">What it holds.</param>
    public static string? Parse(ITypeSymbol type, out ITypeSymbol? value)
    {
        value = type switch
        {
            IArrayTypeSymbol { Rank: 1 } array => array.ElementType,
            INamedTypeSymbol { TypeArguments: [var one] } when type.PlainName() is "System.Collections.Generic.List" or "System.Collections.Generic.IList"
                or "System.Collections.Generic.ICollection" or "System.Collections.Generic.IEnumerable" or "System.Collections.Generic.IReadOnlyList"
                or "System.Collections.Generic.IReadOnlyCollection" => one,
            _ => null,
        };
        // byte[] is bytes, and null is not a value of a query
        bool isFit = value is not null && value is not INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }
            && !(type is IArrayTypeSymbol && value.SpecialType == SpecialType.System_Byte);
        return isFit ? type.FullName() : null;
    }
}
