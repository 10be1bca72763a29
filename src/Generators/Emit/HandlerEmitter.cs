using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary><c>Run</c>, and for each handler a method that binds its parameters, calls it and sends its result.</summary>
internal static class HandlerEmitter
{
    /// <summary>In front of a method that uses what is obsolete as an error: no warning that is switched off would allow it.</summary>
    public const string MayUseForbidden = "[global::System.Obsolete]";

    public static void Emit(EmitContext context)
    {
        SourceWriter writer = context.Writer;
        List<PlannedRoute> handlers = context.Plan.Handlers;

        StepEmitter.Emit(context);
        if (handlers.Count > 0 || context.Plan.Steps.Encloses)
        {
            StepPlan steps = context.Plan.Steps;
            (string modifiers, string run) = StepEmitter.RunOf(steps);
            RouteSwitch.Emit(writer, modifiers, "bool", run, (EmitContext.Routing + "Exchange", "exchange"),
                handlers.Where(route => steps.Own.Count > 0 || route.Model.Chain is not { Needs.Count: > 0 })
                    .Select(route => (route.Number, RunOf(context, route))).ToArray(),
                steps.Encloses ? "route == NoRoute && RunUnrouted(exchange)" : "false");
            NeedsEmitter.Emit(context);

            var arms = new List<(int Route, string Value)>();
            foreach (PlannedRoute route in handlers)
            {
                if (route.Model is { Via: { } via, Chain: null or { HasMethod: false } })
                {
                    if (context.TextLiterals) arms.Add((route.Number, $"{MountEmitter.FieldOf(via)}.ArmOf({Literal.Number(via.Number)})"));
                    continue;
                }

                HandlerCode code = HandlerCode.Emit(context, route);
                if (context.TextLiterals) arms.Add((route.Number, code.Arm));
            }

            // Debug builds: what the error page shows
            if (context.TextLiterals) RouteSwitch.Emit(writer, "public override", "string", "ArmOf", null, arms, "\"\"");
            SocketEmitter.EmitOptions(context, context.Plan.OwnHandlers);
            foreach (EnumPlan plan in context.Plan.Enums) EnumEmitter.Emit(context, plan);
            CheckEmitter.EmitShared(context);
            EmitFolders(context, context.Plan.OwnHandlers);
        }

        ErrorEmitter.Emit(context);
    }

    // What a class above has given has been put by, where steps come between
    private static string RunOf(EmitContext context, PlannedRoute route) => route.Model switch
    {
        { Chain.Needs: { Count: > 0 } needs } => NeedsEmitter.CallOf(context, route, StepValuesEmitter.AboveOf(context, ChainModel.Handed(needs))),
        { Via: { } via, Chain: null } => $"{MountEmitter.FieldOf(via)}.Run(exchange, {Literal.Number(via.Number)})",
        _ => context.Plan.CallNames.Of(route) + "(exchange)",
    };

    /// <summary>The method that calls one handler.</summary>
    public static void EmitCall(EmitContext context, PlannedRoute route, string name)
    {
        SourceWriter writer = context.Writer;
        if (route.Model.Chain is not null)
        {
            ChainEmitter.Emit(context, route, name);
            return;
        }

        MemberModel member = route.Model.Member!;
        string pattern = route.Model.Pattern?.Text ?? "[Fetch]";
        writer.Comment($"{RouteListing.MethodsOf(route.Model)} {pattern}");
        if (member.IsForbidden || route.Model.Validators.Any(validator => validator.IsForbidden)) writer.Line(MayUseForbidden);
        writer.Open($"private bool {name}(global::Prebake.Routing.Exchange exchange)");
        if (route.Model.Disk is { } disk) EmitDisk(context, route, disk);
        else if (route.Model.IsAlwaysReady) writer.Line($"exchange.Reply({EmitContext.Routing}Readiness.Answer(exchange, true));");
        else if (route.Model.Socket is not null) SocketEmitter.EmitCall(context, route);
        else
        {
            var locals = new HandlerLocals(member);
            BindingEmitter.Emit(context, route.Model, locals);
            if (GatherPlan.Awaits(route.Model)) AfterEmitter.EmitStart(context, route.Model, locals, name);
            else EmitReply(context, member, locals);
        }

        writer.Line("return true;");
        writer.Close();
        writer.Line();
        EmitAfter(context, route.Model, name);
    }

