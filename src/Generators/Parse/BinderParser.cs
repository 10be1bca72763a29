using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Finds the static method of a type that reads it from a request.</summary>
internal static class BinderParser
{
    /// <param name="type">Of a parameter.</param>
    /// <param name="place">Of the parameter.</param>
    /// <param name="problems">What is wrong with the method.</param>
    /// <param name="isBinder">The type has such a method, right or wrong.</param>
    public static BinderModel? Parse(ITypeSymbol type, Location? place, List<Problem> problems, out bool isBinder)
    {
        IMethodSymbol? method = type.TypeKind is TypeKind.Class or TypeKind.Struct && type.SpecialType == SpecialType.None
            ? FindIn(type, "BindAsync") ?? FindIn(type, "Bind")
            : null;
        isBinder = method is not null;
        if (method is null) return null;

        if (ReasonAgainst(method, type, out Awaiting awaiting) is not { } reason) return new BinderModel(method.Name, awaiting);

        problems.Add(Problem.At(Diagnostics.BinderShape, place, method.ContainingType.Name + "." + method.Name, type.ShortName(), reason));
        return null;
    }

    /// <summary>The type's own, or one that it inherits.</summary>
    private static IMethodSymbol? FindIn(ITypeSymbol type, string name)
    {
        for (ITypeSymbol? ancestor = type; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
            if (ancestor.GetMembers(name).OfType<IMethodSymbol>().FirstOrDefault(IsBinder) is { } found) return found;

        return null;

        static bool IsBinder(IMethodSymbol one) =>
            one is { IsStatic: true, Parameters: [{ Type: var request }] } && request.PlainName() == "Prebake.Request";
    }

    private static string? ReasonAgainst(IMethodSymbol method, ITypeSymbol type, out Awaiting awaiting)
    {
        awaiting = method.ReturnType.PlainName() switch
        {
            "System.Threading.Tasks.Task" => Awaiting.Task,
            "System.Threading.Tasks.ValueTask" => Awaiting.ValueTask,
            _ => Awaiting.None,
        };
        ITypeSymbol returned = awaiting != Awaiting.None && method.ReturnType is INamedTypeSymbol { TypeArguments: [{ } inner] } ? inner : method.ReturnType;
        if (returned is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var wrapped] }) returned = wrapped;
        if (!SymbolEqualityComparer.Default.Equals(returned, type))
            return $"it returns '{method.ReturnType.ShortName()}'; return '{type.ShortName()}?', or a task of it";
        if (method.IsGenericMethod) return "it is generic";
        if (method.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal))
            return "it is private; make it internal or public";
        return null;
    }
}
