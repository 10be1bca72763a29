using Prebake.Generators.Model;

namespace Prebake.Generators.Emit;

/// <summary>A handler that asks for the response, to add headers to it, and returns what its body is.</summary>
internal static class ResponseEmitter
{
    private const string Filled = EmitContext.Routing + "FilledResponse.";

    /// <summary>False when it does not ask.</summary>
    public static bool Emit(EmitContext context, MemberModel member, HandlerLocals locals)
    {
        if (member.Parameters.FirstOrDefault(parameter => parameter.Source == Source.Response) is not { } parameter) return false;

        string response = locals.Of(parameter), call = HandlerEmitter.CallOf(context, member, locals);
        ResultModel result = member.Result;
        context.Writer.Line($"global::Prebake.Response {response} = new global::Prebake.Response(){(member.Status > 0 && result.Kind == ResultKind.Empty ? $" {{ Status = {Literal.Number(member.Status)} }}" : "")};");
        string json = result.Kind is ResultKind.Json or ResultKind.Either ? $", {context.JsonInfo(result.Type)}!" : "";
        if (result.Awaiting != Awaiting.None)
        {
            // The nullability of a task's result is not the caller's choice: '!' says that both are fine
            context.Writer.Line($"exchange.ReplyWhenDone({Filled}{MethodOf(result.Kind)}Async{TypeOf(result)}({response}, {call}{(result.Kind == ResultKind.Empty ? "" : "!")}{json}));");
            return true;
        }

        if (result.Kind == ResultKind.Empty)
        {
            context.Writer.Line($"{call};");
            context.Writer.Line($"exchange.Reply({Filled}Empty({response}));");
            return true;
        }

        string value = result.NullableValue ? locals.Add("result_") : "";
        context.Writer.Line(result.NullableValue
            ? $"exchange.Reply({call} is {{ }} {value} ? {Filled}Json<{result.Type}>({response}, {value}{json}) : null);"
            : $"exchange.Reply({Filled}{MethodOf(result.Kind)}{TypeOf(result)}({response}, {call}{json}));");
        return true;
    }

    private static string MethodOf(ResultKind kind) => kind switch
    {
        ResultKind.Text => "Text",
        ResultKind.Utf8 => "Utf8",
        ResultKind.Bytes => "Bytes",
        ResultKind.Either => "Either",
        ResultKind.Empty => "Empty",
        _ => "Json",
    };

    private static string TypeOf(ResultModel result) => result.Kind is ResultKind.Json or ResultKind.Either ? $"<{result.Type}>" : "";
}
