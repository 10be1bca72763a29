using Prebake.Generators.Model;

namespace Prebake.Generators.Emit;

/// <summary>The call of a <c>[Health]</c> method. What it throws at once is answered 503, as when its task fails.</summary>
internal static class ReadinessEmitter
{
    /// <param name="context">Where to write.</param>
    /// <param name="result">Of the method.</param>
    /// <param name="call">Its call, with the arguments.</param>
    /// <param name="answer">A local name for what it returns.</param>
    /// <param name="error">A local name for what it throws.</param>
    public static void Emit(EmitContext context, ResultModel result, string call, string answer, string error)
    {
        SourceWriter writer = context.Writer;
        writer.Line($"{TypeOf(result)} {answer};");
        writer.Open("try");
        writer.Line($"{answer} = {call};");
        writer.Close();
        writer.Open($"catch (global::System.Exception {error})");
        writer.Line($"exchange.Reply({EmitContext.Routing}Readiness.Failed(exchange, {error}));");
        writer.Line("return true;");
        writer.Close();
        writer.Line();
        writer.Line(result.Awaiting switch
        {
            Awaiting.None => $"exchange.Reply({EmitContext.Routing}Readiness.Answer(exchange, {answer}));",
            Awaiting.Task => $"exchange.ReplyWhenDone({EmitContext.Routing}Readiness.AnswerAsync(exchange, new {TypeOf(result with { Awaiting = Awaiting.ValueTask })}({answer})));",
            _ => $"exchange.ReplyWhenDone({EmitContext.Routing}Readiness.AnswerAsync(exchange, {answer}));",
        });
    }

    private static string TypeOf(ResultModel result) => result.Awaiting switch
    {
        Awaiting.None => "bool",
        Awaiting.Task => "global::System.Threading.Tasks.Task<bool>",
        _ => "global::System.Threading.Tasks.ValueTask<bool>",
    };
}
