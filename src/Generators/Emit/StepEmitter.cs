using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>
/// What stands around the routes of a class: <c>Run</c> calls the steps, and then <c>RunRoute</c>, which is what <c>Run</c> is in a class without any.
/// A response that an <c>[After]</c> is to see comes back through <c>Leave</c>.
/// </summary>
internal static class StepEmitter
{
    private const string Exchange = EmitContext.Routing + "Exchange";
    private const string Response = "global::Prebake.Response";
    private const string Pending = "global::System.Threading.Tasks.ValueTask";

    /// <summary>The method that runs a route with nothing around it: its modifiers and its name.</summary>
    public static (string Modifiers, string Name) RunOf(StepPlan plan) => plan.Own.Count > 0 ? ("private", "RunRoute") : ("public override", "Run");

    /// <summary>The fields with the objects.</summary>
    public static void EmitFields(EmitContext context)
    {
        IReadOnlyList<UsedModel> used = context.Plan.Steps.Used;
        for (int i = 0; i < used.Count; i++)
            context.Writer.Line($"private readonly {used[i].Type} _use{Literal.Number(i)}; // {Literal.Comment(used[i].Label)}");
        if (used.Count > 0) context.Writer.Line();
        StepValuesEmitter.EmitClass(context);
    }

    /// <summary>What the constructor does for the steps.</summary>
    public static void EmitConstruction(EmitContext context)
    {
        StepPlan plan = context.Plan.Steps;
        if (plan.Encloses) context.Writer.Line("Encloses = true;");
        for (int i = 0; i < plan.Used.Count; i++)
        {
            string member = (plan.Used[i].IsStatic ? context.App.FullName : "app") + "." + plan.Used[i].Name.Escaped();
            context.Writer.Line($"_use{Literal.Number(i)} = {EmitContext.Routing}Steps.Of<{plan.Used[i].Type}>({member}, {Literal.Text(plan.Used[i].Label)});");
        }
    }

    public static void Emit(EmitContext context)
    {
        StepPlan plan = context.Plan.Steps;
        if (plan.Encloses) EmitUnrouted(context);
        if (plan.TellsTaking) EmitTakes(context);
        if (plan.Own.Count == 0) return;

        SourceWriter writer = context.Writer;
        writer.Line("// Around everything below, the outermost first");
        foreach (PlannedStep step in plan.Own) writer.Comment($"  [{step.Model.Kind}] {step.Model.Label}");
        writer.Open($"public override bool Run({Exchange} exchange, int route)");
        if (plan.IsAskedFirst) writer.Line("if (route >= 0 && !Takes(exchange, route)) return false;");
        if (plan.Values.Count == 0) writer.Line("return exchange.TryEnter(this) ? From0(exchange, route) : RunRoute(exchange, route);");
        else
        {
            writer.Line("if (!exchange.TryEnter(this)) return RunRoute(exchange, route);");
            StepValuesEmitter.EmitGive(context, EquatableArray<NeedModel>.Empty);
            writer.Line("return From0(exchange, route);");
        }

        writer.Close();
        writer.Line();

        if (plan.Own.Any(step => step.Model.Kind == StepKind.Around)) EmitFrom(context, plan);
        for (int i = 0; i < plan.Groups.Count; i++) EmitGroup(context, plan.Groups[i], isLast: i == plan.Groups.Count - 1);
        if (plan.Own.Any(step => step.Model.Kind == StepKind.After)) EmitLeave(context, plan);
        foreach (PlannedStep step in plan.Own) EmitStep(context, step);
        StepValuesEmitter.EmitProviders(context);
        foreach (StepGroup group in plan.Groups)
            if (!group.Awaits && group.Steps[group.Steps.Count - 1] is { Model: { Kind: StepKind.Around, Awaits: false } } around && BindsBody(context)) EmitLater(context, around);
    }

