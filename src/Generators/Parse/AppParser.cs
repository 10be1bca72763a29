using System.Runtime.CompilerServices;
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
    internal sealed record Host(AppModel App, string Prefix, IReadOnlyList<StaticField> Fields, long? MaxBody, double? IdleTimeout, double? Deadline)
    {
        public IReadOnlyList<Problem> Problems { get; init; } = [];

        public IReadOnlyList<RoutePlace> Places { get; init; } = [];
    }

    // A class is the same for all of its routes. Symbols live as long as their compilation, and nothing here holds on to one.
    private static readonly ConditionalWeakTable<INamedTypeSymbol, Host> s_hosts = new();

    public static Host Parse(INamedTypeSymbol type, Compilation compilation, List<Problem> problems)
    {
        if (!s_hosts.TryGetValue(type, out Host? host)) host = s_hosts.GetValue(type, _ => Parse(type, compilation));
        problems.AddRange(host.Problems);
        return host;
    }

    /// <summary>What is left of a class when a parser threw: a message, and a table without the route.</summary>
    public static Parsed Failed(Annotated context, Exception exception)
    {
        INamedTypeSymbol? type = context.TargetSymbol as INamedTypeSymbol ?? context.TargetSymbol.ContainingType;
        if (type?.IsNamed() == false) type = null;
        var problems = new List<Problem>();
        Host? host = type is null ? null : Guard.Run("Recover", type.Name, () => Parse(type, context.SemanticModel.Compilation, problems), _ => null!);
        problems.Add(Guard.ProblemOf(exception, type?.Name ?? context.TargetSymbol.Name, type?.NameLocation() ?? context.TargetNode.GetLocation()));
        return new Parsed(EquatableArray<RouteModel>.Empty, problems.ToEquatable(), host?.Places.ToEquatable() ?? EquatableArray<RoutePlace>.Empty) { Host = host?.App, HasFailed = true };
    }

    private static Host Parse(INamedTypeSymbol type, Compilation compilation)
    {
        var problems = new List<Problem>();
        bool canEmit = Check(type, problems);
        var declarations = new List<string>();
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType) declarations.Insert(0, "partial " + Keyword(outer) + " " + outer.Name.Escaped());

        string prefix = Prefix(type, problems);
        IReadOnlyList<StaticField> fields = FieldParser.Merge(SecurityHeaderParser.Parse(type, problems), FieldParser.Parse(type, problems)).ToArray();
        var app = new AppModel(
            type.FullName(),
            type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() : "",
            declarations.ToEquatable(),
            DisplayName(type),
            canEmit ? FreeName(type, compilation, "RouteTable") : "RouteTable",
            canEmit)
        {
            PathsName = canEmit ? FreeName(type, compilation, "Paths") : "Paths",
            IsOffered = canEmit && compilation.Options.OutputKind == OutputKind.DynamicallyLinkedLibrary && IsPublic(type),
            RedirectsSlash = Policy<int>(type, "TrailingSlash") == 1,
            SaysSlash = type.Find(KnownNames.Routes)?.Named<int?>("TrailingSlash", null) is not null,
            SaysTransport = type.Find(KnownNames.Hsts) is not null,
            IgnoresCase = Policy<bool>(type, "IgnoreCase"),
            IsGuarded = Policy<bool>(type, "Guarded"),
            Fields = FieldParser.ForEveryResponse(fields),
            LiteralPrefix = LiteralOf(prefix),
            StrictTransport = HstsParser.Parse(type, problems),
        };

        CheckBase(type, app, problems);
        return new Host(app, prefix, fields, LimitParser.MaxBody(type, problems), LimitParser.IdleTimeout(type, problems), LimitParser.Deadline(type, problems))
        {
            Problems = problems,
            Places = [new RoutePlace(app.FullName, Place.Of(type.NameLocation()))],
        };
    }

    private static bool IsPublic(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
            if (outer.DeclaredAccessibility != Accessibility.Public) return false;

        return true;
    }

    public static string DisplayName(INamedTypeSymbol type) =>
        type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted)).Replace("@", "");

    /// <summary>A name for a nested class that hides nothing that the class's own code may mean.</summary>
    private static string FreeName(INamedTypeSymbol type, Compilation compilation, string wanted) =>
        FreeNames.Of(compilation, type.FullName(), wanted, () => FindName(type, compilation, wanted));

    private static string FindName(INamedTypeSymbol type, Compilation compilation, string wanted)
    {
        for (int number = 0; ; number++)
        {
            string name = number == 0 ? wanted : "Generated" + wanted + (number == 1 ? "" : Literal.Number(number));
            if (!IsTaken(type, compilation, name)) return name;
        }
    }

    /// <summary>Whether the name means something in the class: a member, its own or inherited, or a type around it or imported.</summary>
    private static bool IsTaken(INamedTypeSymbol type, Compilation compilation, string name)
    {
        for (INamedTypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            if (!ancestor.GetMembers(name).IsEmpty) return true;

        if (type.TypeParameters.Any(parameter => parameter.Name == name)) return true;
        foreach (SyntaxReference part in type.DeclaringSyntaxReferences)
        {
            if (part.GetSyntax() is not TypeDeclarationSyntax syntax) continue;

            int inside = syntax.OpenBraceToken is { IsMissing: false, Span.Length: > 0 } brace ? brace.Span.End : syntax.Identifier.SpanStart;
            foreach (ISymbol found in compilation.GetSemanticModel(part.SyntaxTree).LookupNamespacesAndTypes(inside, name: name))
                if (found is not INamedTypeSymbol ours || ours.PlainName() != KnownNames.RouteTable) return true;
        }

        return false;
    }

    /// <summary>Whether a class can have a table; if not, that is said where its routes are read.</summary>
    public static bool CanBeApp(INamedTypeSymbol type) => Check(type, []);

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

            // At the part that lacks it, whichever file that is in
            foreach (SyntaxReference part in outer.DeclaringSyntaxReferences)
                if (part.GetSyntax() is TypeDeclarationSyntax syntax && outer.Name.Length > 0 && !syntax.Modifiers.Any(SyntaxKind.PartialKeyword))
                    problems.Add(Problem.At(Diagnostics.NotPartial, syntax.Identifier.GetLocation(), outer.Name));
        }

        string? unfit = type switch
        {
            _ when type.IsExtensionBlock() => "an extension block",
            { IsFileLocal: true } => "local to its file",
            { TypeKind: TypeKind.Interface } => "an interface",
            { TypeKind: TypeKind.Struct } => "a struct",
            { TypeKind: TypeKind.Enum } => "an enum",
            { TypeKind: not TypeKind.Class } => "not a class",
            { IsStatic: true } => "static",
            _ => null,
        };
        if (unfit is not null)
        {
            // That it is not partial as well is of no interest
            problems.RemoveRange(before, problems.Count - before);
            problems.Add(type.IsExtensionBlock()
                ? Problem.At(
                    Diagnostics.HostKind, KeywordLocation(type), "extension",
                    $"a block of extensions in '{type.ContainingType?.Name}'")
                : Problem.At(Diagnostics.HostKind, type.NameLocation(), type.Name, unfit));
        }

        return problems.Count == before;
    }

    private static Location? KeywordLocation(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is TypeDeclarationSyntax syntax ? syntax.Keyword.GetLocation() : type.NameLocation();

    /// <summary>Routes belong to the class that declares them: a derived app serves its own.</summary>
    private static void CheckBase(INamedTypeSymbol type, AppModel app, List<Problem> problems)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
            if (HasRoutes(ancestor))
                problems.Add(Problem.At(Diagnostics.BaseRoutes, type.NameLocation(), app.DisplayName, DisplayName(ancestor)));
    }

    /// <summary>Whether a class is an app: it or one of its members has an attribute of a route.</summary>
    public static bool HasRoutes(INamedTypeSymbol type) =>
        KnownNames.ClassAttributes.Any(name => type.Find(name) is not null) || type.GetMembers().Any(member =>
            member is not INamedTypeSymbol && member.GetAttributes().Any(attribute => IsRoute(attribute) || attribute.AttributeClass!.IsCalled(KnownNames.Mount)));

    public static bool IsRoute(AttributeData attribute) => attribute.AttributeClass is { TypeKind: not TypeKind.Error, ContainingNamespace.Name: "Prebake" } kind && KnownNames.IsMemberAttribute(kind.ToDisplayString());

    /// <summary>What the class says, else what its assembly says.</summary>
    private static T Policy<T>(INamedTypeSymbol type, string name) where T : struct
    {
        T? Said(ISymbol symbol) => symbol.Find(KnownNames.Routes)?.Named<T?>(name, null);
        return Said(type) ?? Said(type.ContainingAssembly) ?? default;
    }

    // Up to the first segment that is not literal
    private static string LiteralOf(string prefix)
    {
        int brace = prefix.IndexOf('{');
        string literal = brace < 0 ? prefix : prefix.Substring(0, Math.Max(0, prefix.LastIndexOf('/', brace)));
        return string.Join("/", literal.Split('/').Select(CanonicalPath.Of));
    }

    private static string Prefix(INamedTypeSymbol type, List<Problem> problems)
    {
        if (type.ContainingAssembly.Find(KnownNames.Routes) is { } general && general.Text(0) is { Length: > 0 } everywhere)
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
