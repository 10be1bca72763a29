using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>A route with its number.</summary>
/// <param name="Bits">The methods that it answers, HEAD included where GET brings it, and the static bit.</param>
internal sealed record PlannedRoute(int Number, RouteModel Model, uint Bits);

/// <summary>The routes of one path or pattern.</summary>
internal sealed record PlannedPath(PatternModel Pattern, IReadOnlyList<PlannedRoute> Routes);

/// <summary>
/// The order in which routes are tried, and their numbers: exact paths first (of these the static ones, and of those the files last), then patterns, segment by
/// segment: literal, affixed, parameter, rest. The order of declaration never matters.
/// </summary>
internal sealed class RoutePlan
{
    private RoutePlan(AppTable table)
    {
        Table = table;
        RouteModel[] matched = table.Routes.Where(route => route.Pattern is not null).ToArray();
        Methods = new Methods(matched.SelectMany(route => route.Methods));
        var heads = new Dictionary<string, uint>();
        foreach (RouteModel route in matched)
        {
            heads.TryGetValue(route.Pattern!.Shape, out uint known);
            heads[route.Pattern.Shape] = known | (Methods.BitsOf(route.Methods) & 4u);
        }

        Routes = matched
            .OrderBy(route => route, RouteOrder.Of(Methods))
            .Select((route, number) => new PlannedRoute(number, route, BitsOf(route, heads[route.Pattern!.Shape])))
            .ToList();

        StaticCount = Routes.Count(route => route.Model.IsStatic);
        FirstOfPart = Routes.Count(route => route.Model is { IsStatic: true, Via: null });
        FirstFile = FirstOfPart - Routes.Count(route => route.Model is { Static.File: not null, Via: null });
        Exact = Group(Routes.Where(route => route.Model.Pattern!.IsExact));
        Patterns = Group(Routes.Where(route => !route.Model.Pattern!.IsExact));
        AllBits = Routes.Aggregate(0u, (bits, route) => bits | route.Bits);

        if (table.Routes.FirstOrDefault(route => route is { Kind: RouteKind.Fetch, Via: null }) is { } fetch) Fetch = new PlannedRoute(Routes.Count, fetch, 0);
        int next = Routes.Count + (Fetch is null ? 0 : 1);
        PartFetches = PartFetchesOf(table).Select((route, index) => new PlannedRoute(next + index, route, 0)).ToArray();
        Errors = new ErrorPlan(table);
        Steps = new StepPlan(table);

        Handlers = Routes.Skip(StaticCount).Concat(Fetches).ToList();
        OwnHandlers = Handlers.Where(route => route.Model.Via is null).ToList();
        List<PlannedRoute> called = Handlers.Where(route => route.Model is { Via: null } or { Chain.HasMethod: true }).ToList();
        CallNames = new CallNames(called);
        List<PlannedRoute> bound = called
            .Concat(Steps.Own.Select(step => step.Route).Concat(Steps.Values.Where(value => value.Route is not null).Select(value => value.Route!)).Select(route => new PlannedRoute(-1, route, 0)))
            .ToList();
        Enums = EnumPlan.Of(bound);
        Checks = CheckPlan.Of(table, bound);
        Fields = new FieldPlan(Handlers);
        Statics = new StaticPlan(Routes.GetRange(0, FirstFile));
        Files = new FilePlan(Routes.GetRange(FirstFile, FirstOfPart - FirstFile));
        Dispatch = new DispatchPlan(Exact, Patterns);
        MethodSets = new SortedDictionary<uint, string>(Routes.Select(route => route.Bits).Distinct().ToDictionary(bits => bits, Methods.NameOf));
        AllowSets = AllowSetsOf(Exact.Concat(Patterns), AllBits);
        Listing = RouteListing.Lines(this);
        JsonContexts = table.Json.Select(type => type.Context).Distinct().ToArray();
    }

    public AppTable Table { get; }

    public Methods Methods { get; }

