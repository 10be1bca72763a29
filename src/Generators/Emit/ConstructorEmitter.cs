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
        bool handlesErrors = !context.Plan.Errors.IsEmpty;
        string header = $"public {context.App.TableName}({context.App.FullName} app) : base(staticCount: {context.Plan.StaticCount}, "
            + $"fetchRoute: {fetch}, hasErrorHandler: {(handlesErrors ? "true" : "false")})";
        writer.Line($"private readonly {context.App.FullName} _app;");
        writer.Line();
        StepEmitter.EmitFields(context);
        if (context.Plan.Table.Mounts.Count > 0)
        {
            MountEmitter.EmitFields(context);
            MountEmitter.EmitConstructor(context, header);
            return;
        }

        if (context.Plan.Steps.Encloses)
        {
            if (context.Plan.Steps.Used.Any(used => used.IsForbidden)) writer.Line(HandlerEmitter.MayUseForbidden);
            writer.Open(header);
            writer.Line("_app = app;");
            StepEmitter.EmitConstruction(context);
            writer.Close();
            writer.Line();
            return;
        }

        writer.Line(header + " => _app = app;");
        writer.Line();
    }
}
