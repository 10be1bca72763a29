using Prebake.Generators.Model;
using Prebake.Generators.Plan;
using Prebake.Shared;

namespace Prebake.Generators.Emit;

/// <summary>The dispatcher. <c>Find</c> and <c>MethodsOf</c> are two questions to one walk.</summary>
internal static class FindEmitter
{
    public static void Emit(EmitContext context)
    {
        SourceWriter writer = context.Writer;
        // 256: longer paths than this are rare, and a page of the stack is not
        (string room, string path) = context.App.IgnoresCase
            ? ("global::System.Span<byte> small = path.Length <= 256 ? stackalloc byte[256] : new byte[path.Length];\n    ", "global::Prebake.Routing.Bind.Fold(path, small)")
            : ("", "path");
        writer.Line($$"""
            public override int Find(global::Prebake.Routing.HttpMethod method, global::System.ReadOnlySpan<byte> path, int after = -1)
            {
                uint seen = 0;
                {{room}}return Walk({{path}}, 1u << (int)method, after, ref seen);
            }

            public override global::Prebake.Routing.MethodSet MethodsOf(global::System.ReadOnlySpan<byte> path)
            {
                uint seen = 0;
                {{room}}Walk({{path}}, 0, -1, ref seen);
                return new global::Prebake.Routing.MethodSet(seen);
            }

            // The first route above 'after' that fits; gathers the methods of all routes that have the path until then
            """);
        writer.Open("private int Walk(global::System.ReadOnlySpan<byte> path, uint method, int after, ref uint seen)");
        DispatchPlan plan = context.Plan.Dispatch;
        EmitExact(context, plan);
        if (plan.PatternTree is { } tree) EmitPatterns(context, tree);
        writer.Line(plan.PatternTable is null ? "return -1;" : "return WalkPatterns(path, method, after, ref seen);");
        writer.Close();
        writer.Line();
        if (plan.ExactTable is { } paths) EmitTable(context, "Path", "slots and leaves of the exact paths", paths);
        if (plan.PatternTable is not { } patterns) return;

        EmitTree(writer, patterns);
        EmitTable(context, "Pattern", "nodes, edges and leaves of the patterns", patterns);
    }

    private static void EmitTree(SourceWriter writer, PathTableData tree)
    {
        // The first edge is looked up in place where every pattern begins with one
        PerfectHash hash = tree.Hash;
        string first = tree.RootSegments > 0 && hash.Window != PathHash.Whole
            ? $", segments: {Literal.Number(tree.RootSegments)}, edges: {Literal.Number(tree.FirstEdge)}, slots: {Literal.Number(hash.Slots)}, buckets: {Literal.Number(hash.Shifts.Length)}, salt: {Literal.Number(hash.Salt)}, window: {Literal.Number(hash.Window)}, second: {Literal.Number(hash.Second)}"
            : "";
        writer.Line($"""
            // Apart, so that a compiler has room to inline each
            [global::System.Runtime.CompilerServices.MethodImpl(global::System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
            private int WalkPatterns(global::System.ReadOnlySpan<byte> path, uint method, int after, ref uint seen) =>
                global::Prebake.Routing.PathTable.WalkTree(PatternNumbers, PatternText{first}, path, method, after, ref seen);

            """);
    }

    private static void EmitExact(EmitContext context, DispatchPlan plan)
    {
        SourceWriter writer = context.Writer;
        if (context.Plan.Exact.Count == 0) return;

        if (plan.ExactTable is { } table)
        {
            PerfectHash hash = table.Hash;
            int longest = Math.Max(8, context.Plan.Exact.Max(path => path.Pattern.Shape.Length));
            writer.Line($"""
                int route = global::Prebake.Routing.PathTable.Walk(PathNumbers, PathText, slots: {Literal.Number(hash.Slots)}, buckets: {Literal.Number(hash.Shifts.Length)}, longest: {Literal.Number(longest)}, salt: {Literal.Number(hash.Salt)}, window: {Literal.Number(hash.Window)}, second: {Literal.Number(hash.Second)}, path, method, after, ref seen);
                if (route >= 0) return route;

                """);
            return;
        }

        writer.Open("switch (path.Length)");
        foreach ((int length, PlannedPath[] paths) in plan.ExactByLength)
        {
            writer.Line($"case {length}:");
            writer.Indent();
            foreach (PlannedPath path in paths)
            {
                writer.Open($"if (global::Prebake.Routing.Bind.Is(path, {context.Bytes8(path.Pattern.Shape)}))");
                EmitLeaf(context, path);
                writer.Close();
            }

            writer.Line("break;");
            writer.Outdent();
        }

        writer.Close();
        writer.Line();
    }

    private static void EmitPatterns(EmitContext context, RouteTree tree)
    {
        context.Writer.Line("if (path.IsEmpty) return -1;\n");
        EmitNode(context, tree, new Position(1, ""), depth: 1);
        context.Writer.Line();
    }

