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
        bool handlesErrors = context.Plan.Error is not null || context.Plan.PartErrors.Count > 0;
        string header = $"public {context.App.TableName}({context.App.FullName} app) : base(staticCount: {context.Plan.StaticCount}, "
            + $"fetchRoute: {fetch}, hasErrorHandler: {(handlesErrors ? "true" : "false")})";
        writer.Line($"private readonly {context.App.FullName} _app;");
        writer.Line();
        if (context.Plan.Table.Mounts.Count > 0)
        {
            MountEmitter.EmitFields(context);
            MountEmitter.EmitConstructor(context, header);
            return;
        }

        writer.Line(header + " => _app = app;");
        writer.Line();
    }
}
