using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>
/// What steps ask for of what is provided: an object for each request that holds it from the first step on, and a method for
/// each provider that fills it. A class whose steps ask for nothing has none of it.
/// </summary>
internal static class StepValuesEmitter
{
    /// <summary>The class of the object, and what it is called in a step.</summary>
    public const string Values = "Provided", Given = "given_";

    private const string Exchange = EmitContext.Routing + "Exchange";

    /// <summary>The object of a request.</summary>
    public const string Object = $"(({Values})exchange.GivenTo(this)!)";

    /// <summary>What a class above has given for a route.</summary>
    public static string AboveOf(EmitContext context, string type) =>
        context.Plan.Steps.Values.Count == 0 ? $"(({type})exchange.GivenTo(this)!)" : $"(({type}){Object}.Above!)";

    /// <summary>The class, in front of the constructor.</summary>
    public static void EmitClass(EmitContext context)
    {
        IReadOnlyList<StepValue> values = context.Plan.Steps.Values;
        if (values.Count == 0) return;

        SourceWriter writer = context.Writer;
        writer.Line("// What the steps of one request have asked for");
        writer.Open($"private sealed class {Values}");
        writer.Line("public object? Above;");
        foreach (StepValue value in values)
        {
            writer.Line($"public {(value.MayBeNull ? value.Type + "?" : value.Type)} {value.Name}{(value.MayBeNull ? "" : " = default!")};");
            if (value.Provider is not null) writer.Line($"public bool Has{value.Name};");
        }

        writer.Close();
        writer.Line();
    }

    /// <summary>A request begins: what came from above is put by.</summary>
    public static void EmitGive(EmitContext context, EquatableArray<NeedModel> needs)
    {
        List<string> set = needs.Count == 0 ? [] : ["Above = given"];
        for (int i = 0; i < needs.Count; i++)
            if (context.Plan.Steps.ValueOf(needs[i].Type) is { } value) set.Add($"{value.Name} = given{(needs.Count == 1 ? "" : ".Item" + Literal.Number(i + 1))}");
        context.Writer.Line($"exchange.GiveTo(this, new {Values}{(set.Count == 0 ? "()" : " { " + string.Join(", ", set) + " }")});");
    }

    /// <summary>In front of a step: what it asks for is provided, and a null that it cannot take is refused.</summary>
    public static void EmitProvision(EmitContext context, PlannedStep step)
    {
        SourceWriter writer = context.Writer;
        foreach (StepDemand demand in step.Demands)
        {
            StepValue value = context.Plan.Steps.ValueOf(demand.Provider.Type)!;
            string call = $"{MethodOf(value)}(exchange, {Given})";
            writer.Line($"if ({(demand.Provider.Awaits ? $"await {call}.ConfigureAwait(false)" : call)}) return true;");
            if (demand.IsRequired) writer.Line($"if ({Given}.{value.Name} is null) {{ exchange.ReplyUnauthorized({Literal.Text(demand.Provider.Challenge ?? "")}); return true; }}");
        }
    }

    /// <summary>A parameter of a step, or of what provides to one.</summary>
    public static void Alias(EmitContext context, ParameterModel parameter, HandlerLocals locals)
    {
        StepValue value = context.Plan.Steps.ValueOf(parameter.Type)!;
        string read = $"{Given}.{value.Name}";
        locals.Alias(parameter, !value.MayBeNull || parameter.Nullable ? read : value.IsValueType ? read + "!.Value" : read + "!");
    }

    /// <summary>The methods that call the providers: true when there is a reply.</summary>
    public static void EmitProviders(EmitContext context)
    {
        foreach (StepValue value in context.Plan.Steps.Values)
            if (value.Provider is not null) EmitProvider(context, value, value.Provider, value.Route!);
    }

    private static void EmitProvider(EmitContext context, StepValue value, GateModel gate, RouteModel route)
    {
        SourceWriter writer = context.Writer;
        var locals = new HandlerLocals(gate.Member, [Given]);
        foreach (ParameterModel parameter in gate.Member.Parameters)
            if (parameter.Source == Source.Provided) Alias(context, parameter, locals);

        string type = gate is { MayBeNull: true, IsValueType: true } ? gate.Type + "?" : gate.Type;
        string tests = locals.Add("tests_"), other = locals.Add("other_");
        writer.Comment(gate.Label);
        if (gate.Member.IsForbidden) writer.Line(HandlerEmitter.MayUseForbidden);
        writer.Open($"private {(gate.Awaits ? "async global::System.Threading.Tasks.ValueTask<bool>" : "bool")} {MethodOf(value)}({Exchange} exchange, {Values} {Given})");
        writer.Line($"if ({Given}.Has{value.Name}) return false;");
        writer.Line($"if (exchange.Overrides is {{ }} {tests} && {tests}.TryGet<{type}>(exchange.Request, out {(gate.IsValueType ? type : gate.Type + "?")} {other})) {Given}.{value.Name} = {other}!;");
        writer.Open("else");
        BindingEmitter.EmitRest(context, route, locals);
        string call = HandlerEmitter.CallOf(context, gate.Member, locals);
        if (gate.Awaits)
        {
            string pending = locals.Add("pending_");
            writer.Line($"var {pending} = {call};");
            writer.Line($"if (!{pending}.IsCompletedSuccessfully) exchange.Suspend();");
            call = $"await {pending}.ConfigureAwait(false)";
        }

        writer.Line($"{Given}.{value.Name} = {call};");
        if (gate.IsDisposable) writer.Line($"exchange.Own({Given}.{value.Name});");
        writer.Close();
        writer.Line($"{Given}.Has{value.Name} = true;");
        writer.Line("return false;");
        writer.Close();
        writer.Line();
    }

    private static string MethodOf(StepValue value) => "Provide" + value.Name;
}
