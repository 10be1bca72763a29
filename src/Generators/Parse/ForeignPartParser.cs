using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads the routes of a class of another project, as its generator has written them down: its private handlers are not to be seen.</summary>
internal static class ForeignPartParser
{
    /// <summary>Null when nothing is written down.</summary>
    public static AppTable? Parse(INamedTypeSymbol type, string key, Compilation compilation)
    {
        if (type.Find(KnownNames.Part) is not { } part) return null;

        bool ignoresCase = part.ConstructorArguments.ElementAtOrDefault(1).Value is true;
        int? slash = type.Find(KnownNames.Routes)?.Named<int?>("TrailingSlash", null);
        var app = new AppModel(type.FullName(), "", EquatableArray<string>.Empty, AppParser.DisplayName(type), "RouteTable", false)
        {
            IgnoresCase = ignoresCase,
            RedirectsSlash = slash == 1,
            SaysSlash = slash is not null,
            StrictTransport = HstsParser.Parse(type, []),
            SaysTransport = type.Find(KnownNames.Hsts) is not null,
        };
        var routes = new List<RouteModel>();
        var fields = new List<PartFields>();
        var steps = new List<PartSteps>();
        foreach (AttributeData attribute in type.FindAll(KnownNames.PartRoute))
        {
            if (attribute.ConstructorArguments is not [{ Value: int number }, { Value: string kind }, { Value: string methods }, { Value: string pattern }, { Value: string label }, { Value: string tier }]) continue;

            if (kind == "fields") fields.Add(new PartFields(pattern, FieldsOf(label)));
            else if (kind == "around") steps.Add(new PartSteps(0, pattern, Awaits: number != 0));
            else if (RouteOf(app, key, number, kind, methods, pattern, label, tier) is { } route) routes.Add(WithLink(WithGates(route, attribute), attribute, compilation));
        }

        return new AppTable(app, routes.ToEquatable(), EquatableArray<JsonTypeModel>.Empty, "", false) { PartFields = fields.ToEquatable(), PartSteps = steps.ToEquatable() };
    }

    /// <summary>What an app of another version of the package has written down cannot be read.</summary>
    public static bool IsOfOtherVersion(INamedTypeSymbol type) => type.Find(KnownNames.Part)?.ConstructorArguments.FirstOrDefault().Value is not (PartFormat.Version or PartFormat.WithGates or PartFormat.WithSteps);

    /// <summary>With what its links need; one with a parameter whose type is not for other projects has none.</summary>
    private static RouteModel WithLink(RouteModel route, AttributeData attribute, Compilation compilation)
    {
        string text = attribute.Named("Link", "");
        ITypeSymbol[] types = TypesOf(attribute, "LinkTypes");
        if (text.Length == 0 || types.Any(type => type.IsBroken() || !compilation.IsSymbolAccessibleWithin(type, compilation.Assembly))) return route;

        return PartLink.Read(text, types.Select(type => (type.FullName(), type.IsValueType)).ToArray()) is var (mounts, member)
            ? route with { Link = member, Via = route.Via! with { Names = mounts } }
            : route;
    }

    private static ITypeSymbol[] TypesOf(AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value is { Kind: TypedConstantKind.Array, IsNull: false } types
            ? types.Values.Select(value => value.Value).OfType<ITypeSymbol>().ToArray()
            : [];

    private static RouteModel WithGates(RouteModel route, AttributeData attribute)
    {
        string[] marks = attribute.Named("Marks", "").Split(' ');
        string required = attribute.Named("Required", "");
        ITypeSymbol[] types = TypesOf(attribute, "Needs");
        bool hasChain = marks.Contains(PartFormat.Chain);
        return route with
        {
            Gates = attribute.Named("Gates", ""),
            IsOpen = marks.Contains(PartFormat.Open),
            HasGuard = marks.Contains(PartFormat.Guarded),
            Via = route.Via! with
            {
                Needs = types.Select((type, index) => new NeedModel(type.FullName(), index < required.Length && required[index] == '1', type.IsValueType)).ToEquatable(),
                HasChain = hasChain,
                Awaits = marks.Contains(PartFormat.Awaits),
                // Whether it really does is asked of its table
                BindsBody = !hasChain && route.Kind is RouteKind.Handler or RouteKind.Fetch,
            },
        };
    }

    private static RouteModel? RouteOf(AppModel app, string key, int number, string kind, string methods, string pattern, string label, string tier)
    {
        RouteKind known = kind switch { "fetch" => RouteKind.Fetch, "error" => RouteKind.Error, "constant" or "start" or "file" or "below" => RouteKind.Static, _ => RouteKind.Handler };
        PatternModel? parsed = null;
        if (known is RouteKind.Static or RouteKind.Handler)
        {
            parsed = PatternParser.Parse(pattern, out PatternParser.Mistake? mistake);
            if (mistake is not null || parsed is null) return null;
            if (app.IgnoresCase) parsed = parsed.Folded();
        }

        return new RouteModel(app, key + "|" + label + number.ToString(System.Globalization.CultureInfo.InvariantCulture), known, label, parsed,
            methods.Split('|').ToEquatable(), null, StaticOf(kind, label), EquatableArray<StaticField>.Empty)
        {
            Via = new ViaModel(0, number, EquatableArray<string>.Empty),
            Below = parsed is null ? pattern : "",
            ForeignTier = tier,
            Socket = kind == "socket" ? new SocketModel(EquatableArray<SocketOption>.Empty, SocketCallbacks.All) : null,
            Disk = kind == "folder" ? new DiskModel(true, "", null) : null,
        };
    }

    // What it is decides where it stands in the order, and whether it must be evaluated at the start or has variants
    private static StaticModel? StaticOf(string kind, string label) => kind switch
    {
        "constant" => new StaticModel(200, null, false, "", false, null),
        "start" => new StaticModel(200, null, false, null, false, null),
        "file" or "below" => new StaticModel(200, null, false, null, false, null)
        {
            File = new FileModel(label, kind == "below" ? "x" : "", EquatableArray<FileVariant>.Empty),
        },
        _ => null,
    };

    private static EquatableArray<StaticField> FieldsOf(string lines) => lines.Split(["\r\n"], StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split([": "], 2, StringSplitOptions.None))
        .Where(parts => parts.Length == 2)
        .Select(parts => new StaticField(parts[0], parts[1]))
        .ToEquatable();
}