    /// <summary>The same for routes that need what a class above provides: it is put by until the steps have been called.</summary>
    public static void EmitRunWith(EmitContext context, string type, EquatableArray<NeedModel> needs)
    {
        SourceWriter writer = context.Writer;
        writer.Open($"public bool Run({Exchange} exchange, {type} given, int route)");
        if (context.Plan.Steps.IsAskedFirst) writer.Line("if (!Takes(exchange, route)) return false;");
        if (context.Plan.Steps.Values.Count > 0)
        {
            writer.Open("if (exchange.TryEnter(this))");
            StepValuesEmitter.EmitGive(context, needs);
            writer.Line("return From0(exchange, route);");
            writer.Close();
            writer.Line($"{StepValuesEmitter.Object}.Above = given;");
            writer.Line("return RunRoute(exchange, route);");
        }
        else
        {
            writer.Line("bool isFirst = exchange.TryEnter(this);");
            writer.Line("exchange.GiveTo(this, given);");
            writer.Line("return isFirst ? From0(exchange, route) : RunRoute(exchange, route);");
        }

        writer.Close();
        writer.Line();
    }

    private static void EmitFrom(EmitContext context, StepPlan plan)
    {
        SourceWriter writer = context.Writer;
        writer.Open($"public override bool RunFrom({Exchange} exchange, int route, int place) => place switch");
        foreach (StepGroup group in plan.Groups.Skip(1)) writer.Line($"{Literal.Number(group.Place)} => From{Literal.Number(group.Place)}(exchange, route),");
        writer.Line("_ => RunRoute(exchange, route),");
        writer.Close("};");
        writer.Line();
    }

    private static void EmitGroup(EmitContext context, StepGroup group, bool isLast)
    {
        SourceWriter writer = context.Writer;
        string name = "From" + Literal.Number(group.Place);
        if (group.Awaits)
        {
            writer.Line($"private bool {name}({Exchange} exchange, int route) => exchange.RunWhenDone({name}Async(exchange, route));");
            writer.Line();
            writer.Open($"private async {Pending}<bool> {name}Async({Exchange} exchange, int route)");
        }
        else writer.Open($"private bool {name}({Exchange} exchange, int route)");

        if (group.Steps.Any(step => step.Demands.Count > 0)) writer.Line($"{StepValuesEmitter.Values} {StepValuesEmitter.Given} = {StepValuesEmitter.Object};");
        foreach (PlannedStep step in group.Steps)
        {
            bool isForRoutes = step.NeedsAbove;
            if (isForRoutes && step.Model.Kind == StepKind.Around) writer.Line($"if (route < 0) return RunFrom(exchange, route, {Literal.Number(step.Place + 1)});");
            else if (isForRoutes) writer.Open("if (route >= 0)");
            StepValuesEmitter.EmitProvision(context, step);
            EmitCall(context, step, group.Awaits);
            if (isForRoutes && step.Model.Kind != StepKind.Around) writer.Close();
        }

        if (isLast && group.Steps[group.Steps.Count - 1].Model.Kind != StepKind.Around) writer.Line("return RunRoute(exchange, route);");
        writer.Close();
        writer.Line();
    }

    private static void EmitCall(EmitContext context, PlannedStep step, bool isAsync)
    {
        SourceWriter writer = context.Writer;
        string number = Literal.Number(step.Place);
        switch (step.Model)
        {
            case { Kind: StepKind.After }:
                writer.Line($"exchange.Enclose(this, {number});");
                break;

            // It encloses nothing that waits, so the body is waited for in front of it
            case { Kind: StepKind.Around, Awaits: false } when BindsBody(context) && isAsync:
                writer.Line($"if ({IsBodyMissing}) route = await exchange.WaitForBody(route).ConfigureAwait(false);");
                writer.Line($"return Step{number}(exchange, route);");
                break;

            case { Kind: StepKind.Around, Awaits: false } when BindsBody(context):
                writer.Line($"return {IsBodyMissing} ? {Exchange}.Began(Later{number}(exchange, route)) : Step{number}(exchange, route);");
                break;

            case { Kind: StepKind.Around }:
                writer.Line($"return Step{number}(exchange, route);");
                break;

            case { Awaits: false }:
                writer.Line($"if (Step{number}(exchange)) return true;");
                break;

            default:
                bool answers = AnswerOf(step.Model) is not null;
                string type = answers ? $"{Pending}<{AnswerOf(step.Model)}?>" : Pending;
                writer.Line($"if (Step{number}(exchange, out {type} pending{number})) return true;");
                writer.Line($"if (!pending{number}.IsCompleted) exchange.Suspend();");
                if (answers) writer.Line($"if (await pending{number}.ConfigureAwait(false) is {{ }} answer{number}) {{ exchange.{ReplyOf(step.Model)}(answer{number}); return true; }}");
                else writer.Line($"await pending{number}.ConfigureAwait(false);");
                break;
        }
    }

