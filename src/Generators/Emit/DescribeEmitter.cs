using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>The routes as text, for the error page, metrics and <c>--routes</c>.</summary>
internal static class DescribeEmitter
{
    public static void Emit(EmitContext context)
    {
        SourceWriter writer = context.Writer;
        RoutePlan plan = context.Plan;

        RouteSwitch.Emit(writer, "public override", "string", "PatternOf", null,
            plan.Routes.Select(route => (route.Number, Literal.Text(route.Model.Pattern!.Text))).ToArray(), "\"\"");

        writer.LongLine("public override string Describe() => \"", plan.Listing.Select(line => Literal.Inner(line + "\n")), "\";");

        string[] contexts = plan.JsonContexts.Select(context => context + ".Default")
            // A context of another project may be internal there
            .Concat(plan.Table.Mounts.Select((mount, index) => (mount, index)).Where(pair => pair.mount.Foreign is not null).Select(pair => $"_part{pair.index}.Json"))
            .ToArray();
        if (contexts.Length == 0) return;

        writer.Line();
        writer.Line("public override global::System.Text.Json.Serialization.Metadata.IJsonTypeInfoResolver? Json => "
            + (contexts.Length == 1 ? contexts[0] : "global::System.Text.Json.Serialization.Metadata.JsonTypeInfoResolver.Combine(" + string.Join(", ", contexts) + ")") + ";");
    }
}
