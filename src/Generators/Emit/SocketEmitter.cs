using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>What a <c>[WebSocket]</c> route is in emitted code: an object with its options, and the method that upgrades.</summary>
internal static class SocketEmitter
{
    private const string Upgrade = EmitContext.Routing + "WebSocketRoute.";
    private const string Callbacks = EmitContext.Routing + "WebSocketCallbacks.";

    public static void EmitOptions(EmitContext context, IEnumerable<PlannedRoute> handlers)
    {
        foreach (PlannedRoute route in handlers.Where(route => route.Model.Socket is not null))
        {
            string[] options = OptionsOf(route.Model.Socket!).ToArray();
            string initializer = options.Length == 0 ? "()" : " { " + string.Join(", ", options) + " }";
            context.Writer.Comment($"{RouteListing.MethodsOf(route.Model)} {route.Model.Pattern!.Text}");
            context.Writer.Line($"private static readonly {EmitContext.Routing}WebSocketOptions {FieldOf(route)} = "
                + $"new {EmitContext.Routing}WebSocketOptions{initializer};");
            context.Writer.Line();
        }
    }

    /// <summary>
    /// The path comes first: with a value that does not parse this is another route's request. Then the handshake, so that
    /// the user's method is called only for clients that can have a connection.
    /// </summary>
    public static void EmitCall(EmitContext context, PlannedRoute route)
    {
        var locals = new HandlerLocals(route.Model.Member!, FieldOf(route));
        BindingEmitter.EmitPath(context, route.Model, locals);
        EmitAccepts(context, route);
        EmitEnd(context, route, locals);
    }

    public static void EmitAccepts(EmitContext context, PlannedRoute route) =>
        context.Writer.Line($"if (!{Upgrade}Accepts(exchange, {FieldOf(route)})) return true;");

    /// <summary>Reads what does not come from the path, calls the user's method and upgrades.</summary>
    public static void EmitEnd(EmitContext context, PlannedRoute route, HandlerLocals locals)
    {
        MemberModel member = route.Model.Member!;
        string options = FieldOf(route);
        BindingEmitter.EmitRest(context, route.Model, locals);

        // The nullability of a task's result is not the caller's choice: '!' says that both are fine
        string call = HandlerEmitter.CallOf(context, member, locals);
        context.Writer.Line(member.Result.Awaiting == Awaiting.None
            ? $"{Upgrade}Reply(exchange, {call}, {options});"
            : $"{Upgrade}ReplyWhenDone(exchange, {call}!, {options});");
    }

    private static IEnumerable<string> OptionsOf(SocketModel socket)
    {
        foreach (SocketOption option in socket.Options) yield return option.Name + " = " + option.Value;

        if (socket.Callbacks == SocketCallbacks.All) yield break;

        string[] names = socket.Callbacks.ToString().Split([", "], StringSplitOptions.None);
        yield return "Callbacks = " + string.Join(" | ", names.Select(name => Callbacks + name));
    }

    public static string FieldOf(PlannedRoute route) => "s_socket" + Literal.Number(route.Number);
}
