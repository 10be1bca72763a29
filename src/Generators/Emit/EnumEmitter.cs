using System.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Emit;

/// <summary>Reads enums by their names, without reflection.</summary>
internal static class EnumEmitter
{
    /// <summary>In a path such a name may be escaped.</summary>
    public static bool NeedsDecoding(ParameterModel parameter) => parameter.IsFlags || parameter.EnumNames.Any(name => name.Any(c => c > '~'));

    public static void Emit(EmitContext context, ParameterModel parameter)
    {
        if (!parameter.IsFlags)
        {
            EmitOne(context, parameter, "TryParse");
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
        EmitOne(context, parameter, "TryParseOne");
    }

    private static void EmitOne(EmitContext context, ParameterModel parameter, string method)
    {
        SourceWriter writer = context.Writer;
        // Two names that differ by case only are told apart by it
        var twice = new HashSet<string>(parameter.EnumNames.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).SelectMany(group => group));

        if (parameter.IsForbidden) writer.Line(HandlerEmitter.MayUseForbidden);
        writer.Open($"private static bool {method}({EmitContext.Bytes} text, out {parameter.Type} value)");
        writer.Open("switch (text.Length)");
        foreach (IGrouping<int, string> length in parameter.EnumNames.GroupBy(name => Encoding.UTF8.GetByteCount(name)).OrderBy(group => group.Key))
        {
            writer.Line($"case {length.Key}:");
            writer.Indent();
            foreach (string name in length)
            {
                string test = twice.Contains(name) ? $"Is(text, {context.Bytes8(name)})" : $"IsName(text, {Literal.Text(name)})";
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