    /// <summary>Static routes, other exact routes, patterns; without <see cref="Fetch"/>.</summary>
    public List<PlannedRoute> Routes { get; }

    public int StaticCount { get; }

    /// <summary>The first of the static routes that are files; they come last of the class's own.</summary>
    public int FirstFile { get; }

    /// <summary>The first of the static routes of parts, which come last of all static ones.</summary>
    public int FirstOfPart { get; }

    public List<PlannedPath> Exact { get; }

    public List<PlannedPath> Patterns { get; }

    public uint AllBits { get; }

    public PlannedRoute? Fetch { get; }

    /// <summary>[Fetch] of parts, the longest prefix first. Their numbers come last.</summary>
    public IReadOnlyList<PlannedRoute> PartFetches { get; }

    /// <summary>[Fetch] of the class and of its parts.</summary>
    public IEnumerable<PlannedRoute> Fetches => Fetch is null ? PartFetches : PartFetches.Prepend(Fetch);

    public ErrorPlan Errors { get; }

    /// <summary>What stands around the routes.</summary>
    public StepPlan Steps { get; }

    /// <summary>Routes that are called: all but the static ones, [Fetch] last.</summary>
    public List<PlannedRoute> Handlers { get; }

    /// <summary>Those that this table calls itself, not through that of a part.</summary>
    public List<PlannedRoute> OwnHandlers { get; }

    public CallNames CallNames { get; }

    public IReadOnlyList<EnumPlan> Enums { get; }

    public CheckPlan Checks { get; }

    public FieldPlan Fields { get; }

    public StaticPlan Statics { get; }

    public FilePlan Files { get; }

    public DispatchPlan Dispatch { get; }

    /// <summary>Names of constants for the sets of methods of single routes.</summary>
    public SortedDictionary<uint, string> MethodSets { get; }

    /// <summary>The sets of which <c>Allow</c> is known: those of single paths, and the union of all.</summary>
    public IReadOnlyList<uint> AllowSets { get; }

    /// <summary>The routes as lines of a table.</summary>
    public IReadOnlyList<string> Listing { get; }

    /// <summary>The contexts of the project's JSON, with <c>global::</c>.</summary>
    public IReadOnlyList<string> JsonContexts { get; }

    public static RoutePlan Of(AppTable table) => new(table);

    private static RouteModel[] PartFetchesOf(AppTable table) => table.Routes.Where(route => route.Kind == RouteKind.Fetch && route.Via is not null)
        .OrderByDescending(route => route.Below.Length).ThenBy(route => route.Below, StringComparer.Ordinal).ThenBy(route => route.Key, StringComparer.Ordinal)
        // Two mounts at one prefix: the table has one answer for a path
        .GroupBy(route => route.Below).Select(group => group.First())
        .ToArray();

    private uint BitsOf(RouteModel route, uint ownHead)
    {
        uint bits = Methods.BitsOf(route.Methods);
        // GET brings HEAD, unless the pattern has a HEAD route of its own. A WebSocket begins with GET alone (RFC 6455 section
        // 4.1): no HEAD can ever succeed there, so it is answered 405 like any other method
        if ((bits & 2u) != 0 && ownHead == 0 && route.Socket is null) bits |= 4u;
        return bits | (route.IsStatic ? Methods.StaticBit : 0);
    }

    // Where several patterns have one path, their union is put together as asked
    private static uint[] AllowSetsOf(IEnumerable<PlannedPath> paths, uint all) => paths
        .Select(path => path.Routes.Aggregate(0u, (bits, route) => bits | route.Bits) & ~Methods.StaticBit)
        .Concat([all & ~Methods.StaticBit])
        .Distinct()
        .OrderBy(bits => bits)
        .ToArray();

    private static List<PlannedPath> Group(IEnumerable<PlannedRoute> routes) => routes
        .GroupBy(route => route.Model.Pattern!.Shape)
        .Select(group => new PlannedPath(group.First().Model.Pattern!, group.ToList()))
        .ToList();
}
