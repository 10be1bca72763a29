using Prebake.Shared;

namespace Prebake.Generators.Model;

/// <summary>How the links of a route are written down for other projects: what they are called, and a line for each parameter.</summary>
internal static class PartLink
{
    private static readonly ResultModel s_nothing = new(ResultKind.Empty, Awaiting.None, "", false, false);

    /// <summary>A line is <c>path id=id</c>, <c>query page=p</c>, or <c>optional page=p</c>.</summary>
    public static string Write(IEnumerable<string> names, IEnumerable<ParameterModel> parameters) => string.Join("\n", parameters
        .Select(parameter => $"{(parameter.Source == Source.Path ? "path" : parameter.Optional ? "optional" : "query")} {parameter.Name}={parameter.WireName}")
        .Prepend(string.Join(".", names)));

    /// <summary>The names of the mounts in the part, and a member with the parameters; null when that is something else.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="types">Of the parameters, each with whether it is a value type.</param>
    public static (EquatableArray<string> Mounts, MemberModel Member)? Read(string text, IReadOnlyList<(string Type, bool IsValueType)> types)
    {
        string[] lines = text.Split('\n');
        if (lines.Length != types.Count + 1) return null;

        var parameters = new List<ParameterModel>();
        for (int i = 0; i < types.Count; i++)
        {
            string line = lines[i + 1];
            int space = line.IndexOf(' '), sign = line.IndexOf('=');
            if (space < 0 || sign < space) return null;

            string kind = line.Substring(0, space);
            parameters.Add(new ParameterModel(line.Substring(space + 1, sign - space - 1), line.Substring(sign + 1),
                kind == "path" ? Source.Path : Source.Query, types[i].Type == "string" ? ValueKind.Text : ValueKind.Primitive, types[i].Type,
                kind == "optional", false, null, EquatableArray<string>.Empty, types[i].IsValueType));
        }

        string[] names = lines[0].Split('.');
        var member = new MemberModel(MemberKind.Method, names[names.Length - 1], true, parameters.ToEquatable(), s_nothing, false, null, null);
        return (names.Take(names.Length - 1).ToEquatable(), member);
    }
}
