using System.Text;
using Prebake.Generators.Model;
using Prebake.Generators.Plan;
using Prebake.Shared;

namespace Prebake.Generators.Emit;

/// <summary>The finished responses: bytes for what folded, one evaluation for the rest.</summary>
internal static class StaticEmitter
{
    public static void Emit(EmitContext context)
    {
        if (context.Plan.StaticCount == 0) return;

        StaticPlan plan = context.Plan.Statics;
        bool named = plan.Blob is null;
        var cases = plan.Baked.Select(route => (route.Number, $"_baked{route.Number}!.Block")).ToList();
        if (named) cases.AddRange(plan.Constants.Select(constant => (constant.Route.Number, BlockOf(constant))));

        PlannedRoute[] ofParts = context.Plan.Routes.Skip(context.Plan.FirstOfPart).Take(context.Plan.StaticCount - context.Plan.FirstOfPart).ToArray();
        cases.AddRange(ofParts.Select(route => (route.Number, $"{MountEmitter.FieldOf(route.Model.Via!)}.GetStatic({Literal.Number(route.Model.Via!.Number)})")));

        bool hasFiles = context.Plan.FirstFile < context.Plan.FirstOfPart;
        string otherwise = named ? "default" : "Constant(route)";
        if (hasFiles) otherwise = context.Plan.FirstFile == 0 ? "File(route)" : $"route >= {Literal.Number(context.Plan.FirstFile)} ? File(route) : {otherwise}";
        RouteSwitch.Emit(context.Writer, "public override", EmitContext.Routing + "StaticBlock", "GetStatic", null, cases.OrderBy(item => item.Number).ToList(), otherwise);

        if (plan.Blob is { } blob) EmitBlob(context, blob);
        else foreach (PlannedConstant constant in plan.Constants) EmitConstant(context, constant);
        EmitBaked(context, plan, ofParts);
        FileEmitter.Emit(context, ofParts.Where(route => route.Model.Static!.File is not null).ToArray());
    }

    private static string BlockOf(PlannedConstant constant)
    {
        (PlannedRoute route, StaticLayout layout) = constant;
        string name = "Static" + route.Number;
        string[] more = [.. layout.Status != 200 ? [$"Status = {layout.Status}"] : Array.Empty<string>(), .. layout.ClosesConnection ? ["ClosesConnection = true"] : Array.Empty<string>()];
        string initializer = more.Length > 0 ? $" {{ {string.Join(", ", more)} }}" : "";
        if (layout.NotModified.Length == 0 && layout.EntityTag.Length == 0) return $"new {EmitContext.Routing}StaticBlock({name}, {layout.Head.Length}, {layout.DateOffset}){initializer}";

        string notModified = layout.NotModified.Length > 0 ? name + "NotModified" : "default";
        return $"new {EmitContext.Routing}StaticBlock({name}, {layout.Head.Length}, {layout.DateOffset}, "
            + $"{name}.Slice({layout.EntityTagOffset}, {layout.EntityTag.Length}), {notModified}, {layout.NotModifiedDateOffset}){initializer}";
    }

    /// <summary>One line of code for each line of the response.</summary>
    private static void EmitConstant(EmitContext context, PlannedConstant constant)
    {
        (PlannedRoute route, StaticLayout layout) = constant;
        string name = "Static" + route.Number;
        context.Writer.Comment($"{string.Join("|", route.Model.Methods)} {route.Model.Pattern!.Text}, {route.Model.Label}");
        EmitBytes(context, name, EmitContext.Latin1(layout.Head), Encoding.UTF8.GetString(layout.Body));
        if (layout.NotModified.Length > 0) EmitBytes(context, name + "NotModified", EmitContext.Latin1(layout.NotModified), "");
        context.Writer.Line();
    }

    private static void EmitBytes(EmitContext context, string name, string head, string body)
    {
        SourceWriter writer = context.Writer;
        string[] lines = head.Split(["\r\n"], StringSplitOptions.None);
        // All but the last two end in CRLF, then comes the empty line
        List<string> pieces = lines.Take(lines.Length - 2).Select(line => line + "\r\n").ToList();
        pieces[pieces.Count - 1] += "\r\n";
        if (body.Length > 0) pieces.Add(body);

        bool latin = head.Any(c => c > '~');
        if (context.TextLiterals || latin)
        {
            string pin = latin ? "PinParts" : "Pin";
            writer.Line($"private readonly byte[] _{name} = global::Prebake.Routing.BakedResponse.{pin}(");
            writer.Indent();
            if (latin) writer.Line($"{Literal.Text(head)}, {Literal.Text(body)});");
            else EmitPieces(writer, pieces, "", ");");
            writer.Outdent();
            writer.Line($"private {EmitContext.Bytes} {name} => _{name};");
            return;
        }

        writer.Line($"private static {EmitContext.Bytes} {name} =>");
        writer.Indent();
        EmitPieces(writer, pieces, "u8", ";");
        writer.Outdent();
    }