    /// <summary>What may follow behind a slash. Each block that fits returns; each that does not falls through to the next.</summary>
    private static void EmitNode(EmitContext context, RouteTree node, Position at, int depth)
    {
        SourceWriter writer = context.Writer;
        foreach ((string text, RouteTree child) in node.Literals) EmitLiteral(context, text, child, at, depth);

        if (node.Affixed.Count > 0 || node.Parameter is not null)
        {
            string end = "end" + depth;
            writer.Line($"int {end} = global::Prebake.Routing.Bind.SegmentEnd(path, {at});");
            int number = 0;
            foreach ((SegmentModel segment, RouteTree child) in node.Affixed)
            {
                string name = "part" + depth + (number++ == 0 ? "" : "_" + number);
                writer.Line($"{EmitContext.Bytes} {name} = path[{at.AsIndex}..{end}];");
                writer.Open($"if ({AffixTest(context, segment, name)})");
                EmitChild(context, child, end, depth);
                writer.Close();
            }

            if (node.Parameter is not null)
            {
                writer.Open($"if ({end} > {at})");
                EmitChild(context, node.Parameter, end, depth);
                writer.Close();
            }
        }

        if (node.Rest is not null) EmitLeaf(context, node.Rest);
    }

    private static void EmitLiteral(EmitContext context, string text, RouteTree child, Position at, int depth)
    {
        SourceWriter writer = context.Writer;
        if (child.Leaf is not null)
        {
            writer.Open($"if (global::Prebake.Routing.Bind.EndsAt(path, {at}, {context.Bytes8(text)}))");
            EmitLeaf(context, child.Leaf);
            writer.Close();
        }

        if (!child.HasChildren) return;

        (string prefix, child) = RouteTree.Straight(text, child);
        writer.Open($"if (global::Prebake.Routing.Bind.HasAt(path, {at}, {context.Bytes8(prefix)}))");
        EmitNode(context, child, at.Plus(prefix.Length), depth + 1);
        writer.Close();
    }

    private static void EmitChild(EmitContext context, RouteTree child, string end, int depth)
    {
        SourceWriter writer = context.Writer;
        if (child.Leaf is not null)
        {
            if (!child.HasChildren && child.Leaf.Routes.Count == 1)
            {
                EmitLeaf(context, child.Leaf, $"{end} == path.Length");
                return;
            }

            writer.Open($"if ({end} == path.Length)");
            EmitLeaf(context, child.Leaf);
            writer.Close();
        }

        if (!child.HasChildren) return;

        writer.Open(child.Leaf is null ? $"if ({end} < path.Length)" : "else");
        EmitNode(context, child, new Position(1, end), depth + 1);
        writer.Close();
    }

    private static string AffixTest(EmitContext context, SegmentModel segment, string name)
    {
        string test = $"global::Prebake.Routing.Bind.Strip(ref {name}, {context.Bytes8(segment.Literals[0])}, {context.Bytes8(segment.Literals[segment.Literals.Count - 1])})";
        for (int i = segment.Literals.Count - 2; i > 0; i--)
            test += $" && global::Prebake.Routing.Bind.Cut(ref {name}, {context.Bytes8(segment.Literals[i])}, out _)";

        return test;
    }

    private static void EmitLeaf(EmitContext context, PlannedPath path, string? condition = null)
    {
        foreach (PlannedRoute route in path.Routes)
        {
            string set = context.Plan.MethodSets[route.Bits];
            if (condition is not null) context.Writer.Open($"if ({condition})");
            context.Writer.Line($"seen |= {set};");
            context.Writer.Line($"if ((method & {set}) != 0 && after < {route.Number}) return {route.Number}; // {Literal.Comment(route.Model.Label)}");
            if (condition is not null) context.Writer.Close();
        }
    }

    private static void EmitTable(EmitContext context, string name, string what, PathTableData table)
    {
        SourceWriter writer = context.Writer;
        writer.Line("// " + what);
        if (context.TextLiterals)
        {
            writer.Line($"private readonly byte[] _{name} = global::Prebake.Routing.BakedResponse.Pin({Literal.Text(table.Text)});");
            writer.Line($"private {EmitContext.Bytes} {name}Text => _{name};");
            writer.Line($"private static global::System.ReadOnlySpan<int> {name}Numbers => global::Prebake.Routing.PathTable.Numbers({Literal.NumbersAsText(table.Numbers)});");
        }
        else
        {
            writer.Line($"private static {EmitContext.Bytes} {name}Text => {Literal.Text(table.Text)}u8;");
            writer.Open($"private static global::System.ReadOnlySpan<int> {name}Numbers => new int[]");
            var line = new System.Text.StringBuilder();
            for (int i = 0; i < table.Numbers.Length; i++)
            {
                Literal.AppendNumber(line, table.Numbers[i]);
                bool isLast = i % 16 == 15 || i == table.Numbers.Length - 1;      // 16: fits a screen
                line.Append(isLast ? "," : ", ");
                if (!isLast) continue;

                writer.Line(line.ToString());
                line.Clear();
            }

            writer.Close("};");
        }

        writer.Line();
    }

    /// <summary>A place in the path: a constant, or one relative to the end of the last parameter.</summary>
    internal readonly record struct Position(int Offset, string Base)
    {
        public Position Plus(int length) => new(Offset + length, Base);

        public override string ToString() => Base.Length == 0 ? Literal.Number(Offset) : Base + " + " + Offset;

        /// <summary>In a range, where an addition needs its parentheses.</summary>
        public string AsIndex => Base.Length == 0 ? ToString() : "(" + this + ")";
    }
}
