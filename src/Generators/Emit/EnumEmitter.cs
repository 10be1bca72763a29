using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>Reads enums by their names, without reflection.</summary>
internal static class EnumEmitter
{
    /// <summary>In a path such a name may be escaped.</summary>
    public static bool NeedsDecoding(ParameterModel parameter) => parameter.IsFlags || parameter.EnumNames.Any(name => name.Any(c => c > '~'));

    public static void Emit(EmitContext context, EnumPlan plan)
    {
        ParameterModel parameter = plan.Parameter;
        if (!parameter.IsFlags)
        {
            EmitOne(context, plan, "TryParse");
            return;
        }

        SourceWriter writer = context.Writer;
        if (parameter.IsForbidden) writer.Line(HandlerEmitter.MayUseForbidden);
        writer.Open($"private static bool TryParse({EmitContext.Bytes} text, out {parameter.Type} value)");
        writer.Line($$"""
            value = default;
            if (text.Length == 1 && text[0] == (byte)'0') return true;

            for (bool more = true; more; )
            {
                if (!TryParseOne({{EmitContext.Routing}}Bind.NextName(ref text, out more), out {{parameter.Type}} one)) return false;
                value |= one;
            }

            return true;
            """);
        writer.Close();
        writer.Line();
        EmitOne(context, plan, "TryParseOne");
    }

    private static void EmitOne(EmitContext context, EnumPlan plan, string method)
    {
        SourceWriter writer = context.Writer;
        ParameterModel parameter = plan.Parameter;
        if (parameter.IsForbidden) writer.Line(HandlerEmitter.MayUseForbidden);
        writer.Open($"private static bool {method}({EmitContext.Bytes} text, out {parameter.Type} value)");
        writer.Open("switch (text.Length)");
        foreach ((int length, string[] names) in plan.ByLength)
        {
            writer.Line($"case {length}:");
            writer.Indent();
            foreach (string name in names)
            {
                // Two names that differ by case only are told apart by it
                string test = plan.CaseMatters.Contains(name) ? $"Is(text, {context.Bytes8(name)})" : $"IsName(text, {Literal.Text(name)})";
                writer.Line($"if ({EmitContext.Routing}Bind.{test}) {{ value = {parameter.Type}.{name.Escaped()}; return true; }}");
            }

            writer.Line("break;");
            writer.Outdent();
        }

        writer.Close();
        writer.Line();
        writer.Line("value = default;\nreturn false;");
        writer.Close();
        writer.Line();
    }
}
