namespace Prebake.Generators.Emit;

/// <summary>
/// Writes <c>name(…, route)</c> as a switch over route numbers. Beyond 256 cases it becomes a switch over methods of 256 cases each:
/// the compilers' time grows faster than the length of a method.
/// </summary>
internal static class RouteSwitch
{
    private const int MostCases = 256;

    /// <param name="writer">Where to.</param>
    /// <param name="modifiers">In front of the return type: <c>public override</c>.</param>
    /// <param name="type">The return type.</param>
    /// <param name="name">The method's name.</param>
    /// <param name="parameters">Other parameters, in front of <c>int route</c>: type and name.</param>
    /// <param name="cases">Route and expression.</param>
    /// <param name="otherwise">The expression for all other routes.</param>
    public static void Emit(
        SourceWriter writer, string modifiers, string type, string name, (string Type, string Name)? parameters,
        IReadOnlyList<(int Route, string Value)> cases, string otherwise) =>
        EmitWith(writer, modifiers, type, name, parameters is { } one ? [one] : [], cases, otherwise);

    /// <summary>The same with any number of parameters in front of the route.</summary>
    public static void EmitWith(
        SourceWriter writer, string modifiers, string type, string name, (string Type, string Name)[] parameters,
        IReadOnlyList<(int Route, string Value)> cases, string otherwise)
    {
        string front = string.Concat(parameters.Select(one => one.Type + " " + one.Name + ", "));
        string arguments = string.Concat(parameters.Select(one => one.Name + ", ")) + "route";

        if (cases.Count <= MostCases)
        {
            EmitOne(writer, modifiers, type, name, front, cases, otherwise);
            return;
        }

        var parts = cases.GroupBy(item => item.Route / MostCases).OrderBy(group => group.Key).ToList();
        writer.Open($"{modifiers} {type} {name}({front}int route) => (route / {MostCases}) switch");
        foreach (var part in parts) writer.Line($"{part.Key} => {name}{part.Key}({arguments}),");
        writer.Line($"_ => {otherwise},");
        writer.Close("};");
        writer.Line();
        foreach (var part in parts) EmitOne(writer, "private", type, name + part.Key, front, part.ToList(), otherwise);
    }

    private static void EmitOne(
        SourceWriter writer, string modifiers, string type, string name, string front, IReadOnlyList<(int Route, string Value)> cases, string otherwise)
    {
        writer.Open($"{modifiers} {type} {name}({front}int route) => route switch");
        foreach (IGrouping<string, int> same in cases.GroupBy(item => item.Value, item => item.Route))
            writer.Line($"{string.Join(" or ", same.Select(route => Literal.Number(route)))} => {same.Key},");
        writer.Line($"_ => {otherwise},");
        writer.Close("};");
        writer.Line();
    }
}
