using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Finds what is demanded of a parameter: of itself, and of all that JSON can put into it.</summary>
internal sealed class CheckParser
{
    private const string Serialization = "System.Text.Json.Serialization.";

    private readonly List<Problem> _problems;
    private readonly Location? _place;
    private readonly Dictionary<string, CheckedType> _types = [];

    private readonly IAssemblySymbol? _project;

    private CheckParser(List<Problem> problems, Location? place, IAssemblySymbol? project) => (_problems, _place, _project) = (problems, place, project);

    private bool IsCallable(INamedTypeSymbol kind) => kind.CanBeUsedIn(_project);

    /// <summary>Of a parameter that holds a single value or a list of them: what its own attributes say.</summary>
    public static CheckModel? OfParameter(ISymbol parameter, ITypeSymbol declared, IEnumerable<AttributeData> attributes, IAssemblySymbol project, List<Problem> problems)
    {
        var parser = new CheckParser(problems, parameter.NameLocation(), project);
        AttributeData[] all = attributes.ToArray();
        if (all.Length == 0) return null;

        CheckedValue value = parser.ValueOf(declared, parser.RulesOf(parameter.Name, declared, all, isAlwaysThere: true, hasProperty: null), isDeep: false);
        return value.Rules.Count == 0
            ? null
            : new CheckModel(value, EquatableArray<CheckedType>.Empty) { HasRules = true, DisplayName = RuleParser.DisplayNameOf(parameter) };
    }

    /// <summary>Of a body: what is demanded of its members, too.</summary>
    public static CheckModel? OfBody(IParameterSymbol parameter, List<Problem> problems)
    {
        var parser = new CheckParser(problems, parameter.NameLocation(), parameter.ContainingAssembly);
        EquatableArray<RuleModel> rules = parser.RulesOf(parameter.Name, parameter.Type, parameter.GetAttributes(), isAlwaysThere: true, hasProperty: null);
        CheckedValue value = parser.ValueOf(parameter.Type, rules, isDeep: true);
        if (rules.Count == 0 && value.Object is null && value.Item is null) return null;

        return parser.Finish(value, RuleParser.DisplayNameOf(parameter));
    }

    /// <summary>The property that counts a value, or null.</summary>
    public static string? LengthOf(ITypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_String || type is IArrayTypeSymbol { Rank: 1 } || ResultParser.IsSpanOf(type, SpecialType.System_Char)) return "Length";

        if (IsPrimitive(type) || !IsCounted(type) && !type.AllInterfaces.Any(IsCounted)) return null;
        if (type.TypeKind == TypeKind.Interface) return "Count";

        foreach (string name in new[] { "Count", "Length" })
            if (HasProperty(type, name)) return name;

