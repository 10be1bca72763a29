using System.Runtime.CompilerServices;
using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>Writes <c>App.Paths</c>: typed links to the routes.</summary>
internal static class PathsEmitter
{
    private const string Link = "global::Prebake.Routing.Link.";

    public static void Emit(SourceWriter writer, AppTable table, LinkGroup links, string generatedCode)
    {
        writer.Line("/// <summary>Links to the routes, by the names of their members: typed, escaped, never to a route that is not there.</summary>");
        writer.Line(generatedCode);
        writer.Open("internal static class " + table.App.PathsName);
        EmitGroup(writer, links);
        writer.Close();
    }

    private static void EmitGroup(SourceWriter writer, LinkGroup group)
    {
        IReadOnlyList<PlannedLink> links = group.Links;
        for (int i = 0; i < links.Count; i++)
        {
            if (i > 0) writer.Line();
            if (s_written.TryGetValue(links[i].Route, out Written? written) && written.IsFor(links[i], writer.Depth)) writer.Append(written.Text);
            else EmitOne(writer, links[i]);
        }

        for (int i = 0; i < group.Parts.Count; i++)
        {
            if (i > 0 || links.Count > 0) writer.Line();
            writer.Line("/// <summary>Links to the routes of a part.</summary>");
            writer.Open("public static class " + group.Parts[i].Name.Escaped());
            EmitGroup(writer, group.Parts[i]);
            writer.Close();
        }
    }

    private static void EmitOne(SourceWriter writer, PlannedLink link)
    {
        string written = writer.Write(() =>
        {
            writer.Line($"/// <summary><c>{Literal.Documentation(link.Route.Pattern!.Text)}</c></summary>");
            writer.Line($"public static string {link.Name.Escaped()}({string.Join(", ", link.Parameters.Select(Declaration))}) => {PathOf(link.Route, link.Parameters)};");
        });
        s_written.Remove(link.Route);
        var text = new Written(link.Name, writer.Depth, written);
        s_written.GetValue(link.Route, _ => text);
    }

    /// <summary>A link follows from its route and its name alone: that of a route which an edit has left as it is need not be written again.</summary>
    private sealed class Written(string name, int depth, string text)
    {
        public string Text => text;

        public bool IsFor(PlannedLink link, int at) => name == link.Name && depth == at;
    }

    private static readonly ConditionalWeakTable<RouteModel, Written> s_written = new();

    private static string Declaration(ParameterModel parameter) =>
        PlannedLink.TypeOf(parameter) + " " + parameter.Name.Escaped() + (PlannedLink.IsNeeded(parameter) ? "" : " = null");

    private static string PathOf(RouteModel route, IReadOnlyList<ParameterModel> parameters)
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
