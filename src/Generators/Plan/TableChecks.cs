using System.Globalization;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>The mistakes that only the whole table shows.</summary>
internal static class TableChecks
{
    public static EquatableArray<TableProblem> Check(AppTable table)
    {
        var problems = new List<TableProblem>(table.MountProblems.Concat(table.GateProblems));
        CheckSingle(table, RouteKind.Fetch, Diagnostics.TwoFetch, problems);
        CheckErrors(table, problems);
        StepChecks.Check(table, problems);
        CheckDuplicates(table, problems);
        CheckReach(table, problems);
        CheckJson(table, problems);
        ValidatorChecks.Check(table, problems);
        CheckTiers(table, problems);
        CheckRedirects(table, problems);
        CheckFiles(table, problems);

        string[] custom = new Methods(table.Routes.SelectMany(route => route.Methods)).Custom;
        if (custom.Length > Methods.MostCustom)
            problems.Add(TableProblem.At(Diagnostics.TooManyMethods, [table.Routes.First(route => route.Methods.Contains(custom[Methods.MostCustom])).Key],
                table.App.DisplayName, custom.Length.ToString(CultureInfo.InvariantCulture), Methods.MostCustom.ToString(CultureInfo.InvariantCulture)));

        return problems.ToEquatable();
    }

    private static void CheckSingle(AppTable table, RouteKind kind, Microsoft.CodeAnalysis.DiagnosticDescriptor descriptor, List<TableProblem> problems)
    {
        RouteModel[] several = table.Routes.Where(route => route.Kind == kind && route.Via is null).ToArray();
        for (int i = 1; i < several.Length; i++)
            problems.Add(TableProblem.At(descriptor, [several[i].Key, several[0].Key], several[0].Label, several[i].Label));
    }

    private static void CheckErrors(AppTable table, List<TableProblem> problems)
    {
        foreach (IGrouping<string, RouteModel> same in table.Routes.Where(route => route is { Kind: RouteKind.Error, Via: null }).GroupBy(route => route.ErrorType))
            foreach (RouteModel second in same.Skip(1))
                problems.Add(TableProblem.At(Diagnostics.TwoError, [second.Key, same.First().Key], same.First().Label, second.Label, Short(same.Key)));
    }

    private static void CheckDuplicates(AppTable table, List<TableProblem> problems)
    {
        // As nearly always: each has a path of its own
        var shapes = new HashSet<string>();
        if (table.Routes.All(route => route.Pattern is null || shapes.Add(route.Pattern.Shape))) return;

        foreach (IGrouping<string, RouteModel> group in table.Routes.Where(route => route.Pattern is not null).GroupBy(route => route.Pattern!.Shape))
        {
            // Of a class's own route and that of a part the own one is wrong: it is the one that knows of the other
            RouteModel[] routes = group.OrderBy(route => route.Via is null).ToArray();
            if (routes.Length == 1) continue;

            var methods = new Methods(routes.SelectMany(route => route.Methods));
            for (int i = 0; i < routes.Length; i++)
            {
                // One message for each route, however many it collides with
                RouteModel? other = routes.Take(i).FirstOrDefault(earlier => !IsOfOneMount(earlier, routes[i], table) &&
                    (methods.BitsOf(earlier.Methods) & methods.BitsOf(routes[i].Methods)) != 0 && !TypeDisjointness.AreDisjoint(earlier, routes[i]));
                if (other is null) continue;

                if (routes[i].Socket is null != other.Socket is null)
                {
                    (RouteModel socket, RouteModel page) = other.Socket is null ? (routes[i], other) : (other, routes[i]);
                    problems.Add(TableProblem.At(Diagnostics.SocketAndGet, PlacesOf(routes[i], other, table), socket.Pattern!.Text, socket.Label, page.Label));
                }
                else
                    problems.Add(TableProblem.At(Diagnostics.DuplicateRoute, PlacesOf(routes[i], other, table),
                        string.Join("|", other.Methods), other.Pattern!.Text, other.Label, string.Join("|", routes[i].Methods), routes[i].Pattern!.Text, routes[i].Label));
            }
        }
    }

    /// <summary>Two routes of one part: its own table says so. And what is mounted twice under one prefix has been told as one.</summary>
    private static bool IsOfOneMount(RouteModel one, RouteModel other, AppTable table) => one.Via is not null && other.Via is not null
        && (one.Via.Mount == other.Via.Mount || table.Mounts[one.Via.Mount] is var mount && table.Mounts[other.Via.Mount] is var second
            && mount.Part == second.Part && mount.Literal == second.Literal);

    /// <summary>Both routes, and where they were brought together.</summary>
    private static IEnumerable<string> PlacesOf(RouteModel one, RouteModel other, AppTable table) =>
        new[] { one, other }.Select(route => route.Key)
            .Concat(new[] { one, other }.Where(route => route.Via is not null).Select(route => table.Mounts[route.Via!.Mount].Key).Distinct());

    private static void CheckReach(AppTable table, List<TableProblem> problems)
    {
        RouteModel? fetch = table.Routes.FirstOrDefault(route => route is { Kind: RouteKind.Fetch, Via: null });
        RouteModel? all = table.Routes.FirstOrDefault(route => route.Pattern is { } pattern && pattern.Shape == "/{*}" && route.Methods.Contains("*"));
        if (fetch is not null && all is not null) problems.Add(TableProblem.At(Diagnostics.UnreachableFetch, [fetch.Key, all.Key], fetch.Label, all.Label));
    }

