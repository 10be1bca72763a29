using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>What is known of methods: <c>Allow</c> of each set, and the table's own names.</summary>
internal static class MethodsEmitter
{
    public static void Emit(EmitContext context)
    {
        SourceWriter writer = context.Writer;
        RoutePlan plan = context.Plan;
        writer.Line($"public override global::Prebake.Routing.MethodSet AllMethods => new global::Prebake.Routing.MethodSet(0x{plan.AllBits:x}u);");
        writer.Line();
        if (plan.Table.App.RedirectsSlash)
        {
            writer.Line("public override bool RedirectsTrailingSlash => true;");
            writer.Line();
        }

        EmitAllow(context);

        if (plan.Methods.Custom.Length == 0) return;

        writer.Open("public override global::Prebake.Routing.HttpMethod MethodOf(global::System.ReadOnlySpan<byte> name)");
        for (int i = 0; i < plan.Methods.Custom.Length; i++)
            writer.Line($"if (global::Prebake.Routing.Bind.Is(name, {context.Bytes8(plan.Methods.Custom[i])})) return global::Prebake.Routing.HttpMethod.FirstCustom + {i};");
        writer.Line("return global::Prebake.Routing.HttpMethod.Unknown;");
        writer.Close();
        writer.Line();
    }

    private static void EmitAllow(EmitContext context)
    {
        SourceWriter writer = context.Writer;
        RoutePlan plan = context.Plan;
        IReadOnlyList<uint> sets = plan.AllowSets;
        writer.Open("public override global::System.ReadOnlySpan<byte> AllowOf(global::Prebake.Routing.MethodSet methods)");
        writer.Open($"switch (methods.Bits & 0x{~Methods.StaticBit:x}u)");
        for (int i = 0; i < sets.Count; i++)
            writer.Line($"case 0x{sets[i]:x}u: return {(context.TextLiterals ? $"_allow{i}" : Literal.Text(plan.Methods.Allow(sets[i])) + "u8")};"
                + (context.TextLiterals ? " // " + plan.Methods.Allow(sets[i]) : ""));
        string custom = string.Concat(plan.Methods.Custom.Select(name => ", " + Literal.Text(name)));
        writer.Line($"default: return global::Prebake.Routing.Bind.Allow(methods{custom});");
        writer.Close();
        writer.Close();
        writer.Line();

        if (!context.TextLiterals) return;
        for (int i = 0; i < sets.Count; i++)
            writer.Line($"private readonly byte[] _allow{i} = global::Prebake.Routing.BakedResponse.Pin({Literal.Text(plan.Methods.Allow(sets[i]))});");
        writer.Line();
    }
}
