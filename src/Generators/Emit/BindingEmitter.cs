using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>Reads the parameters of one handler into locals of their own names.</summary>
internal static class BindingEmitter
{
    private const string Bind = EmitContext.Routing + "Bind.";

    // 256: longer values than this are rare, and a page of the stack is not
    private const int StackCharacters = 256;

    public static void Emit(EmitContext context, RouteModel route, HandlerLocals locals)
    {
        EmitPath(context, route, locals);
        EmitRest(context, route, locals);
    }

    /// <summary>The parameters of the path: only they can decline the request.</summary>
    public static void EmitPath(EmitContext context, RouteModel route, HandlerLocals locals)
    {
        if (route.Pattern is { } pattern && route.Member!.Flat.Any(parameter => parameter.Source == Source.Path))
            EmitPath(context, pattern, route.Member, locals);
    }

    /// <summary>All others.</summary>
    public static void EmitRest(EmitContext context, RouteModel route, HandlerLocals locals)
    {
        MemberModel member = route.Member!;
        if (GatherPlan.Gathers(route))
        {
            GatherEmitter.Emit(context, route, locals);
            return;
        }

        string? query = null;
        if (member.Parameters.Any(parameter => parameter.Source == Source.Query))
        {
            query = locals.Add("query_");
            context.Writer.Line($"{EmitContext.Bytes} {query} = exchange.Query;");
        }

        foreach (ParameterModel parameter in member.Parameters)
        {
            if (parameter.Source is Source.Query or Source.Field or Source.Cookie) EmitNamed(context, parameter, query, locals);
            else if (parameter.Source == Source.Body) EmitBody(context, parameter, locals);
        }
    }

    public static string ArgumentOf(ParameterModel parameter, HandlerLocals locals) => parameter.Source switch
    {
        Source.Request => "exchange.Request",
        Source.Server => "exchange.Server",
        Source.Aborted => "exchange.Aborted",
        Source.Next => "next_",
        Source.Exception when parameter.Type != RouteModel.AnyError => $"(({parameter.Type})error)",
        Source.Exception => "error",
        _ => locals.Of(parameter),
    };

    /// <summary>Walks the path again: that it fits is known, so only the parameters are looked at.</summary>
    private static void EmitPath(EmitContext context, PatternModel pattern, MemberModel member, HandlerLocals locals)
    {
        SourceWriter writer = context.Writer;
        string path = locals.Add("path_");
        writer.Line($"{EmitContext.Bytes} {path} = {context.Path};");
        int offset = 1;
        string walked = "";

        foreach (SegmentModel segment in pattern.Segments)
        {
            string at = walked.Length == 0 ? Literal.Number(offset) : offset + walked;
            switch (segment.Kind)
            {
                case SegmentKind.Literal:
                    offset += segment.Literals[0].Length + 1;
                    continue;

                case SegmentKind.Rest:
                    writer.Line($"{EmitContext.Bytes} {locals.RawOf(segment.Names[0])} = {path}.Slice({at});");
                    continue;

                case SegmentKind.Parameter:
                    string raw = locals.RawOf(segment.Names[0]);
                    writer.Line($"{EmitContext.Bytes} {raw} = {Bind}Segment({path}, {at});");
                    walked += $" + {raw}.Length";
                    break;

                default:
                    string whole = locals.Add("segment_");
                    writer.Line($"{EmitContext.Bytes} {whole} = {Bind}Segment({path}, {at});");
                    walked += $" + {whole}.Length";
                    EmitAffixed(context, segment, whole, locals);
                    break;
            }

            offset++;
        }

        foreach (ParameterModel parameter in member.Flat.Where(parameter => parameter.Source == Source.Path)) EmitPathValue(context, parameter, locals);
    }

    /// <summary>From right to left; what is left over at the end is the first parameter.</summary>
    private static void EmitAffixed(EmitContext context, SegmentModel segment, string whole, HandlerLocals locals)
    {
        SourceWriter writer = context.Writer;
        string first = locals.RawOf(segment.Names[0]);
        int last = segment.Literals.Count - 1;
        string folded = context.App.IgnoresCase ? "Folded" : "";
        writer.Line($"{EmitContext.Bytes} {first} = {whole};");
        writer.Line($"{Bind}Strip{folded}(ref {first}, {context.Bytes8(segment.Literals[0])}, {context.Bytes8(segment.Literals[last])});");
        for (int i = last - 1; i > 0; i--)
            writer.Line($"{Bind}Cut{folded}(ref {first}, {context.Bytes8(segment.Literals[i])}, out {EmitContext.Bytes} {locals.RawOf(segment.Names[i])});");
    }

    private static void EmitPathValue(EmitContext context, ParameterModel parameter, HandlerLocals locals)
    {
        SourceWriter writer = context.Writer;
        string raw = locals.RawOf(parameter.WireName), local = locals.Of(parameter);
        string decline = $"return exchange.Decline({Literal.Text(parameter.WireName)});";
        switch (parameter.Value)
        {
            case ValueKind.Text:
                writer.Line($"string {local} = {Bind}PathText({raw});");
                break;

            case ValueKind.CharSpan:
                EmitCharacters(writer, local, raw, "PathChars", locals);
                break;

            // A name beyond ASCII, or two between a comma, may be escaped in a path
            case ValueKind.Enum when EnumEmitter.NeedsDecoding(parameter):
                writer.Line($"if (!TryParse({Bind}PathBytes({raw}, stackalloc byte[{StackCharacters}]), out {parameter.Type} {local})) {decline}");
                break;

            default:
                writer.Line($"if (!{ParserOf(parameter, "TryParsePath")}({raw}, out {parameter.Type} {local})) {decline}");
                break;
        }
    }

