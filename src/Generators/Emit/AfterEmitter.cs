using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>What of a handler's call stands behind an await: one asynchronous method for all of it.</summary>
internal static class AfterEmitter
{
    /// <summary>Hands what has been read over to the method.</summary>
    public static void EmitStart(EmitContext context, RouteModel route, HandlerLocals locals, string name) => context.Writer.Line($$"""
        exchange.Detach();
        exchange.EndWith({{NameOf(name)}}({{string.Join(", ", ["exchange", .. ReadOf(route, locals).Select(one => one.Name)])}}));
        """);

    /// <summary>The method.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="route">The route.</param>
    /// <param name="name">Of the method that calls it.</param>
    /// <param name="emitReply">The call of the handler.</param>
    public static void EmitMethod(EmitContext context, RouteModel route, string name, Action<HandlerLocals> emitReply)
    {
        var locals = new HandlerLocals(route.Member!);
        string[] parameters = ["global::Prebake.Routing.Exchange exchange", .. ReadOf(route, locals).Select(one => one.Type + " " + one.Name)];
        if (route.Member!.IsForbidden || route.Validators.Any(validator => validator.IsForbidden)) context.Writer.Line(HandlerEmitter.MayUseForbidden);
        context.Writer.Open($"private async global::System.Threading.Tasks.Task {NameOf(name)}({string.Join(", ", parameters)})");
        GatherEmitter.EmitAwaited(context, route, locals);
        emitReply(locals);
        context.Writer.Close();
        context.Writer.Line();
    }

    // No user's method has such a name: those of the table begin with Call, too, and are numbered
    private static string NameOf(string name) => "After_" + name;

    /// <summary>What has been read in front of the await, in order; the same for both methods.</summary>
    private static IEnumerable<(string Type, string Name)> ReadOf(RouteModel route, HandlerLocals locals)
    {
        foreach (ParameterModel parameter in route.Member!.Flat)
        {
            if (parameter.Source is Source.Request or Source.Server or Source.Aborted or Source.Response || parameter.IsOfForm || GatherPlan.AwaitsBinder(parameter)) continue;

            yield return (GatherEmitter.LocalTypeOf(parameter), locals.Of(parameter));
            if (parameter.Assignment is { WhenGiven: true }) yield return ("bool", locals.GivenOf(parameter));
        }

        yield return ("global::Prebake.Errors?", locals.Errors);
    }
}
