using Microsoft.CodeAnalysis;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// Which types the contexts of a project can serialise: those that they name, and what is reached from these, for which System.Text.Json makes metadata too.
/// </summary>
internal sealed class ProjectJson
{
    private readonly HashSet<string> _known = [];
    private readonly HashSet<ITypeSymbol> _seen = new(SymbolEqualityComparer.Default);

    public ProjectJson(Compilation compilation, CancellationToken cancellation)
    {
        var open = new Stack<INamespaceOrTypeSymbol>([compilation.Assembly.GlobalNamespace]);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (ISymbol member in open.Pop().GetMembers())
            {
                if (member is not INamespaceOrTypeSymbol inner) continue;

                open.Push(inner);
                if (inner is INamedTypeSymbol type) Visit(type);
            }
        }

        foreach (Model.JsonTypeModel referenced in ReferencedContexts.Of(compilation, cancellation).Types) _known.Add(referenced.Type);
    }

    /// <summary>Whether the project has a class with routes, so that its contexts are the ones that are asked.</summary>
    public bool HasApps { get; private set; }

    /// <summary>A context of the project, or null.</summary>
    public string? ContextName { get; private set; }

    public bool Knows(ITypeSymbol type) => _known.Contains(NameOf(type));

    private void Visit(INamedTypeSymbol type)
    {
        if (!HasApps && AppParser.HasRoutes(type)) HasApps = true;
        foreach (AttributeData attribute in type.FindAll(KnownNames.JsonSerializable))
        {
            if (attribute.ConstructorArguments is not [{ Value: ITypeSymbol serializable }]) continue;

            ContextName ??= AppParser.DisplayName(type);
            Reach(serializable);
        }
    }

    private void Reach(ITypeSymbol root)
    {
        var open = new Stack<ITypeSymbol>([root]);
        while (open.Count > 0)
        {
            ITypeSymbol type = open.Pop();
            if (!_seen.Add(type)) continue;

            _known.Add(NameOf(type));
            foreach (ITypeSymbol next in Next(type)) open.Push(next);
        }
    }

    private static IEnumerable<ITypeSymbol> Next(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array) return [array.ElementType];
        if (type is not INamedTypeSymbol named) return [];

        IEnumerable<ITypeSymbol> next = named.TypeArguments;
        // Types of the base library are written by converters of their own, which look at no members
        bool isFramework = named.ContainingNamespace?.ToDisplayString() is { } space && (space == "System" || space.StartsWith("System.", StringComparison.Ordinal));
        if (isFramework) return next;

        for (INamedTypeSymbol? ancestor = named; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
            next = next.Concat(ancestor.GetMembers().OfType<IPropertySymbol>().Where(property => !property.IsStatic).Select(property => property.Type))
                .Concat(ancestor.GetMembers().OfType<IFieldSymbol>().Where(field => !field.IsStatic && field.AssociatedSymbol is null).Select(field => field.Type));

        return next.Concat(named.FindAll("System.Text.Json.Serialization.JsonDerivedTypeAttribute")
            .Select(attribute => attribute.ConstructorArguments.FirstOrDefault().Value).OfType<ITypeSymbol>());
    }

    private static string NameOf(ITypeSymbol type) => type.FullName();
}
