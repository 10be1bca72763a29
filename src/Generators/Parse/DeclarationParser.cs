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
        (KnownNames.JsonSerializable, true, static (found, _) => JsonContextParser.Parse(found)),
        (KnownNames.Provide, false, static (found, _) => ProviderParser.Parse(found)),
        (KnownNames.Mount, false, static (found, _) => MountParser.Parse(found)),
        (KnownNames.Use, false, static (found, _) => StepParser.ParseUse(found)),
        .. KnownNames.StepAttributes.Select(attribute => (attribute, false, (Parser)((found, _) => StepParser.ParseMethod(found, attribute)))),
        (KnownNames.Validate, false, static (found, _) => ValidateParser.Parse(found)),
        .. KnownNames.MemberAttributes.Select(attribute => (attribute, false, (Parser)((found, cancellation) => RouteParser.Parse(attribute, found, cancellation)))),
    ];

    /// <summary>All declarations with attributes of ours, each with what they give.</summary>
    public EquatableArray<Parsed> ParseAll(Compilation compilation, CancellationToken cancellation)
    {
        IReadOnlyCollection<string> aliases = Guard.Run(StepNames.Parse, "outline",
            () => memory.SurroundingsOf(compilation, cancellation).GlobalAliases,
            // What is wrong there, each declaration says
            _ => []);
        var all = new List<Parsed>();
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
            AddAll(tree, () => Findings.Of(tree, cancellation).Lists);

        // Declarations whose attributes have names that only 'global using' explains: no search by name finds them
        if (aliases.Count > 0)
            foreach (SyntaxTree tree in compilation.SyntaxTrees)
                AddAll(tree, () => Candidates.FirstListsWith(aliases, tree.GetRoot(cancellation)).ToArray());

        return all.ToEquatable();

        void AddAll(SyntaxTree tree, Func<IReadOnlyList<AttributeListSyntax>> find)
        {
            SemanticModel? semantics = null;
            IReadOnlyList<AttributeListSyntax> lists = Guard.Run(StepNames.Parse, "search", find, exception =>
            {
                all.Add(Parsed.Failed(Guard.ProblemOf(exception, Path.GetFileName(tree.FilePath), tree.GetRoot(cancellation).GetLocation())));
                return [];
            });
            foreach (AttributeListSyntax first in lists)
            {
                SyntaxNode declaration = first.Parent!;
                Parsed parsed = Guard.Run(StepNames.Parse, "attribute",
                    () => memory.Recall(declaration, aliases.Count > 0, (CSharpCompilation)compilation,
                        () => Ask(declaration, semantics ??= compilation.GetSemanticModel(tree), cancellation), cancellation),
                    exception => Parsed.Failed(Guard.ProblemOf(exception, "an attribute", declaration.GetLocation())));
                if (!ReferenceEquals(parsed, Parsed.None)) all.Add(parsed);
            }
        }
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
        // A context of JSON may have a thousand of one kind
        INamedTypeSymbol[] kinds = attributes.Select(attribute => attribute.AttributeClass!).Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default).ToArray();
        foreach ((string name, bool ofType, Parser parse) in s_parsers)
        {
            if (ofType != isType || !kinds.Any(kind => kind.IsCalled(name))) continue;

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
            || attribute.AttributeClass is not { } kind || kind.ContainingNamespace?.Name != "Prebake" && !kind.IsCalled(KnownNames.JsonSerializable));
    }
}