    private const string IsBodyMissing = $"!exchange.HasWholeBody && (TraitsOf(route) & {EmitContext.Routing}RouteTraits.WaitsForBody) != 0";

    /// <summary>Some route takes the whole body; of another project's it is not known.</summary>
    private static bool BindsBody(EmitContext context) => context.Plan.Handlers.Any(route => route.Model.BindsBody || route.Model.Member is null);

    /// <summary>Waits for the body in front of a synchronous <c>[Around]</c>.</summary>
    private static void EmitLater(EmitContext context, PlannedStep step)
    {
        SourceWriter writer = context.Writer;
        string number = Literal.Number(step.Place);
        writer.Open($"private async global::System.Threading.Tasks.Task<bool> Later{number}({Exchange} exchange, int route)");
        writer.Open("try");
        writer.Line($"return exchange.Ended(Step{number}(exchange, await exchange.WaitForBody(route).ConfigureAwait(false)));");
        writer.Close();
        writer.Open("catch (global::System.Exception error)");
        writer.Line("exchange.Fail(error);");
        writer.Line("return true;");
        writer.Close();
        writer.Close();
        writer.Line();
    }

    private static void EmitLeave(EmitContext context, StepPlan plan)
    {
        SourceWriter writer = context.Writer;
        writer.Open($"public override void Leave({Exchange} exchange, {Response} response, int place)");
        writer.Open("switch (place)");
        foreach (PlannedStep step in plan.Own.Where(step => step.Model.Kind == StepKind.After))
            writer.Line($"case {Literal.Number(step.Place)}: Step{Literal.Number(step.Place)}(exchange, response); break;");
        writer.Close();
        writer.Close();
        writer.Line();
    }

    /// <summary>The method that binds the parameters of one step and calls it; true when there is a response.</summary>
    private static void EmitStep(EmitContext context, PlannedStep step)
    {
        SourceWriter writer = context.Writer;
        StepModel model = step.Model;
        ResultModel result = model.Method.Result;
        string? given = AnswerOf(model);
        bool answers = given is not null;
        var locals = new HandlerLocals(model.Method, ["response_", "next_", "pending_", "route_", StepValuesEmitter.Given, "_use" + Literal.Number(step.Use)]);
        string response = model.Method.Parameters.FirstOrDefault(parameter => parameter.Source == Source.Response) is { } own ? locals.Of(own) : "response_";
        string more = model switch
        {
            { Kind: StepKind.After } => $", {Response} {response}",
            { Kind: StepKind.Around } => ", int route_",
            { Awaits: true } => $", out {Pending}{(answers ? $"<{given}?>" : "")} pending_",
            _ => "",
        };

        writer.Comment($"[{model.Kind}] {model.Label}");
        if (model.Method.IsForbidden || model.Used is { IsForbidden: true }) writer.Line(HandlerEmitter.MayUseForbidden);
        writer.Open($"private bool Step{Literal.Number(step.Place)}({Exchange} exchange{more})");
        if (model is { Kind: StepKind.Before, Awaits: true }) writer.Line("pending_ = default;");
        if (step.Asks)
        {
            writer.Line($"{StepValuesEmitter.Values} {StepValuesEmitter.Given} = {StepValuesEmitter.Object};");
            foreach (ParameterModel parameter in model.Method.Parameters)
                if (parameter.Source == Source.Provided) StepValuesEmitter.Alias(context, parameter, locals);
        }

        BindingEmitter.EmitRest(context, step.Route, locals);
        if (model.Kind == StepKind.Around)
        {
            if (model.Awaits) writer.Line("exchange.Suspend();");
            writer.Line($"global::Prebake.Next next_ = new global::Prebake.Next(exchange, this, route_, {Literal.Number(step.Place + 1)});");
        }

        string call = CallOf(context, step, locals);
        // The nullability of a task's result is not the caller's choice: '!' says that both are fine
        string type = answers ? $"<{given}?>" : "";
        string pending = result.Awaiting == Awaiting.Task ? $"new {Pending}{type}({call}!)" : call + (answers ? "!" : "");
        switch (model)
        {
            case { Kind: StepKind.Before, Awaits: true }:
                writer.Line($"pending_ = {pending};");
                writer.Line("return false;");
                break;

            case { Kind: StepKind.Before } when answers:
                string answer = locals.Add("answer_");
                writer.Line($"if (!({call} is {{ }} {answer})) return false;");
                writer.Line($"exchange.{ReplyOf(model)}({answer});");
                writer.Line("return true;");
                break;

            case { Kind: StepKind.Before }:
                writer.Line(call + ";");
                writer.Line("return false;");
                break;

            case { Kind: StepKind.After, Awaits: true }:
                writer.Line($"exchange.ReplyWhenDone({EmitContext.Routing}Steps.After({pending}, {response}));");
                writer.Line("return true;");
                break;

            case { Kind: StepKind.After } when answers:
                writer.Line($"exchange.Reply({call} ?? {response});");
                writer.Line("return true;");
                break;

            case { Kind: StepKind.After }:
                writer.Line(call + ";");
                writer.Line($"exchange.Reply({response});");
                writer.Line("return true;");
                break;

            default:
                writer.Line(model.Awaits ? $"exchange.ReplyWhenDone({pending}, next_);" : $"exchange.Reply({call});");
                writer.Line("return true;");
                break;
        }

        writer.Close();
        writer.Line();
    }