    /// <summary>What is behind the values of the path: reads the rest, calls the handler and sends its result.</summary>
    public static void EmitEnd(EmitContext context, PlannedRoute route, HandlerLocals locals, string name)
    {
        if (route.Model.Disk is { } disk) EmitDisk(context, route, disk);
        else if (route.Model.Socket is not null) SocketEmitter.EmitEnd(context, route, locals);
        else
        {
            BindingEmitter.EmitRest(context, route.Model, locals);
            if (GatherPlan.Awaits(route.Model)) AfterEmitter.EmitStart(context, route.Model, locals, name);
            else EmitReply(context, route.Model.Member!, locals);
        }
    }

    /// <summary>What is behind an await of binding or validation: a method of its own.</summary>
    public static void EmitAfter(EmitContext context, RouteModel route, string name)
    {
        if (route is { Via: null, Disk: null, Socket: null } && GatherPlan.Awaits(route))
            AfterEmitter.EmitMethod(context, route, name, locals => EmitReply(context, route.Member!, locals));
    }

    private static void EmitDisk(EmitContext context, PlannedRoute route, DiskModel disk)
    {
        string reply = disk.FallsThrough ? "ReplyOrNext" : "Reply";
        string type = disk.ContentType is null ? "" : ", " + Literal.Text(disk.ContentType);
        // Canonical texts are ASCII: as many bytes as characters, and a slash in front of the rest
        int prefix = route.Model.Pattern!.Segments.Where(segment => segment.Kind == SegmentKind.Literal).Sum(segment => segment.Literals[0].Length + 1) + 1;
        context.Writer.Line(disk switch
        {
            { IsFolder: false } => $"exchange.{reply}(global::Prebake.Response.File({Literal.Text(disk.Name)}{type}));",
            { Redirects: true } => $"exchange.Reply({EmitContext.Routing}ServedFolder.ToSlash(exchange));",
            _ => $"exchange.{reply}(_folder{route.Number}.Find({context.Path}.Slice({Literal.Number(prefix)})));",
        });
    }

    /// <summary>Opened with the table, so that a folder that is missing is said at the start.</summary>
    private static void EmitFolders(EmitContext context, List<PlannedRoute> handlers)
    {
        foreach (PlannedRoute route in handlers)
            if (route.Model.Disk is { IsFolder: true, Redirects: false } disk)
                context.Writer.Line($"private readonly {EmitContext.Routing}ServedFolder _folder{route.Number} = new {EmitContext.Routing}ServedFolder({Literal.Text(disk.Name)}{(disk.DotFiles ? ", dotFiles: true" : "")});\n");
    }

