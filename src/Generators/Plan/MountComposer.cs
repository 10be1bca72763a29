using System.Collections.Immutable;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>
/// Puts the routes of parts into the tables of the classes that mount them. A part's own table stays as it is: it has the
/// calls, the finished responses and the values of the start. The mounting table finds the routes of both, and reaches those
/// of the part by the numbers that they have there.
/// </summary>
internal sealed class MountComposer
{
    private readonly Dictionary<string, AppTable> _tables, _composed = [];
    private readonly ILookup<string, MountModel> _mounts;
    private readonly List<string> _open = [];
    private readonly ClassTree _tree;

    private MountComposer(ImmutableArray<AppTable> tables, MountModel[] all, ILookup<string, MountModel> mounts)
    {
        var mounted = new HashSet<string>(all.Select(mount => mount.Part));
        _mounts = mounts;
        _tables = tables.ToDictionary(table => table.App.FullName,
            table => mounted.Contains(table.App.FullName) ? table with { App = table.App with { IsMounted = true } } : table);
        foreach (AppTable table in tables)
            if (table.Steps.Count > 0 && (table.App.IsOffered || mounted.Contains(table.App.FullName))) AskFirst(table.App.FullName);
        _tree = new ClassTree(_tables, mounts);
    }

    /// <summary>Steps must not be called for a request that none of the routes behind them takes in the end.</summary>
    private void AskFirst(string name)
    {
        if (!_tables.TryGetValue(name, out AppTable? table) || table.IsAskedFirst) return;

        _tables[name] = table with { IsAskedFirst = true };
        foreach (MountModel mount in _mounts[name]) AskFirst(mount.Part);
    }

    /// <param name="tables">One for each class, with its own routes.</param>
    /// <param name="mounts">By the class that mounts.</param>
    public static ImmutableArray<AppTable> Compose(ImmutableArray<AppTable> tables, ILookup<string, MountModel> mounts)
    {
        MountModel[] all = mounts.SelectMany(group => group).ToArray();
        var composer = new MountComposer(tables, all, mounts);
        return tables.Select(table => Guard.Run(StepNames.Tables, table.App.DisplayName,
            () => composer.Of(table.App.FullName),
            exception => table with { Failure = Guard.Describe(exception), HasErrors = true })).ToImmutableArray();
    }

    private AppTable Of(string name)
    {
        if (_composed.TryGetValue(name, out AppTable? known)) return known;

        AppTable table = _tables[name];
        // A class whose table has failed, or that can have none, has said so itself
        MountModel[] mounts = _mounts[name].Where(mount => mount.Foreign is not null || _tables.ContainsKey(mount.Part)).OrderBy(mount => mount.Key, StringComparer.Ordinal).ToArray();
        if (mounts.Length > 0)
        {
            _open.Add(name);
            table = With(table, mounts);
            _open.RemoveAt(_open.Count - 1);
        }

        // In a cycle it depends on who was asked first, but then there is an error
        return _composed[name] = ChainPlanner.Settle(table, _tree);
    }

    private AppTable With(AppTable table, MountModel[] given)
    {
        var problems = new List<TableProblem>();
        MountModel[] mounts = given.Where(mount => !IsCycle(mount, table.App, problems)).ToArray();
        var routes = new List<RouteModel>(table.Routes);
        var fields = new List<PartFields>();
        var steps = new List<PartSteps>();
        for (int i = 0; i < mounts.Length; i++)
        {
            MountModel mount = mounts[i];
            AppTable part = mount.Foreign ?? Of(mount.Part);
            if (part.App.IgnoresCase != table.App.IgnoresCase)
                problems.Add(TableProblem.At(Diagnostics.MountedCase, [mount.Key], mount.Label, mount.PartName, table.App.DisplayName));
            if (mounts.Take(i).FirstOrDefault(other => other.Part == mount.Part && other.Literal == mount.Literal) is { } twice)
                problems.Add(TableProblem.At(Diagnostics.MountedTwice, [mount.Key, twice.Key], twice.Label, mount.Label, mount.PartName, mount.Prefix?.Text ?? "/"));

            MountModel folded = table.App.IgnoresCase ? mount with { Prefix = mount.Prefix?.Folded() } : mount;
            routes.AddRange(RoutesOf(part, folded, i));
            if (part.App.Fields.Count > 0) fields.Add(new PartFields(mount.Literal + part.App.LiteralPrefix, part.App.Fields));
            fields.AddRange(part.PartFields.Select(inner => inner with { Below = mount.Literal + inner.Below }));
            if (part.Steps.Count > 0) steps.Add(new PartSteps(i, mount.Literal + part.App.LiteralPrefix, StepProvision.Awaits(part)));
            steps.AddRange(part.PartSteps.Select(inner => new PartSteps(i, mount.Literal + inner.Below, inner.Awaits)));
        }

        if (!table.App.IsMounted) CheckSettings(table.App, mounts, problems, []);
        bool awaits = StepProvision.Awaits(table);
        return table with
        {
            Routes = WithSlashes(routes).Select(route => awaits && !route.IsEnclosedAsync ? route with { IsEnclosedAsync = true } : route).OrderBy(route => route.Key, StringComparer.Ordinal).ThenBy(route => route.Pattern?.Shape, StringComparer.Ordinal).ToEquatable(),
            Mounts = mounts.ToEquatable(),
            PartFields = fields.OrderByDescending(one => one.Below.Length).ThenBy(one => one.Below, StringComparer.Ordinal).ToEquatable(),
            PartSteps = steps.OrderByDescending(one => one.Below.Length).ThenBy(one => one.Below, StringComparer.Ordinal).ThenBy(one => one.Mount).ToEquatable(),
            MountProblems = problems.ToEquatable(),
        };
    }

