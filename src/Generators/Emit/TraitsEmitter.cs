using System.Globalization;
using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>What the dispatcher must know of a handler before it calls it.</summary>
internal static class TraitsEmitter
{
    public static void Emit(EmitContext context)
    {
        List<PlannedRoute> handlers = context.Plan.Handlers;

        (int, string)[] traits = handlers.Select(route => (route.Number, Text: route.Model.Member is null ? ForeignTraitsOf(route) : TraitsOf(route.Model))).Where(item => item.Text.Length > 0).ToArray();
        if (traits.Length > 0)
            RouteSwitch.Emit(context.Writer, "public override", EmitContext.Routing + "RouteTraits", "TraitsOf", null, traits, EmitContext.Routing + "RouteTraits.None");

        (int, string)[] limits = handlers.Where(route => route.Model.Member is not { } member || HasLimits(member))
            .Select(route => (route.Number, route.Model.Member is { } member ? LimitsOf(member) : ForeignOf(route, "LimitsOf"))).ToArray();
        if (limits.Length > 0)
            RouteSwitch.Emit(context.Writer, "public override", EmitContext.Routing + "RouteLimits", "LimitsOf", null, limits, "default");

        EmitFields(context, context.Plan.Fields, handlers.Where(route => route.Model.Member is null).Select(route => (route.Number, ForeignOf(route, "FieldsOf"))).ToArray());
        EmitClassFields(context);
    }

    // What of the body comes with the head is taken in; whether more is to be waited for is seen behind the steps
    private static string ForeignTraitsOf(PlannedRoute route)
    {
        ChainModel? chain = route.Model.Chain is { HasMethod: true } own ? own : null;
        string traits = ForeignOf(route, "TraitsOf");
        return (chain is null ? traits : $"{EmitContext.Routing}MountedTable.Behind({traits})")
            + (route.Model.RefusesBodyLate ? $" | {EmitContext.Routing}RouteTraits.Guarded" : "")
            + (chain is { Awaits: true } || route.Model.IsEnclosedAsync ? $" | {EmitContext.Routing}RouteTraits.Async" : "");
    }

    /// <summary>What another project's table says of its route.</summary>
    private static string ForeignOf(PlannedRoute route, string method) => $"{MountEmitter.FieldOf(route.Model.Via!)}.{method}({Literal.Number(route.Model.Via!.Number)})";

    /// <summary>What goes with 404, 405 and the like.</summary>
    private static void EmitClassFields(EmitContext context)
    {
        AppModel app = context.Plan.Table.App;
        if (context.Plan.Table.PartFields.Count > 0)
        {
            EmitClassFieldsOfParts(context, context.Plan.Table.PartFields);
            return;
        }

        if (app.Fields.Count == 0) return;

        string text = FieldPlan.LinesOf(app.Fields);
        bool asText = context.TextLiterals || text.Any(c => c > '~');
        string value = asText ? "_classFields" : Literal.Text(text) + "u8";
        string below = $"{EmitContext.Routing}Bind.IsBelow(path, {Literal.Text(app.LiteralPrefix)}, {(app.IgnoresCase ? "true" : "false")})";
        context.Writer.Line($"public override {EmitContext.Bytes} ClassFieldsOf({EmitContext.Bytes} path) => "
            + (app.LiteralPrefix.Length > 0 ? $"{below} ? {value} : default;" : $"{value};"));
        if (asText) context.Writer.Line($"private readonly byte[] _classFields = global::System.Text.Encoding.Latin1.GetBytes({Literal.Text(text)});");
        context.Writer.Line();
    }

    /// <summary>The innermost class whose prefix the path has says what goes with it.</summary>
    private static void EmitClassFieldsOfParts(EmitContext context, EquatableArray<PartFields> parts)
    {
        AppModel app = context.Plan.Table.App;
        PartFields[] all = app.Fields.Count > 0 ? [.. parts, new PartFields(app.LiteralPrefix, app.Fields)] : parts.ToArray();
        string[] texts = all.Select(part => FieldPlan.LinesOf(part.Fields)).ToArray();
        bool asText = context.TextLiterals || texts.Any(text => text.Any(c => c > '~'));
        SourceWriter writer = context.Writer;

        writer.Open($"public override {EmitContext.Bytes} ClassFieldsOf({EmitContext.Bytes} path)");
        for (int i = 0; i < all.Length; i++)
            writer.Line($"if ({MountEmitter.IsBelow(context, "path", all[i].Below)}) return {(asText ? "_classFields" + i : Literal.Text(texts[i]) + "u8")};");
        writer.Line("return default;");
        writer.Close();
        for (int i = 0; i < all.Length && asText; i++)
            writer.Line($"private readonly byte[] _classFields{i} = global::System.Text.Encoding.Latin1.GetBytes({Literal.Text(texts[i])});");
        writer.Line();
    }

    private static void EmitFields(EmitContext context, FieldPlan fields, IReadOnlyList<(int Route, string Value)> foreign)
    {
        if (fields.Routes.Count == 0 && foreign.Count == 0) return;

        // A value above ASCII is Latin-1 on the wire, which UTF-8 literals cannot say
        bool asText = context.TextLiterals || fields.Texts.Any(text => text.Any(c => c > '~'));

        RouteSwitch.Emit(context.Writer, "public override", EmitContext.Bytes, "FieldsOf", null,
            fields.Routes.Select(item => (item.Route, asText ? "_fields" + item.Text : Literal.Text(fields.Texts[item.Text]) + "u8")).Concat(foreign).ToArray(),
            "default");

        if (!asText) return;
        for (int i = 0; i < fields.Texts.Count; i++)
            context.Writer.Line($"private readonly byte[] _fields{i} = global::System.Text.Encoding.Latin1.GetBytes({Literal.Text(fields.Texts[i])});");
        context.Writer.Line();
    }

    private static string TraitsOf(RouteModel route)
    {
        MemberModel member = route.Member!;
        bool hasChain = route.Chain is not null || route.Via is { HasChain: true };
        bool awaits = route.Chain is { Awaits: true } || route.Via is { Awaits: true } || route.IsEnclosedAsync;
        string names = "";
        if (member.Result.Awaiting != Awaiting.None || awaits || GatherPlan.Awaits(route)) Add("Async");
        if (member.Blocking) Add("Blocking");
        if (member.Has(Source.Body)) Add(hasChain ? "WaitsForBody" : "BuffersBody");
        if (route.RefusesBodyLate) Add("Guarded");
        if (HasLimits(member)) Add("HasLimits");
        if (route.Fields.Count > 0) Add("HasFields");
        if (member.Status > 0) Add("HasStatus");
        return names;

        void Add(string name) => names += (names.Length > 0 ? " | " : "") + EmitContext.Routing + "RouteTraits." + name;
    }

    private static bool HasLimits(MemberModel member) => member.MaxBody is not null || member.IdleTimeout is not null || member.Deadline is > 0;

    private static string LimitsOf(MemberModel member)
    {
        string idle = member.IdleTimeout switch
        {
            null => "null",
            0 => "global::System.Threading.Timeout.InfiniteTimeSpan",
            { } seconds => TimeOf(seconds),
        };
        string deadline = member.Deadline is > 0 and { } most ? ", " + TimeOf(most) : "";
        return $"new {EmitContext.Routing}RouteLimits({(member.MaxBody is { } bytes ? Literal.Number(bytes) : "null")}, {idle}{deadline})";

        static string TimeOf(double seconds) => $"global::System.TimeSpan.FromSeconds({seconds.ToString("R", CultureInfo.InvariantCulture)}d)";
    }
}