    /// <summary>The call, and what becomes of its result.</summary>
    public static void EmitReply(EmitContext context, MemberModel member, HandlerLocals locals)
    {
        if (member.Status > 0) context.Writer.Line($"exchange.SetStatus({Literal.Number(member.Status)});");
        if (ResponseEmitter.Emit(context, member, locals)) return;

        string call = CallOf(context, member, locals);
        ResultModel result = member.Result;
        string value = result is { NullableValue: true } or { Kind: ResultKind.Pieces or ResultKind.Events or ResultKind.JsonLines } ? locals.Add("result_") : "";

        if (result.Kind == ResultKind.Readiness)
        {
            ReadinessEmitter.Emit(context, result, call, answer: locals.Add("ready_"), error: locals.Add("error_"));
            return;
        }

        if (result.Awaiting != Awaiting.None)
        {
            context.Writer.Line(AwaitedReply(context, result, call));
            return;
        }

        context.Writer.Line(result switch
        {
            { Kind: ResultKind.Empty } => call + ";\nexchange.ReplyEmpty();",
            { Kind: ResultKind.Utf8 } => $"exchange.ReplyUtf8({call});",
            { Kind: ResultKind.Json, NullableValue: true } =>
                $"if ({call} is {{ }} {value}) exchange.ReplyJson<{result.Type}>({value}, {context.JsonInfo(result.Type)});\nelse exchange.ReplyNotFound();",
            { Kind: ResultKind.Json } => $"exchange.ReplyJson<{result.Type}>({call}, {context.JsonInfo(result.Type)}!);",
            { Kind: ResultKind.Either } => $"exchange.ReplyEither<{result.Type}>({call}, {context.JsonInfo(result.Type)}!);",
            { Kind: ResultKind.Pieces } => Sequence($"Stream({value}!)"),
            { Kind: ResultKind.Events } => Sequence($"Events({value}!)"),
            { Kind: ResultKind.JsonLines } => Sequence($"JsonLines<{result.Type}>({value}!, {context.JsonInfo(result.Type)})"),
            _ => $"exchange.Reply({call});",
        });

        // The nullability of what a sequence yields is not the caller's choice: '!' says that both are fine
        string Sequence(string response) => $"exchange.Reply({call} is {{ }} {value} ? global::Prebake.Response.{response} : null);";
    }

    /// <summary>The call of the user's method.</summary>
    public static string CallOf(EmitContext context, MemberModel member, HandlerLocals locals)
    {
        // First of all, as a line may come before
        string arguments = ArgumentsOf(context, member, locals);
        return (member.IsStatic ? context.App.FullName : "_app") + "." + member.Name.Escaped() + "(" + arguments + ")";
    }

    public static string ArgumentsOf(EmitContext context, MemberModel member, HandlerLocals locals) =>
        string.Join(", ", member.Parameters.Select(parameter => ArgumentOf(context, parameter, locals)));

    /// <summary>With <c>in</c> it must be a variable of the very type.</summary>
    private static string ArgumentOf(EmitContext context, ParameterModel parameter, HandlerLocals locals)
    {
        string value = BindingEmitter.ArgumentOf(parameter, locals);
        if (!parameter.IsIn) return value;

        string local = locals.Add(parameter.Name + "_in");
        context.Writer.Line($"{parameter.Type}{(parameter.Nullable ? "?" : "")} {local} = {value};");
        return "in " + local;
    }

    private static string AwaitedReply(EmitContext context, ResultModel result, string call)
    {
        string type = result.Kind switch
        {
            ResultKind.Empty => "",
            // A value type's T? is T here
            ResultKind.Json => "<" + result.Type + (result.IsValueType ? ">" : "?>"),
            ResultKind.Text => "<string?>",
            ResultKind.Either => $"<global::Prebake.Response<{result.Type}>>",
            ResultKind.Bytes => "<byte[]?>",
            _ => "<" + result.Type + "?>",
        };
        // The nullability of a task's result is not the caller's choice: '!' says that both are fine
        string pending = result.Awaiting == Awaiting.Task ? $"new global::System.Threading.Tasks.ValueTask{type}({call}!)" : call + (result.Kind == ResultKind.Empty ? "" : "!");

        return result.Kind switch
        {
            ResultKind.Empty => $"exchange.ReplyEmptyWhenDone({pending});",
            ResultKind.Either => $"exchange.ReplyEitherWhenDone<{result.Type}>({pending}, {context.JsonInfo(result.Type)}!);",
            ResultKind.Json => $"exchange.ReplyJsonWhenDone<{result.Type}>({pending}, {context.JsonInfo(result.Type)}!);",
            _ => $"exchange.ReplyWhenDone({pending});",
        };
    }
}