    /// <summary>A value that is looked up by name, in the query or among the fields.</summary>
    private static void EmitNamed(EmitContext context, ParameterModel parameter, string? query, HandlerLocals locals)
    {
        SourceWriter writer = context.Writer;
        string raw = locals.RawOf(parameter.Name), local = locals.Of(parameter);
        string lookUp = LookUpOf(context, parameter, query, raw);
        string refuse = $"{{ exchange.ReplyBadParameter({Literal.Text(parameter.WireName)}); return true; }}";
        string fallback = parameter.Default ?? "null";

        switch (parameter.Value)
        {
            case ValueKind.Text when parameter.Optional:
                writer.Line($"string? {local} = {lookUp} ? {Bind}Text({raw}) : {fallback};");
                break;

            case ValueKind.Text:
                writer.Line($"if (!{lookUp}) {refuse}");
                writer.Line($"string {local} = {Bind}Text({raw});");
                break;

            case ValueKind.CharSpan:
                writer.Line(parameter.Optional ? lookUp + ";" : $"if (!{lookUp}) {refuse}");
                EmitCharacters(writer, local, raw, "Chars", locals);
                break;

            case var _ when !parameter.Optional && parameter.Scheme is not null:
                writer.Line($"if (!{lookUp}) {UnauthorizedOf(parameter)}");
                writer.Line($"if (!{ParserOf(parameter, "TryParseValue")}({raw}, out {parameter.Type} {local})) {refuse}");
                break;

            case var _ when !parameter.Optional:
                writer.Line($"if (!{lookUp} || !{ParserOf(parameter, "TryParseValue")}({raw}, out {parameter.Type} {local})) {refuse}");
                break;

            default:
                string value = locals.Add(parameter.Name + "_value");
                writer.Line($"{parameter.Type}{(parameter.Nullable ? "?" : "")} {local} = {fallback};");
                writer.Open($"if ({lookUp})");
                // "?n=" of something that may be null: null
                if (parameter.Nullable) writer.Line($"if ({raw}.IsEmpty) {local} = null;");
                writer.Line($"{(parameter.Nullable ? "else " : "")}if (!{ParserOf(parameter, "TryParseValue")}({raw}, out {parameter.Type} {value})) {refuse}");
                writer.Line($"{(parameter.Nullable ? "else " : "")}{local} = {value};");
                writer.Close();
                break;
        }
    }

    /// <summary>The condition that the value is there, which puts its bytes into a local.</summary>
    public static string LookUpOf(EmitContext context, ParameterModel parameter, string? query, string raw)
    {
        string name = context.Bytes8(parameter.WireName);
        string call = parameter.Source switch
        {
            Source.Query => $"TryQuery({query}, {name}",
            Source.Cookie => $"TryCookie(exchange, {name}",
            _ when parameter.Scheme is { } scheme => $"TryCredentials(exchange, {name}, {context.Bytes8(scheme)}",
            _ => $"TryField(exchange, {name}",
        };
        return $"{Bind}{call}, out {EmitContext.Bytes} {raw})";
    }

    /// <summary>Credentials that must be there are not.</summary>
    public static string UnauthorizedOf(ParameterModel parameter) =>
        $"{{ exchange.ReplyUnauthorized({Literal.Text(parameter.ChallengeOfScheme)}); return true; }}";

    public static void EmitBody(EmitContext context, ParameterModel parameter, HandlerLocals locals)
    {
        SourceWriter writer = context.Writer;
        string local = locals.Of(parameter);
        switch (parameter.Value)
        {
            case ValueKind.Text:
                writer.Line($"string {local} = {Bind}Text(exchange.Body);");
                break;

            case ValueKind.Bytes:
                writer.Line($"byte[] {local} = exchange.Body.ToArray();");
                break;

            case ValueKind.ByteSpan:
                writer.Line($"{EmitContext.Bytes} {local} = exchange.Body;");
                break;

            default:
                writer.Line($"if (!exchange.TryReadJson<{parameter.Type}>({context.JsonInfo(parameter.Type)}!, out {parameter.Type}{(parameter.IsValueType ? "" : "?")} {local})) return true;");
                if (!parameter.Optional && !parameter.IsValueType)
                    writer.Line($"if ({local} is null) {{ exchange.ReplyMissingBody(); return true; }}");
                break;
        }
    }

    public static void EmitCharacters(SourceWriter writer, string local, string raw, string decode, HandlerLocals locals)
    {
        string room = locals.Add(raw.TrimStart('@') + "chars");
        writer.Line($"global::System.Span<char> {room} = {raw}.Length <= {StackCharacters} ? stackalloc char[{StackCharacters}] : new char[{raw}.Length];");
        writer.Line($"global::System.ReadOnlySpan<char> {local} = {Bind}{decode}({raw}, {room});");
    }

    public static string ParserOf(ParameterModel parameter, string generic) => parameter.Value switch
    {
        ValueKind.Primitive when parameter is { Source: Source.Form, Type: "bool" } => EmitContext.Routing + "BoundForm.TryParseCheckBox",
        ValueKind.Primitive => Bind + "TryParse",
        ValueKind.Enum => "TryParse",
        _ => Bind + generic,
    };
}