    private static void CheckJson(AppTable table, List<TableProblem> problems)
    {
        string context = table.Json.Count > 0 && !table.Json[0].IsReferenced ? Short(table.Json[0].Context) : "a 'partial class AppJson : JsonSerializerContext'";
        var known = new HashSet<string>(table.Json.Select(type => type.Type));

        foreach (RouteModel route in table.Routes)
        {
            if (route.Member is not { } member || route.Via is not null) continue;

            if (member.Result.Kind is ResultKind.Json or ResultKind.JsonLines or ResultKind.Either && !known.Contains(member.Result.Type))
                problems.Add(Missing(route.Key + "|result", "returns", member.Result.Type, member.Result.Hidden));
            foreach (ParameterModel parameter in member.Parameters)
                if (parameter is { Source: Source.Body, Value: ValueKind.Json } && !known.Contains(parameter.Type))
                    problems.Add(Missing(route.Key + "|" + parameter.Name, "reads", parameter.Type, parameter.Hidden));

            TableProblem Missing(string key, string verb, string type, string? hidden)
            {
                if (hidden is not null) return TableProblem.At(Diagnostics.HiddenJsonType, [key], route.Label, verb, Short(type), Short(hidden));

                return table.UnusableJson.FirstOrDefault(other => other.Type == type) is { } unusable
                    ? TableProblem.At(Diagnostics.UnusableContext, [key], route.Label, verb, Short(type), Short(unusable.Context), unusable.Unusable!)
                    : TableProblem.At(Diagnostics.MissingJsonType, [key], route.Label, verb, Short(type), context);
            }
        }
    }

    /// <summary>The tier of what becomes JSON: only the whole table knows the options of its context.</summary>
    private static void CheckTiers(AppTable table, List<TableProblem> problems)
    {
        foreach (RouteModel route in table.Routes)
        {
            if (route.Static is not { Json: not null } how || route.Via is not null) continue;

            if (how.Body is not null) problems.Add(TableProblem.At(Diagnostics.ConstantTier, [route.Key + "|name"], route.Label));
            else if (how.MustBeConstant) problems.Add(TableProblem.At(Diagnostics.NotConstant, [route.Key + "|constant"], route.Label, how.Doubt!));
            else problems.Add(TableProblem.At(Diagnostics.StartTier, [route.Key + "|name"], route.Label, how.Doubt!));
        }
    }

    private static void CheckFiles(AppTable table, List<TableProblem> problems)
    {
        foreach (RouteModel route in table.Routes.Where(route => route.Kind is RouteKind.File or RouteKind.Directory && route.Via is null))
        {
            string name = route.Static!.Target!;
            string[] place = [route.Key + RouteModel.FilePlace];
            if (table.MissingFiles.Contains(name)) problems.Add(TableProblem.At(Diagnostics.MissingFile, place, route.Kind == RouteKind.File ? "file" : "folder", name));
            else if (table.Folders.Contains(name)) problems.Add(TableProblem.At(Diagnostics.EmptyFolder, place, name));
            else problems.Add(TableProblem.At(Diagnostics.UnknownFile, place, name, WhyUnknown(table)));
        }
    }

    // 'dotnet run app.cs' compiles without MSBuild where app.cs alone has changed (dotnet/sdk#50912)
    private static string WhyUnknown(AppTable table) => table.Project.Length == 0
        ? "its step that reads files has not run: build with 'dotnet build', or run a file-based app once with "
            + "'dotnet run --no-cache'"
        : "it reads names of files before there is a compilation, so write this one as a string literal in the "
            + "attribute";

    private static void CheckRedirects(AppTable table, List<TableProblem> problems)
    {
        Dictionary<string, RouteModel> redirects = table.Routes.Where(route => route.Kind == RouteKind.Redirect)
            .GroupBy(route => route.Pattern!.Shape).ToDictionary(group => group.Key, group => group.First());
        // Where a redirect of a part leads to is known where the part is mounted
        if (redirects.Count == 0 || table.App.IsMounted) return;

        string? Target(RouteModel redirect) => PathOf(redirect.Static!.Target!) is { } path ? table.App.IgnoresCase ? PatternModel.Fold(path) : path : null;

        PatternModel[] patterns = table.Routes.Where(route => route.Pattern is not null).Select(route => route.Pattern!).ToArray();
        foreach (RouteModel redirect in redirects.Values)
        {
            if (Target(redirect) is not { } target) continue;

            if (!patterns.Any(pattern => PatternMatcher.Fits(pattern, target)))
                problems.Add(TableProblem.At(Diagnostics.DanglingRedirect, [redirect.Key], redirect.Pattern!.Text, redirect.Static!.Target!, table.App.DisplayName));

            string? next = target;
            for (int steps = 0; next is not null && steps <= redirects.Count; steps++)
            {
                if (next == redirect.Pattern!.Shape)
                {
                    problems.Add(TableProblem.At(Diagnostics.RedirectLoop, [redirect.Key], redirect.Pattern.Text, redirect.Static!.Target!));
                    break;
                }

                next = redirects.TryGetValue(next, out RouteModel? following) ? Target(following) : null;
            }
        }
    }

    /// <summary>The canonical path when a target stays within the app, or null.</summary>
    private static string? PathOf(string target) =>
        target.Length == 0 || target[0] != '/' || target.StartsWith("//", StringComparison.Ordinal)
            ? null
            : string.Join("/", target.Split('?', '#')[0].Split('/').Select(CanonicalPath.Of));

    private static string Short(string type) => type.Replace("global::", "");
}
