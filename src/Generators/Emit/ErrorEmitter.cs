using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary><c>RunError</c>: which <c>[Error]</c> method is asked, those of parts before those of the class.</summary>
internal static class ErrorEmitter
{
    public static void Emit(EmitContext context)
    {
        ErrorPlan plan = context.Plan.Errors;
        if (plan.IsEmpty) return;

        SourceWriter writer = context.Writer;
        string shapes = plan.ShapesRefusals
            ? "true"
            : string.Join(" || ", plan.Parts.SelectMany(part => part.Mounts).Distinct().OrderBy(mount => mount).Select(mount => $"_part{Literal.Number(mount)}.ShapesRefusals"));
        if (shapes.Length > 0) writer.Line($"public override bool ShapesRefusals => {shapes};\n");
        if (plan.Own.Any(error => error.Member!.IsForbidden)) writer.Line(HandlerEmitter.MayUseForbidden);
        writer.Open("public override bool RunError(global::Prebake.Routing.Exchange exchange, global::System.Exception error, ref int declined)");
        EmitParts(context, plan.Parts);

        bool takesAll = false;
        foreach (RouteModel error in plan.Own)
        {
            takesAll = error.ErrorType == RouteModel.AnyError;
            if (!takesAll) writer.Open($"if (error is {error.ErrorType})");
            writer.Line("if (declined-- > 0) return false;");
            HandlerEmitter.EmitReply(context, error.Member!, new HandlerLocals(error.Member!));
            writer.Line("return true;");
            if (takesAll) break;

            writer.Close();
            writer.Line();
        }

        if (!takesAll) writer.Line("return false;");
        writer.Close();
        writer.Line();
    }

    private static void EmitParts(EmitContext context, IReadOnlyList<PlannedErrors> parts)
    {
        SourceWriter writer = context.Writer;
        string otherwise = "";
        foreach (PlannedErrors part in parts)
        {
            string condition = string.Join(" || ", part.Below.Select(below => MountEmitter.IsBelow(context, context.Path, below)));
            writer.Open($"{otherwise}if ({condition})");
            foreach (int mount in part.Mounts) writer.Line($"if (_part{Literal.Number(mount)}.RunError(exchange, error, ref declined)) return true;");
            writer.Close();
            otherwise = "else ";
        }
    }
}
