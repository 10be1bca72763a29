using Microsoft.CodeAnalysis;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// Which types the contexts of a project can serialise: those that they name, and what is reached from these, for which System.Text.Json makes metadata too.
/// </summary>
internal sealed class ProjectJson
{
    // 64: more type arguments in one another than anybody writes. A type that has itself with larger arguments as a member has no end.
    private const int MostArguments = 64;

    // 10,000: what one context reaches; a type with two such members doubles at each step
    private const int MostTypes = 10_000;

    private readonly HashSet<string> _known = [];
    private readonly HashSet<ITypeSymbol> _endless = new(SymbolEqualityComparer.Default);
    private bool _isCut;
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
                if (inner is INamedTypeSymbol type) Visit(type, cancellation);
            }
        }

        foreach (Model.JsonTypeModel referenced in ReferencedContexts.Of(compilation, cancellation).Types) _known.Add(referenced.Type);
    }

    /// <summary>Whether the project has a class with routes, so that its contexts are the ones that are asked.</summary>
    public bool HasApps { get; private set; }

    /// <summary>A context of the project, or null.</summary>
    public string? ContextName { get; private set; }

    /// <summary>Where the search was cut short, the answer is yes: nothing is said of what is not sure.</summary>
    public bool Knows(ITypeSymbol type) => _isCut || _endless.Contains(type.OriginalDefinition) || _known.Contains(NameOf(type));

    private void Visit(INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (!HasApps && AppParser.HasRoutes(type)) HasApps = true;
        foreach (AttributeData attribute in type.FindAll(KnownNames.JsonSerializable))
        {
            if (attribute.ConstructorArguments is not [{ Value: ITypeSymbol serializable }]) continue;

            // Of a generic one there is no object that could be asked
            if (type.IsInGeneric()) continue;

            if (type.IsVisible()) ContextName ??= AppParser.DisplayName(type);
            Reach(serializable, cancellation);
        }
    }

    private void Reach(ITypeSymbol root, CancellationToken cancellation)
    {
        var open = new Stack<ITypeSymbol>([root]);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            ITypeSymbol type = open.Pop();
            if (HasTooManyArguments(type))
            {
                _endless.Add(type.OriginalDefinition);
                continue;
            }

            if (_seen.Count >= MostTypes) _isCut = true;
            if (_isCut) return;
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
            next = next.Concat(ancestor.GetMembers().Where(IsWritten).Select(member => member is IPropertySymbol property ? property.Type : ((IFieldSymbol)member).Type));

        return next.Concat(named.FindAll(Serialization + "JsonDerivedTypeAttribute")
            .Select(attribute => attribute.ConstructorArguments.FirstOrDefault().Value).OfType<ITypeSymbol>());
    }

    /// <summary>What System.Text.Json looks at: public members and those with [JsonInclude], without those that it is told to ignore.</summary>
    private static bool IsWritten(ISymbol member)
    {
        if (member.IsStatic || member is not (IPropertySymbol { IsIndexer: false } or IFieldSymbol { AssociatedSymbol: null })) return false;
        if (member.DeclaredAccessibility != Accessibility.Public && member.Find(Serialization + "JsonIncludeAttribute") is null) return false;

        // JsonIgnoreCondition: Always is 1, and what is meant where nothing is said
        return member.Find(Serialization + "JsonIgnoreAttribute") is not { } ignore || ignore.Named("Condition", 1) != 1;
    }

    private static bool HasTooManyArguments(ITypeSymbol type)
    {
        int count = 0;
        var open = new Stack<ITypeSymbol>([type]);
        while (open.Count > 0)
        {
            if (++count > MostArguments) return true;

            ITypeSymbol next = open.Pop();
            if (next is IArrayTypeSymbol array) open.Push(array.ElementType);
            for (INamedTypeSymbol? outer = next as INamedTypeSymbol; outer is not null; outer = outer.ContainingType)
                foreach (ITypeSymbol argument in outer.TypeArguments) open.Push(argument);
        }

        return false;
    }

    private const string Serialization = "System.Text.Json.Serialization.";

    private static string NameOf(ITypeSymbol type) => type.FullName();
}
