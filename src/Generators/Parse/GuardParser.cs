using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Guard]</c>: on a handler, on a mount, and on a class.</summary>
internal static class GuardParser
{
    public static Parsed ParseClass(Annotated context)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        if (!type.IsNamed()) return Parsed.None;

        var problems = new List<Problem>();
        if (!AppParser.HasRoutes(type))
        {
            problems.AddRange(context.OwnAttributes().Select(own => Problem.At(Diagnostics.IdleGate,
                own.Attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation(), $"[Guard] on '{type.Name}'", "the class has no routes; add one, or remove it")));
            return Parsed.None with { Problems = problems.ToEquatable() };
        }

        AppParser.Host host = AppParser.Parse(type, context.SemanticModel.Compilation, problems);
        var places = new List<RoutePlace>(host.Places);
        GateModel[] guards = context.OwnAttributes().Select(own => GuardOf(own.Attribute, type, problems, places)).OfType<GateModel>().ToArray();
        return new Parsed(EquatableArray<RouteModel>.Empty, problems.ToEquatable(), places.ToEquatable())
        {
            Host = host.App,
            Gates = guards.ToEquatable(),
        };
    }

    /// <summary>The guards of a handler or a mount.</summary>
    public static EquatableArray<GateModel> Parse(ISymbol member, List<Problem> problems, List<RoutePlace> places) => member.GetAttributes().IsEmpty
        ? EquatableArray<GateModel>.Empty
        : member.FindAll(KnownNames.Guard).Select(attribute => GuardOf(attribute, member.ContainingType, problems, places)).OfType<GateModel>().ToEquatable();

    private static GateModel? GuardOf(AttributeData attribute, INamedTypeSymbol type, List<Problem> problems, List<RoutePlace> places)
    {
        // The compiler has said that the argument is missing or no constant
        if (attribute.AttributeConstructor is null || attribute.ConstructorArguments is not [{ Kind: not TypedConstantKind.Error } argument]) return null;

        string name = argument.Value as string ?? "";
        IMethodSymbol[] found = MethodsOf(type, name);
        if (found.Length != 1)
        {
            problems.Add(Problem.At(Diagnostics.GuardName, attribute.ArgumentLocation(0), name, type.Name, found.Length == 0
                ? name.Length > 0 && !type.GetMembers(name).IsEmpty
                    ? "has it, but not as a method; make it a method that returns bool"
                    : "has no method of that name; write a method that returns bool, or correct the name"
                : "has several methods of that name; give the guard a name of its own"));
            return null;
        }

        IMethodSymbol method = found[0];
        if (method.ReturnType.IsBroken() || method.IsUncallable()) return null;

        ITypeSymbol result = GateParser.ResultOf(method, out Awaiting awaiting);
        ResultKind? kind = result.SpecialType == SpecialType.System_Boolean ? ResultKind.Readiness
            : result is INamedTypeSymbol { Arity: 0 } && result.PlainName() == "Prebake.Response" ? ResultKind.Response
            : null;
        if (kind is not { } known || method.ReturnsByRef || method.ReturnsByRefReadonly)
        {
            problems.Add(Problem.At(Diagnostics.GuardResult, RouteParser.TypeLocation(method), RouteParser.LabelOf(method), method.ReturnType.ShortName()));
            return null;
        }

        return GateParser.Parse(GateKind.Guard, method, new ResultModel(known, awaiting, result.FullName(), false, result.IsValueType), "", problems, places);
    }

    /// <summary>The methods of that name that emitted code in the class can call, the class's own first.</summary>
    private static IMethodSymbol[] MethodsOf(INamedTypeSymbol type, string name)
    {
        for (INamedTypeSymbol? ancestor = type; ancestor is not null && name.Length > 0; ancestor = ancestor.BaseType)
        {
            bool isOwn = SymbolEqualityComparer.Default.Equals(ancestor, type);
            IMethodSymbol[] methods = ancestor.GetMembers(name).OfType<IMethodSymbol>()
                .Where(method => method.MethodKind == MethodKind.Ordinary && (isOwn || method.DeclaredAccessibility != Accessibility.Private))
                .ToArray();
            if (methods.Length > 0) return methods;
        }

        return [];
    }
}
