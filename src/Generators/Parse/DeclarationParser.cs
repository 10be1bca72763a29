using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads all attributes of ours on one declaration, each with the parser of its kind.</summary>
internal sealed class DeclarationParser(ParseMemory memory)
{
    private delegate Parsed Parser(Annotated found, CancellationToken cancellation);

    private static readonly (string Attribute, bool OfType, Parser Parse)[] s_parsers =
    [
        (KnownNames.Redirect, true, StaticParser.ParseRedirects),
        (KnownNames.StaticFile, true, static (found, _) => FileParser.Parse(RouteKind.File, found)),
        (KnownNames.StaticDirectory, true, static (found, _) => FileParser.Parse(RouteKind.Directory, found)),
        (KnownNames.File, true, static (found, _) => DiskParser.Parse(isFolder: false, found)),
        (KnownNames.Directory, true, static (found, _) => DiskParser.Parse(isFolder: true, found)),
        (KnownNames.Health, true, static (found, _) => HealthParser.ParseLive(found)),
        (KnownNames.Health, true, static (found, _) => HealthParser.ParseReady(found)),
        (KnownNames.Guard, true, static (found, _) => GuardParser.ParseClass(found)),
        (KnownNames.Provide, false, static (found, _) => ProviderParser.Parse(found)),
        (KnownNames.Mount, false, static (found, _) => MountParser.Parse(found)),
        (KnownNames.Use, false, static (found, _) => StepParser.ParseUse(found)),
        .. KnownNames.StepAttributes.Select(attribute => (attribute, false, (Parser)((found, _) => StepParser.ParseMethod(found, attribute)))),
        (KnownNames.Validate, false, static (found, _) => ValidateParser.Parse(found)),
        .. KnownNames.MemberAttributes.Select(attribute => (attribute, false, (Parser)((found, cancellation) => RouteParser.Parse(attribute, found, cancellation)))),
    ];

    /// <summary>What the attributes of a declaration give.</summary>
    /// <param name="first">The first list of its attributes.</param>
    /// <param name="semantics">Of its file.</param>
    /// <param name="cancellation">Ends the work.</param>
    public Parsed Parse(AttributeListSyntax first, SemanticModel semantics, CancellationToken cancellation)
    {
        SyntaxNode declaration = first.Parent!;
        var compilation = (CSharpCompilation)semantics.Compilation;
        return memory.Recall(declaration, OwnText, compilation, () => Ask(declaration, semantics, cancellation), cancellation);

        string OwnText() => Candidates.OwnTextOf(declaration, memory.SurroundingsOf(compilation, cancellation).GlobalAliases.Count > 0);
    }

    /// <summary>Declarations whose attributes have names that only <c>global using</c> explains: no search by name finds them.</summary>
    public ImmutableArray<Parsed> ParseAliased(Compilation compilation, CancellationToken cancellation)
    {
        IReadOnlyCollection<string> aliases = memory.SurroundingsOf(compilation, cancellation).GlobalAliases;
        if (aliases.Count == 0) return ImmutableArray<Parsed>.Empty;

        return compilation.SyntaxTrees
            .SelectMany(tree => Candidates.FirstListsWith(aliases, tree.GetRoot(cancellation), cancellation))
            .Select(list => Parse(list, compilation.GetSemanticModel(list.SyntaxTree), cancellation))
            .Where(parsed => !ReferenceEquals(parsed, Parsed.None))
            .ToImmutableArray();
    }

    private static Parsed Ask(SyntaxNode declaration, SemanticModel semantics, CancellationToken cancellation)
    {
        var parts = new List<Parsed>();
        foreach (AttributeListSyntax list in Candidates.ListsOf(declaration))
            if (MisplacedParser.PlaceOf(list) is not null)
                foreach (AttributeSyntax attribute in list.Attributes)
                    if (MisplacedParser.ParseOther(attribute, semantics, cancellation) is { Problems.Count: > 0 } misplaced) parts.Add(misplaced);

        IEnumerable<SyntaxNode> targets = declaration switch
        {
            // An attribute is on each of the variables
            BaseFieldDeclarationSyntax field => field.Declaration.Variables,
            CompilationUnitSyntax => [],
            _ => [declaration],
        };
        foreach (SyntaxNode target in targets)
            if (semantics.GetDeclaredSymbol(target, cancellation) is { } symbol) Ask(new Annotated(symbol, target, semantics, default), parts, cancellation);

        return Parsed.Of(parts);
    }

    private static void Ask(Annotated target, List<Parsed> parts, CancellationToken cancellation)
    {
        ImmutableArray<AttributeData> attributes = AttributesOf(target);
        if (attributes.IsEmpty) return;

        bool isType = target.TargetNode is TypeDeclarationSyntax;
        foreach ((string name, bool ofType, Parser parse) in s_parsers)
        {
            if (ofType != isType || !attributes.Any(attribute => attribute.AttributeClass!.IsCalled(name))) continue;

            Annotated found = target with { Attributes = attributes.Where(attribute => attribute.AttributeClass!.IsCalled(name)).ToImmutableArray() };
            Parsed parsed = Guard.Run(StepNames.Parse, found.TargetSymbol.Name, () => parse(found, cancellation), exception => AppParser.Failed(found, exception));
            if (!ReferenceEquals(parsed, Parsed.None)) parts.Add(parsed.PlacedAt(found));
        }
    }

    /// <summary>Those of this part of the declaration that may be ours; a class can have parts in other files.</summary>
    private static ImmutableArray<AttributeData> AttributesOf(Annotated target)
    {
        ImmutableArray<AttributeData> all = target.TargetSymbol.GetAttributes();
        if (target.TargetSymbol is IMethodSymbol method) all = all.AddRange(method.GetReturnTypeAttributes());
        return all.RemoveAll(attribute => attribute.ApplicationSyntaxReference?.SyntaxTree != target.TargetNode.SyntaxTree
            || attribute.AttributeClass is not { ContainingNamespace.Name: "Prebake" });
    }
}
