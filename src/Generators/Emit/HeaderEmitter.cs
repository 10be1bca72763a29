using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>The comment that opens the file: the routes in the order tried, and how they are found.</summary>
internal static class HeaderEmitter
{
    public static void Emit(EmitContext context)
    {
        SourceWriter writer = context.Writer;
        writer.Comment($"The routes of {context.App.DisplayName} in the order in which they are tried.");
        writer.Line("//");
        foreach (string line in context.Plan.Listing) writer.Comment("  " + line);
        writer.Line("//");

        int exact = context.Plan.Exact.Count, patterns = context.Plan.Patterns.Count;
        if (exact > 0)
            writer.Line(context.Plan.Dispatch.ExactTable is not null
                ? $"// {exact} exact paths: one perfect hash, one compare. Compares alone would have been {exact}."
                : $"// {Count(exact, "exact path")}: by length, then compared whole. So few need no hash.");
        if (patterns > 0)
            writer.Line(context.Plan.Dispatch.PatternTable is not null
                ? $"// {patterns} patterns: a tree in a constant table, its literals behind one perfect hash. As code it would have been long to compile and to read."
                : $"// {Count(patterns, "pattern")}: nested compares, segment by segment: literal, affixed, parameter, rest. What does not fit falls on to the next.");
        if (context.App.IgnoresCase) writer.Line("// Routes(IgnoreCase = true): paths are compared with small letters, and so are the texts below.");
        if (!context.Plan.Fetches.Any()) writer.Line("// No [Fetch]: what nothing fits is answered 404, or 405 where only the method is wrong.");
        writer.Line();
    }

    private static string Count(int count, string noun) => count == 1 ? "1 " + noun : count + " " + noun + "s";
}