    /// <summary>What it returns when it answers, or null.</summary>
    private static string? AnswerOf(StepModel step) => step.Method.Result.Kind switch
    {
        ResultKind.Response => Response,
        ResultKind.Refusal => "global::Prebake.HttpException",
        _ => null,
    };

    private static string ReplyOf(StepModel step) => step.Method.Result.Kind == ResultKind.Refusal ? "Refuse" : "Reply";

    private static string CallOf(EmitContext context, PlannedStep step, HandlerLocals locals)
    {
        MemberModel method = step.Model.Method;
        if (step.Model.Used is not { } used) return HandlerEmitter.CallOf(context, method, locals);

        string target = method.IsStatic ? used.Type : "_use" + Literal.Number(step.Use);
        return $"{target}.{method.Name.Escaped()}({HandlerEmitter.ArgumentsOf(context, method, locals)})";
    }

    /// <summary>What no route has, or was refused before: the steps of the part whose prefix the path has are called, too.</summary>
    private static void EmitUnrouted(EmitContext context)
    {
        SourceWriter writer = context.Writer;
        writer.Open($"private bool RunUnrouted({Exchange} exchange)");
        foreach (PartSteps part in context.Plan.Table.PartSteps)
            writer.Line($"if ({MountEmitter.IsBelow(context, context.Path, part.Below)}) return _part{Literal.Number(part.Mount)}.Run(exchange, NoRoute);");
        writer.Line("exchange.ReplyUnrouted();");
        writer.Line("return true;");
        writer.Close();
        writer.Line();
    }

    /// <summary>Whether a path parses, for routes that may decline it.</summary>
    private static void EmitTakes(EmitContext context)
    {
        SourceWriter writer = context.Writer;
        var cases = new List<(int Route, string Value)>();
        var own = new List<(PlannedRoute Route, ParameterModel[] Values)>();
        foreach (PlannedRoute route in context.Plan.Handlers)
        {
            if (!context.Plan.Steps.IsAskedFirst && !route.Model.MayHaveBody) continue;

            var asked = new List<string>();
            ParameterModel[] values = PathValues.DecliningOf(route.Model);
            if (values.Length > 0)
            {
                asked.Add($"Takes{Literal.Number(route.Number)}(exchange)");
                own.Add((route, values));
            }

            if (route.Model.Via is { } via) asked.Add($"{MountEmitter.FieldOf(via)}.Takes(exchange, {Literal.Number(via.Number)})");
            if (asked.Count > 0) cases.Add((route.Number, string.Join(" && ", asked)));
        }

        if (cases.Count == 0) return;

        RouteSwitch.Emit(writer, "public override", "bool", "Takes", (Exchange, "exchange"), cases, "true");
        foreach ((PlannedRoute route, ParameterModel[] values) in own)
        {
            if (values.Any(value => value.IsForbidden)) writer.Line(HandlerEmitter.MayUseForbidden);
            writer.Open($"private bool Takes{Literal.Number(route.Number)}({Exchange} exchange)");
            PathValues.EmitReading(context, route.Model, values);
            writer.Line("return true;");
            writer.Close();
            writer.Line();
        }
    }
}
