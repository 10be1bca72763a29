using Prebake.Generators.Model;

namespace Prebake.Generators.Emit;

/// <summary>
/// Writes <c>App.Paths</c>: for each route a method with its name that makes a link to it. Overloads stay overloads; a method with several
/// patterns has a link for each, the second with a 2 behind its name. One with parameters of private types has none.
/// </summary>
internal static class PathsEmitter
{
    private const string Link = "global::Prebake.Routing.Link.";

    // What every class has, and what a class may not call its own members
    private static readonly string[] s_reserved = ["Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "ReferenceEquals", "ToString"];

    public static bool HasPaths(AppTable table) => table.Routes.Any(HasPath);

    public static void Emit(SourceWriter writer, AppTable table, string generatedCode)
    {
        writer.Line("/// <summary>Links to the routes, by the names of their members: typed, escaped, never to a route that is not there.</summary>");
        writer.Line(generatedCode);
        writer.Open("internal static class " + table.App.PathsName);

        var taken = new Dictionary<string, string>();
        var reserved = new HashSet<string>(s_reserved) { table.App.PathsName };
        foreach (RouteModel route in table.Routes.Where(HasPath))
        {
            ParameterModel[] parameters = ParametersOf(route);
            string signature = string.Join(", ", parameters.Select(SignatureOf));
            string path = PathOf(route, parameters);
            string name = FreeName(route.Member!.Name, signature, path, taken, reserved, out bool isNew);
            if (!isNew) continue;

            if (taken.Count > 1) writer.Line();
            writer.Line($"/// <summary><c>{Literal.Documentation(route.Pattern!.Text)}</c></summary>");
            writer.Line($"public static string {name.Escaped()}({string.Join(", ", parameters.Select(Declaration))}) => {path};");
        }

        writer.Close();
    }

    private static bool HasPath(RouteModel route) =>
        route is { Pattern: not null, Member: { } member, Disk: null, IsAlwaysReady: false } && member.Parameters.All(parameter => !parameter.IsHidden || !IsNeeded(parameter));

    private static bool IsNeeded(ParameterModel parameter) => parameter.Source == Source.Path || parameter is { Source: Source.Query, Optional: false };

    /// <summary>What a link cannot do without comes first, since optional parameters must be last.</summary>
    private static ParameterModel[] ParametersOf(RouteModel route) => route.Member!.Parameters
        .Where(parameter => parameter.Source is Source.Path or Source.Query && !parameter.IsHidden)
        .OrderBy(parameter => IsNeeded(parameter) ? 0 : 1)
        .ToArray();

    /// <summary>The first of Name, Name2, Name3 … that has no such parameters yet.</summary>
    private static string FreeName(string wanted, string signature, string path, Dictionary<string, string> taken, HashSet<string> reserved, out bool isNew)
    {
        for (int number = reserved.Contains(wanted) ? 2 : 1; ; number++)
        {
            string name = number == 1 ? wanted : wanted + number;
            if (!taken.TryGetValue(name + "(" + signature, out string? other))
            {
                taken.Add(name + "(" + signature, path);
                isNew = true;
                return name;
            }

            // Several methods of HTTP on one pattern: one link
            isNew = false;
            if (other == path) return name;
        }
    }

    private static string TypeOf(ParameterModel parameter)
    {
        string type = parameter.Value is ValueKind.Text or ValueKind.CharSpan ? "string" : parameter.Type;
        return IsNeeded(parameter) ? type : type + "?";
    }

    // Two references that differ by what may be null only are one type
    private static string SignatureOf(ParameterModel parameter) =>
        parameter.IsValueType && parameter.Value != ValueKind.CharSpan ? TypeOf(parameter) : TypeOf(parameter).TrimEnd('?');

    private static string Declaration(ParameterModel parameter) => TypeOf(parameter) + " " + parameter.Name.Escaped() + (IsNeeded(parameter) ? "" : " = null");

    private static string PathOf(RouteModel route, ParameterModel[] parameters)
    {
        var pieces = new List<string>();
        string literal = "";
        foreach (SegmentModel segment in route.Pattern!.Segments)
        {
            literal += "/" + segment.Linked[0];
            string function = segment.Kind switch { SegmentKind.Rest => "Rest", SegmentKind.Affixed => "Part", _ => "Segment" };
            for (int i = 0; i < segment.Names.Count; i++)
            {
                pieces.Add(Literal.Text(literal));
                pieces.Add(Link + function + "(" + parameters.First(parameter => parameter.Source == Source.Path && parameter.WireName == segment.Names[i]).Name.Escaped() + ")");
                literal = segment.Linked[i + 1];
            }
        }

        if (literal.Length > 0) pieces.Add(Literal.Text(literal));
        string path = string.Join(" + ", pieces);
        string query = string.Concat(parameters.Where(parameter => parameter.Source == Source.Query).Select(parameter => $", ({Literal.Text(parameter.WireName)}, {parameter.Name.Escaped()})"));
        return query.Length == 0 ? path : Link + "WithQuery(" + path + query + ")";
    }
}
