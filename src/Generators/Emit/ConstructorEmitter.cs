using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>The constructor, and the names of the sets of methods.</summary>
internal static class ConstructorEmitter
{
    public static void Emit(EmitContext context)
    {
        SourceWriter writer = context.Writer;
        if (context.Plan.MethodSets.Count > 0)
        {
            writer.Line("// Sets of methods, one bit for each");
            foreach (KeyValuePair<uint, string> set in context.Plan.MethodSets) writer.Line($"private const uint {set.Value} = 0x{set.Key:x}u;");
            writer.Line();
        }

        string fetch = Literal.Number(context.Plan.Fetch?.Number ?? -1);
        writer.Line($"""
            private readonly {context.App.FullName} _app;

            public {context.App.TableName}({context.App.FullName} app) : base(staticCount: {context.Plan.StaticCount}, fetchRoute: {fetch}, hasErrorHandler: {(context.Plan.Error is null ? "false" : "true")}) => _app = app;

            """);
    }
}