    /// <summary>What a server asks of its whole table counts as the class that is served says it, whatever those below say.</summary>
    private void CheckSettings(AppModel served, IEnumerable<MountModel> mounts, List<TableProblem> problems, HashSet<string> seen)
    {
        foreach (MountModel mount in mounts)
        {
            AppModel? part = mount.Foreign?.App ?? (_tables.TryGetValue(mount.Part, out AppTable? table) ? table.App : null);
            if (part is null || !seen.Add(mount.Key)) continue;

            if (part.SaysSlash && part.RedirectsSlash != served.RedirectsSlash) Add("Routes(TrailingSlash = …)");
            if (part.SaysTransport && part.StrictTransport != served.StrictTransport) Add("[Hsts]");
            if (mount.Foreign is null) CheckSettings(served, _mounts[mount.Part], problems, seen);

            void Add(string what) => problems.Add(TableProblem.At(
                Diagnostics.MountedSetting, [mount.Key], mount.Label, mount.PartName, what, served.DisplayName));
        }
    }

    private bool IsCycle(MountModel mount, AppModel app, List<TableProblem> problems)
    {
        if (!Reaches(mount.Part, app.FullName, [])) return false;

        problems.Add(TableProblem.At(Diagnostics.MountCycle, [mount.Key], mount.Label, mount.PartName, app.DisplayName));
        return true;
    }

    private bool Reaches(string from, string to, HashSet<string> seen) =>
        from == to || seen.Add(from) && _mounts[from].Any(mount => Reaches(mount.Part, to, seen));

    private static IEnumerable<RouteModel> RoutesOf(AppTable part, MountModel mount, int number)
    {
        if (mount.Foreign is not null)
        {
            foreach (RouteModel route in part.Routes)
            {
                RouteModel mounted = Mounted(new PlannedRoute(route.Via!.Number, route, 0), mount, number);
                yield return route.Pattern is null ? mounted with { Below = mount.Literal + route.Below } : mounted with { Pattern = PatternOf(route, mount) };
            }

            yield break;
        }

        RoutePlan plan = RoutePlan.Of(part);
        foreach (PlannedRoute route in plan.Routes) yield return Mounted(route, mount, number) with { Pattern = PatternOf(route.Model, mount) };
        foreach (PlannedRoute fetch in plan.Fetches) yield return Mounted(fetch, mount, number) with { Below = mount.Literal + BelowOf(fetch.Model) };
        foreach (RouteModel error in part.Routes.Where(route => route.Kind == RouteKind.Error))
            yield return Mounted(new PlannedRoute(-1, error, 0), mount, number) with { Below = mount.Literal + BelowOf(error) };
    }

    private static string BelowOf(RouteModel route) => route.Via is null ? route.App.LiteralPrefix : route.Below;

    private static RouteModel Mounted(PlannedRoute route, MountModel mount, int number)
    {
        string[] names = [mount.LinkName, .. route.Model.Via?.Names ?? EquatableArray<string>.Empty];
        RouteModel model = route.Model;
        // The routes of another project come with what is known of their steps
        ViaModel via = mount.Foreign is not null
            ? model.Via! with { Mount = number, Number = route.Number, Names = names.ToEquatable() }
            : new ViaModel(number, route.Number, names.ToEquatable())
            {
                Needs = model.Chain?.Needs ?? EquatableArray<NeedModel>.Empty,
                HasChain = model.Chain is not null || model.Via is { HasChain: true },
                Awaits = model.Chain is { Awaits: true } || model.Via is { Awaits: true },
                RefusesBodyLate = model.RefusesBodyLate,
                BindsBody = model.BindsBody,
            };
        return model with { Key = model.Key + "|via " + mount.Key, Via = via, Chain = null };
    }

    /// <summary>The page of a folder stands behind a slash, so that its own links lead into the folder.</summary>
    private static PatternModel PatternOf(RouteModel route, MountModel mount) =>
        mount.Prefix is { } prefix && IsPageOfRoot(route)
            ? new PatternModel(prefix.Text + "/", prefix.Segments.Concat(route.Pattern!.Segments).ToEquatable())
            : mount.Below(route.Pattern!);

    private static bool IsPageOfRoot(RouteModel route) =>
        route is { Pattern.Shape: "/", Static.File: { Relative.Length: > 0 } };

    /// <summary>A folder that a part serves at its root has a slash at its end now, and a route without it that leads there.</summary>
    private static List<RouteModel> WithSlashes(List<RouteModel> routes)
    {
        var taken = new HashSet<string>(routes.Where(route => route.Pattern is not null).Select(route => route.Pattern!.Shape));
        var all = new List<RouteModel>(routes);
        foreach (RouteModel route in routes)
        {
            if (route is not { Via: not null, Pattern: { Segments: { Count: > 1 } segments } }) continue;

            SegmentModel last = segments[segments.Count - 1];
            bool isFolder = route.Disk is { IsFolder: true, Redirects: false } && last.Kind == SegmentKind.Rest;
            bool isPage = route.Static?.File is { Relative.Length: > 0 } && last.Kind == SegmentKind.Literal && last.Literals[0].Length == 0;
            if (!isFolder && !isPage) continue;

            var bare = new PatternModel("", segments.Take(segments.Count - 1).ToEquatable());
            if (!taken.Add(bare.Shape)) continue;

            all.Add(route with
            {
                Key = route.Key + "|slash",
                Kind = RouteKind.Handler,
                Pattern = bare with { Text = bare.Shape },
                Methods = new[] { "GET" }.ToEquatable(),
                Member = DiskModel.MemberOf(isFolder: true, idleTimeout: null),
                Static = null,
                Disk = new DiskModel(true, "", null, Redirects: true),
                Via = null,
            });
        }

        return all;
    }
}