    private static void EmitPieces(SourceWriter writer, List<string> pieces, string suffix, string end)
    {
        for (int i = 0; i < pieces.Count; i++) writer.Line(Literal.Text(pieces[i]) + suffix + (i < pieces.Count - 1 ? " +" : end));
    }

    /// <summary>All constants in one block, and ten numbers for each.</summary>
    private static void EmitBlob(EmitContext context, StaticBlob blob)
    {
        SourceWriter writer = context.Writer;
        writer.Line("""
            private global::Prebake.Routing.StaticBlock Constant(int route) => global::Prebake.Routing.BakedResponse.BlockIn(Constants, ConstantNumbers.Slice(route * 10, 10));

            // Responses and 304 heads, one behind the other; and for each route: start, length, length of the head, date, tag, length of the tag,
            // length of the 304 head, its date, status, whether the connection is closed
            """);
        byte[] bytes = blob.Bytes;
        int[] numbers = blob.Numbers;
        string text = Encoding.UTF8.GetString(bytes);
        bool isUtf8 = Encoding.UTF8.GetBytes(text).SequenceEqual(bytes);
        if (context.TextLiterals || !isUtf8)
        {
            writer.Line($"private readonly byte[] _constants = global::Prebake.Routing.BakedResponse.{(isUtf8 ? "Pin" : "PinParts")}({Literal.Text(isUtf8 ? text : EmitContext.Latin1(bytes))}{(isUtf8 ? "" : ", \"\"")});");
            writer.Line($"private {EmitContext.Bytes} Constants => _constants;");
        }
        else writer.Line($"private static {EmitContext.Bytes} Constants => {Literal.Text(text)}u8;");

        if (context.TextLiterals)
            writer.Line($"private static global::System.ReadOnlySpan<int> ConstantNumbers => global::Prebake.Routing.PathTable.Numbers({Literal.NumbersAsText(numbers)});");
        else
        {
            writer.Open("private static global::System.ReadOnlySpan<int> ConstantNumbers => new int[]");
            for (int i = 0; i < numbers.Length; i += StaticBlob.Row)
                writer.Line(string.Join(", ", new ArraySegment<int>(numbers, i, StaticBlob.Row).Select(number => Literal.Number(number))) + ",");
            writer.Close("};");
        }

        writer.Line();
    }

    private static void EmitBaked(EmitContext context, StaticPlan plan, IReadOnlyList<PlannedRoute> ofParts)
    {
        IReadOnlyList<PlannedRoute> routes = plan.Baked;
        string[] parts = ofParts.Where(route => route.Model.Static is { Body: null, File: null }).Select(route => MountEmitter.FieldOf(route.Model.Via!)).Distinct().ToArray();
        if (routes.Count == 0 && parts.Length == 0) return;

        SourceWriter writer = context.Writer;
        foreach (PlannedRoute route in routes) writer.Line($"private global::Prebake.Routing.BakedResponse? _baked{route.Number}; // {Literal.Comment(route.Model.Label)}");
        if (routes.Count > 0) writer.Line();

        if (routes.Any(route => route.Model.Member!.IsForbidden)) writer.Line(HandlerEmitter.MayUseForbidden);
        writer.Open($"public override {(plan.Awaits || parts.Length > 0 ? "async " : "")}global::System.Threading.Tasks.ValueTask BakeAsync()");
        foreach (PlannedRoute route in routes) writer.Line($"_baked{route.Number} = {BakeOf(context, route.Model)};");
        foreach (string part in parts) writer.Line($"await {part}.BakeAsync().ConfigureAwait(false);");
        if (!plan.Awaits && parts.Length == 0) writer.Line("return default;");
        writer.Close();
        writer.Line();
    }

    private static string BakeOf(EmitContext context, RouteModel route)
    {
        MemberModel member = route.Member!;
        StaticModel how = route.Static!;
        string value = (member.IsStatic ? context.App.FullName : "_app") + "." + member.Name.Escaped() + (member.Kind == MemberKind.Method ? "()" : "");
        if (member.Result.Awaiting != Awaiting.None) value = "await " + value + ".ConfigureAwait(false)";

        string method = member.Result.Kind switch
        {
            ResultKind.Text => "OfText",
            ResultKind.Json => "OfJson",
            ResultKind.Response => "OfResponse",
            _ => "OfBytes",
        };
        string info = member.Result.Kind == ResultKind.Json ? ", " + context.JsonInfo(member.Result.Type) : "";
        string type = how.ContentType is null ? "null" : Literal.Text(how.ContentType);
        string fields = string.Concat(route.Fields.Select(field => $", ({Literal.Text(field.Name)}, {Literal.Text(field.Value)})"));
        return $"global::Prebake.Routing.BakedResponse.{method}({Literal.Text(route.Label)}, {value}{info}, {how.Status}, {type}, {(how.EntityTag ? "true" : "false")}{fields})";
    }
}
