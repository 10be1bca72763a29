using System.Runtime.CompilerServices;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>A method that makes a link to a route.</summary>
/// <param name="Name">Not yet escaped.</param>
/// <param name="Parameters">What a link cannot do without comes first, since optional parameters must be last.</param>
internal sealed record PlannedLink(string Name, RouteModel Route, IReadOnlyList<ParameterModel> Parameters)
{
    /// <summary>What a link cannot do without: parameters of the path, and of the query those without a default.</summary>
    public static bool IsNeeded(ParameterModel parameter) => parameter.Source == Source.Path || parameter is { Source: Source.Query, Optional: false };

    /// <summary>The type of a parameter in C#; one that is not needed is left out by null.</summary>
    public static string TypeOf(ParameterModel parameter)
    {
        string type = parameter.Value is ValueKind.Text or ValueKind.CharSpan ? "string" : parameter.Type;
        return IsNeeded(parameter) ? type : type + "?";
    }
}

/// <summary>The links of a class, and those of its parts, each a class in it.</summary>
/// <param name="Name">Of the class, not yet escaped.</param>
/// <param name="Links">The class's own.</param>
/// <param name="Parts">Those of its parts.</param>
internal sealed record LinkGroup(string Name, IReadOnlyList<PlannedLink> Links, IReadOnlyList<LinkGroup> Parts)
{
    public bool IsEmpty => Links.Count == 0 && Parts.Count == 0;
}

/// <summary>
/// Which links there are: for each route a method with its name. Overloads stay overloads; a method with several patterns has a link for each,
/// the second with a 2 behind its name. One with parameters of private types has none.
/// </summary>
internal static class LinkPlan
{
    // What every class has, and what a class may not call its own members
    private static readonly string[] s_reserved = ["Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString"];

    public static LinkGroup Of(AppTable table) =>
        GroupOf(table.App.PathsName, table.Routes.Where(HasPath).ToArray(), depth: 0, new HashSet<string>(s_reserved));

    /// <param name="group">The name of the class.</param>
    /// <param name="routes">Those of the class and of all parts in it.</param>
    /// <param name="depth">How many mounts lie around it.</param>
    /// <param name="outer">What nothing in it may be called.</param>
    private static LinkGroup GroupOf(string group, RouteModel[] routes, int depth, HashSet<string> outer)
    {
        var links = new List<PlannedLink>();
        var taken = new Dictionary<string, string>();
        var reserved = new HashSet<string>(outer) { group };
        foreach (RouteModel route in routes.Where(route => DepthOf(route) == depth))
        {
            if (!s_drafts.TryGetValue(route, out Draft? draft)) draft = s_drafts.GetValue(route, DraftOf);
            if (FreeName(route.Linked!.Name, draft, taken, reserved) is { } name) links.Add(new PlannedLink(name, route, draft.Parameters));
        }

        var parts = new List<LinkGroup>();
        var names = new HashSet<string>(reserved.Concat(links.Select(link => link.Name)));
        foreach (IGrouping<string, RouteModel> part in routes.Where(route => DepthOf(route) > depth).GroupBy(route => route.Via!.Names[depth]).OrderBy(same => same.Key, StringComparer.Ordinal))
        {
            string free = part.Key;
            for (int number = 1; !names.Add(free); number++) free = part.Key + "Paths" + (number == 1 ? "" : number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            parts.Add(GroupOf(free, part.ToArray(), depth + 1, outer));
        }

        return new LinkGroup(group, links, parts);
    }

    private static int DepthOf(RouteModel route) => route.Via?.Names.Count ?? 0;

    /// <summary>What follows from the route alone: one that an edit has left as it is stays the same object.</summary>
    private sealed class Draft(ParameterModel[] parameters, string signature, string path)
    {
        public ParameterModel[] Parameters => parameters;

        public string Signature => signature;

        /// <summary>Tells links apart.</summary>
        public string Path => path;
    }

    private static readonly ConditionalWeakTable<RouteModel, Draft> s_drafts = new();

    private static Draft DraftOf(RouteModel route)
    {
        ParameterModel[] parameters = ParametersOf(route);
        return new Draft(parameters, route.Linked!.Name + "(" + string.Join(", ", parameters.Select(SignatureOf)), PathOf(route, parameters));
    }

    public static bool HasPath(RouteModel route) => route is { Pattern: not null, Linked: { } member, Disk: null, IsAlwaysReady: false }
        && member.Flat.All(parameter => !parameter.IsHidden || !PlannedLink.IsNeeded(parameter));

    // Of lists there is none: a link has one value of each name
    public static ParameterModel[] ParametersOf(RouteModel route) => Named(route.Linked!.Flat
        .Where(parameter => parameter.Source is Source.Path or Source.Query && parameter.ListType is null && !parameter.IsHidden))
        .OrderBy(parameter => PlannedLink.IsNeeded(parameter) ? 0 : 1)
        .ToArray();

    /// <summary>A member of a type that stands for several has a name of its own in a link.</summary>
    private static IEnumerable<ParameterModel> Named(IEnumerable<ParameterModel> parameters)
    {
        var names = new NameScope([]);
        foreach (ParameterModel parameter in parameters)
        {
            int dot = parameter.Name.LastIndexOf('.');
            string name = names.Add(dot < 0 ? parameter.Name : JsonNaming.CamelCase(parameter.Name.Substring(dot + 1)));
            yield return dot < 0 && name == parameter.Name ? parameter : parameter with { Name = name };
        }
    }

    /// <summary>The first of Name, Name2, Name3 … that has no such parameters yet; null where that one makes the same link.</summary>
    private static string? FreeName(string wanted, Draft draft, Dictionary<string, string> taken, HashSet<string> reserved)
    {
        for (int number = reserved.Contains(wanted) ? 2 : 1; ; number++)
        {
            string name = number == 1 ? wanted : wanted + number;
            string key = number == 1 ? draft.Signature : name + draft.Signature.Substring(wanted.Length);
            if (!taken.TryGetValue(key, out string? other))
            {
                taken.Add(key, draft.Path);
                return name;
            }

            // Several methods of HTTP on one pattern: one link
            if (other == draft.Path) return null;
        }
    }

    // Two references that differ by what may be null only are one type
    private static string SignatureOf(ParameterModel parameter) => parameter.IsValueType && parameter.Value != ValueKind.CharSpan
        ? PlannedLink.TypeOf(parameter)
        : PlannedLink.TypeOf(parameter).TrimEnd('?');

    /// <summary>Tells links apart: the texts and the names of the parameters between them.</summary>
    private static string PathOf(RouteModel route, ParameterModel[] parameters) => string.Join("/", route.Pattern!.Segments.Select(segment =>
            (segment.Kind == SegmentKind.Rest ? "*" : "") + string.Join("\n", segment.Linked) + "\n" + string.Join("\n", segment.Names)))
        + "?" + string.Join("\n", parameters.Where(parameter => parameter.Source == Source.Query).Select(parameter => parameter.WireName + "\n" + parameter.Name));
}
