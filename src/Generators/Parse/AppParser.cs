using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads what a class says about all of its routes.</summary>
internal static class AppParser
{
    /// <summary>The class and what its attributes give to each route.</summary>
    internal sealed record Host(AppModel App, string Prefix, IReadOnlyList<StaticField> Fields, long? MaxBody, double? IdleTimeout);

    public static Host Parse(INamedTypeSymbol type, List<Problem> problems)
    {
        bool canEmit = Check(type, problems);
        var declarations = new List<string>();
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType) declarations.Insert(0, "partial " + Keyword(outer) + " " + outer.Name.Escaped());

        var app = new AppModel(
            type.FullName(),
            type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() : "",
            declarations.ToEquatable(),
            type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted)).Replace("@", ""),
            type.GetMembers("RouteTable").IsEmpty ? "RouteTable" : "GeneratedRouteTable",
            canEmit) { PathsName = IsTaken(type, "Paths") ? "GeneratedPaths" : "Paths", RedirectsSlash = Policy<int>(type, "TrailingSlash") == 1, IgnoresCase = Policy<bool>(type, "IgnoreCase") };

        return new Host(app, Prefix(type, problems), FieldParser.Parse(type, problems),
            LimitParser.MaxBody(type, problems), LimitParser.IdleTimeout(type, problems));
    }

    /// <summary>Whether a nested class of that name would hide something that the class's own code may mean: a member, or a type around it.</summary>
    private static bool IsTaken(INamedTypeSymbol type, string name)
    {
        for (INamedTypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            if (!ancestor.GetMembers(name).IsEmpty) return true;

        for (INamespaceOrTypeSymbol? outer = type.ContainingSymbol as INamespaceOrTypeSymbol; outer is not null; outer = outer.ContainingSymbol as INamespaceOrTypeSymbol)
            if (!outer.GetMembers(name).IsEmpty) return true;

        return false;
    }

    private static bool Check(INamedTypeSymbol type, List<Problem> problems)
    {
        int before = problems.Count;
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsGenericType)
            {
                problems.Add(Problem.At(Diagnostics.GenericHost, type.NameLocation(), type.Name));
                break;
            }

            bool partial = outer.DeclaringSyntaxReferences.All(part =>
                part.GetSyntax() is TypeDeclarationSyntax syntax && syntax.Modifiers.Any(SyntaxKind.PartialKeyword));
            if (!partial) problems.Add(Problem.At(Diagnostics.NotPartial, outer.NameLocation(), outer.Name));
        }

        string? unfit = type switch
        {
            { IsFileLocal: true } => "local to its file",
            { TypeKind: TypeKind.Interface } => "an interface",
            { TypeKind: not TypeKind.Class } => "a struct",
            { IsStatic: true } => "static",
            _ => null,
        };
        if (unfit is not null) problems.Add(Problem.At(Diagnostics.HostKind, type.NameLocation(), type.Name, unfit));

        return problems.Count == before;
    }

    /// <summary>What the class says, else what its assembly says.</summary>
    private static T Policy<T>(INamedTypeSymbol type, string name) where T : struct
    {
        T? Said(ISymbol symbol) => symbol.Find(KnownNames.Routes)?.Named<T?>(name, null);
        return Said(type) ?? Said(type.ContainingAssembly) ?? default;
    }

    private static string Prefix(INamedTypeSymbol type, List<Problem> problems)
    {
        if (type.ContainingAssembly.Find(KnownNames.Routes) is { } general && general.Text(0) is { } everywhere)
            problems.Add(Problem.At(Diagnostics.PrefixOfAssembly, general.ArgumentLocation(0), everywhere));

        if (type.Find(KnownNames.Routes) is not { } attribute || attribute.Text(0) is not { } prefix) return "";

        PatternModel? pattern = PatternParser.Parse(prefix, out PatternParser.Mistake? mistake);
        if (mistake is { } wrong && wrong.Descriptor != Diagnostics.PathWithoutSlash)
        {
            problems.Add(Problem.At(wrong.Descriptor, attribute.ArgumentLocation(0), wrong.Arguments));
            return "";
        }

        if (pattern is null || prefix.EndsWith("/", StringComparison.Ordinal) || pattern.Segments.Any(segment => segment.Kind == SegmentKind.Rest))
        {
            problems.Add(Problem.At(Diagnostics.BadPrefix, attribute.ArgumentLocation(0), prefix));
            return "";
        }

        return prefix;
    }

    private static string Keyword(INamedTypeSymbol type) => (type.IsRecord, type.TypeKind) switch
    {
        (true, TypeKind.Struct) => "record struct",
        (true, _) => "record",
        (_, TypeKind.Struct) => "struct",
        (_, TypeKind.Interface) => "interface",
        _ => "class",
    };
}