        return null;
    }

    private static bool IsCounted(ITypeSymbol type) =>
        type.OriginalDefinition.SpecialType is SpecialType.System_Collections_Generic_ICollection_T or SpecialType.System_Collections_Generic_IReadOnlyCollection_T;

    /// <summary>A number, a character and the like: they have dozens of interfaces, and no items.</summary>
    private static bool IsPrimitive(ITypeSymbol type) => type is { IsValueType: true, SpecialType: not SpecialType.None };

    private static bool HasProperty(ITypeSymbol type, string name)
    {
        for (ITypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            if (ancestor.GetMembers(name).Any(member => member is IPropertySymbol { DeclaredAccessibility: Accessibility.Public, Type.SpecialType: SpecialType.System_Int32 })) return true;

        return false;
    }

    private EquatableArray<RuleModel> RulesOf(
        string name, ITypeSymbol declared, IEnumerable<AttributeData> attributes, bool isAlwaysThere, Func<string, bool>? hasProperty)
    {
        ITypeSymbol type = Unwrapped(declared, out bool isNullable);
        return new RuleParser(name, type, _place, _problems)
        {
            CanBeNull = type.IsReferenceType || isNullable || IsDefaultable(type),
            IsAlwaysThere = isAlwaysThere,
            HasProperty = hasProperty,
            IsCallable = IsCallable,
        }.Parse(attributes);
    }

    private static ITypeSymbol Unwrapped(ITypeSymbol declared, out bool isNullable)
    {
        isNullable = declared is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T };
        return isNullable ? ((INamedTypeSymbol)declared).TypeArguments[0] : declared;
    }

    private CheckedValue ValueOf(ITypeSymbol declared, EquatableArray<RuleModel> rules, bool isDeep)
    {
        ITypeSymbol type = Unwrapped(declared, out bool isNullable);
        var value = new CheckedValue(type.FullName(), type.IsReferenceType || isNullable, type.IsValueType, LengthOf(type), rules) { IsDefaultable = IsDefaultable(type) };
        if (!isDeep || type.SpecialType == SpecialType.System_String) return value;
        if (IsObject(type)) return value with { Object = Visit((INamedTypeSymbol)type) };
        if (ItemOf(type, out ItemsKind kind) is not { } item) return value;

        CheckedValue inner = ValueOf(item, EquatableArray<RuleModel>.Empty, isDeep: true);
        return inner.Object is null && inner.Item is null ? value : value with { Items = kind, Item = inner };
    }

    /// <summary>A type of somebody's own, with members that JSON fills.</summary>
    private static bool IsObject(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, SpecialType: SpecialType.None } named || named.IsTupleType) return false;
        if (ItemOf(type, out _) is not null) return false;

        return !named.IsOfFramework();
    }

    /// <summary>A list that is a value, and may be one that was never made: JSON without it leaves it so.</summary>
    private static bool IsDefaultable(ITypeSymbol type) => type.Is("System.Collections.Immutable.ImmutableArray");

    private static ITypeSymbol? ItemOf(ITypeSymbol type, out ItemsKind kind)
    {
        kind = ItemsKind.Indexed;
        if (type is IArrayTypeSymbol array) return array.Rank == 1 ? array.ElementType : null;
        if (IsPrimitive(type)) return null;

        IEnumerable<INamedTypeSymbol> all = type.AllInterfaces.Concat(type is INamedTypeSymbol named ? [named] : []);
        ITypeSymbol? sequence = null;
        bool isIndexed = false;
        foreach (INamedTypeSymbol one in all)
        {
            switch (one.OriginalDefinition.SpecialType)
            {
                case SpecialType.System_Collections_Generic_IEnumerable_T: sequence = one.TypeArguments[0]; break;
                case SpecialType.System_Collections_Generic_IList_T or SpecialType.System_Collections_Generic_IReadOnlyList_T: isIndexed = true; break;
                case SpecialType.None when one is { Arity: 2, Name: "IDictionary" or "IReadOnlyDictionary" } && one.PlainName().StartsWith("System.Collections.Generic.", StringComparison.Ordinal):
                    kind = ItemsKind.Map;
                    return one.TypeArguments[1];
            }
        }

        if (sequence is null) return null;

        // Only where the indexer can be seen
        bool isVisible = isIndexed && (type.TypeKind == TypeKind.Interface || type.GetMembers().Any(member => member is IPropertySymbol { IsIndexer: true, DeclaredAccessibility: Accessibility.Public }));
        kind = isVisible && LengthOf(type) is not null && (type.IsReferenceType || IsDefaultable(type))
            ? ItemsKind.Indexed
            : ItemsKind.Sequence;
        return type.IsReferenceType || IsDefaultable(type) ? sequence : null;
    }

    private string Visit(INamedTypeSymbol type)
    {
        string name = type.FullName();
        if (_types.ContainsKey(name)) return name;

        // In front of the members, which may lead here again
        _types.Add(name, new CheckedType(name, EquatableArray<CheckedMember>.Empty, EquatableArray<string>.Empty, false, false));
        var members = new List<CheckedMember>();
        var seen = new HashSet<string>();
        IMethodSymbol? constructor = ConstructorOf(type);
        for (INamedTypeSymbol? ancestor = type; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
            foreach (IPropertySymbol property in ancestor.GetMembers().OfType<IPropertySymbol>())
                if (IsRead(property) && seen.Add(property.Name)) members.Add(MemberOf(type, property, constructor));

        IdleRules.OfJson(type, _place, _problems);
        string[] untrimmable = members.Count == 0 ? [] : [.. UntrimmableOf(type, constructor)];
        EquatableArray<string> derived = type.FindAll(Serialization + "JsonDerivedTypeAttribute")
            .Select(attribute => attribute.ConstructorArguments.FirstOrDefault().Value).OfType<INamedTypeSymbol>()
            .Where(other => !SymbolEqualityComparer.Default.Equals(other, type) && IsObject(other))
            .OrderByDescending(DepthOf).Select(Visit).ToEquatable();
        bool isValidatable = type.AllInterfaces.Any(one => one.Is("System.ComponentModel.DataAnnotations.IValidatableObject"));
        _types[name] = new CheckedType(name, members.ToEquatable(), derived, isValidatable, false)
        {
            Untrimmable = untrimmable.ToEquatable(),
            IsForbidden = members.Any(member => member.Value is not null && HasForbidden(type, member.Name)),
        };
        return name;
    }

    // Types and not properties: the native compiler knows a suppression of a type, and passes over one of a property
    private static IEnumerable<string> UntrimmableOf(INamedTypeSymbol type, IMethodSymbol? constructor)
    {
        // What another project has compiled is its own matter, and a constructed type has no members of its own
        for (INamedTypeSymbol? ancestor = type.OriginalDefinition; ancestor is { DeclaringSyntaxReferences.IsEmpty: false }; ancestor = ancestor.BaseType?.OriginalDefinition)
        {
            IEnumerable<AttributeData> ofParameters = ReferenceEquals(ancestor, type.OriginalDefinition) && constructor is not null
                ? constructor.OriginalDefinition.Parameters.SelectMany(parameter => parameter.GetAttributes())
                : [];
            if (ancestor.GetMembers().OfType<IPropertySymbol>().SelectMany(property => property.GetAttributes()).Concat(ofParameters).Any(IsUntrimmable)
                && ancestor.GetDocumentationCommentId() is { } id) yield return id;
        }

        static bool IsUntrimmable(AttributeData attribute) => attribute is { AttributeClass: { } kind, AttributeConstructor: { } made }
            && RuleParser.IsValidation(kind) && made.Find("System.Diagnostics.CodeAnalysis.RequiresUnreferencedCodeAttribute") is not null;
    }

    private static int DepthOf(INamedTypeSymbol type)
    {
        int depth = 0;
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType) depth++;
        return depth;
    }

    /// <summary>What System.Text.Json reads, and can be looked at.</summary>
    private static bool IsRead(IPropertySymbol property) =>
        property is { IsStatic: false, IsIndexer: false, GetMethod: not null, DeclaredAccessibility: Accessibility.Public, Type.IsRefLikeType: false }
        && property.GetMethod.DeclaredAccessibility == Accessibility.Public && !property.Type.IsBroken()
        && (property.Find(Serialization + "JsonIgnoreAttribute") is not { } ignore || ignore.Named("Condition", 1) != 1);

    /// <summary>The constructor whose parameters have the attributes of properties: that of a record, or the only one.</summary>
    public static IMethodSymbol? ConstructorOf(INamedTypeSymbol type)
    {
        IMethodSymbol[] all = type.InstanceConstructors.Where(one => one.DeclaredAccessibility == Accessibility.Public
            && !(one.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(one.Parameters[0].Type, type))).ToArray();
        return all.FirstOrDefault(one => one.Find(Serialization + "JsonConstructorAttribute") is not null)
            ?? (all.Where(one => one.Parameters.Length > 0).ToArray() is [var only] ? only : null);
    }

    private CheckedMember MemberOf(INamedTypeSymbol type, IPropertySymbol property, IMethodSymbol? constructor)
    {
        IParameterSymbol? parameter = constructor?.Parameters.FirstOrDefault(one => one.Name.Equals(property.Name, StringComparison.OrdinalIgnoreCase));
        IEnumerable<AttributeData> attributes = AttributesOf(property);
        if (parameter is not null) attributes = attributes.Concat(parameter.GetAttributes());
        bool isAlwaysThere = property.IsRequired || property.Find(Serialization + "JsonRequiredAttribute") is not null;
        EquatableArray<RuleModel> rules = RulesOf(property.Name, property.Type, attributes, isAlwaysThere, other => HasMember(type, other));
        // What is worked out from the rest is checked itself, and not gone through: it may have no end
        bool isFilled = property.SetMethod is not null || parameter is not null;
        CheckedValue value = ValueOf(property.Type, rules, isDeep: isFilled);
        string? displayName = RuleParser.DisplayNameOf(property) ?? (parameter is null ? null : RuleParser.DisplayNameOf(parameter));
        return new CheckedMember(
            property.Name, property.Find(Serialization + "JsonPropertyNameAttribute")?.Text(0), displayName,
            rules.Count == 0 && value.Object is null && value.Item is null ? null : value);
    }

    /// <summary>Its own, and those of what it overrides, unless it has one of the kind itself: as DataAnnotations has it.</summary>
    private static IEnumerable<AttributeData> AttributesOf(IPropertySymbol property)
    {
        if (property.OverriddenProperty is null) return property.GetAttributes();

        var all = new List<AttributeData>();
        for (IPropertySymbol? at = property; at is not null; at = at.OverriddenProperty)
        {
            AttributeData[] further = at.GetAttributes()
                .Where(one => !all.Any(other => SymbolEqualityComparer.Default.Equals(other.AttributeClass, one.AttributeClass))).ToArray();
            all.AddRange(further);
        }

        return all;
    }

    private static bool HasForbidden(INamedTypeSymbol type, string name)
    {
        for (INamedTypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            if (ancestor.GetMembers(name).OfType<IPropertySymbol>().FirstOrDefault() is { } property) return property.IsForbiddenMember();

        return false;
    }

    private static bool HasMember(INamedTypeSymbol type, string name)
    {
        for (INamedTypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            if (ancestor.GetMembers(name).Any(member => member is IPropertySymbol property && IsRead(property))) return true;

        return false;
    }

    private CheckModel Finish(CheckedValue root, string? displayName)
    {
        var demanding = new HashSet<string>();
        bool Demands(CheckedValue? value) => value is not null
            && (value.Rules.Count > 0 || value.Object is { } name && demanding.Contains(name) || Demands(value.Item));

        for (bool isMore = true; isMore;)
        {
            isMore = false;
            foreach (CheckedType type in _types.Values)
                if (!demanding.Contains(type.Type)
                    && (type.IsValidatable || type.Members.Any(member => Demands(member.Value)) || type.Derived.Any(demanding.Contains)))
                    isMore = demanding.Add(type.Type);
        }

        // Without what nothing is demanded of; of the root the names are wanted in any case
        CheckedValue? Pruned(CheckedValue? value) => !Demands(value) ? null : value! with
        {
            Object = value.Object is { } name && demanding.Contains(name) ? name : null,
            Item = Pruned(value.Item),
            Items = Demands(value.Item) ? value.Items : ItemsKind.None,
        };

        IEnumerable<CheckedType> kept = _types.Values
            .Where(type => demanding.Contains(type.Type) || type.Type == root.Object)
            .OrderBy(type => type.Type, StringComparer.Ordinal)
            .Select(type => type with
            {
                Members = type.Members.Select(member => member with { Value = Pruned(member.Value) })
                    .Where(member => member.Value is not null || type.Type == root.Object || type.IsValidatable || HasOther(type, member)).ToEquatable(),
                Derived = type.Derived.Where(demanding.Contains).ToEquatable(),
                IsRecursive = demanding.Contains(type.Type) && Reaches(type, type.Type, []),
                HasRules = demanding.Contains(type.Type),
            });
        return new CheckModel(Pruned(root) ?? root with { Item = null, Items = ItemsKind.None }, kept.ToEquatable()) { HasRules = Demands(root), DisplayName = displayName };
    }

    // The name of a property that another is compared with
    private static bool HasOther(CheckedType type, CheckedMember member) => type.Members.Any(one =>
        one.Value is { } value && value.Rules.Any(rule => rule.Kind == RuleKind.SameAs && rule.Text == member.Name));

    private bool Reaches(CheckedType from, string wanted, HashSet<string> seen)
    {
        if (!seen.Add(from.Type)) return false;

        foreach (string next in from.Members.SelectMany(member => ObjectsOf(member.Value)).Concat(from.Derived))
            if (next == wanted || Reaches(_types[next], wanted, seen)) return true;

        return false;
    }

    private static IEnumerable<string> ObjectsOf(CheckedValue? value)
    {
        for (CheckedValue? at = value; at is not null; at = at.Item)
            if (at.Object is { } name) yield return name;
    }
}
