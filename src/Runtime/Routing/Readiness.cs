using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>The answer of a readiness probe; called by emitted code for <c>[Health]</c>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Readiness
{
    /// <summary>200 when <paramref name="ready"/> and the server is not stopping, else 503.</summary>
    public static Response Answer(Exchange exchange, bool ready)
    {
        bool stopping = exchange.Server.IsStopping;
        return new Response(stopping ? "stopping" : ready ? "ready" : "not ready")
        {
            Status = ready && !stopping ? 200 : 503,
            Headers = { ["Cache-Control"] = "no-store" },
        };
    }

    /// <summary>The same once the app has said whether it is ready. A task that fails counts as "not ready", and is logged.</summary>
    public static async ValueTask<Response?> AnswerAsync(Exchange exchange, ValueTask<bool> ready)
    {
        // Asked first: the exchange is the loop's as soon as this has been answered
        bool answer;
        try
        {
            answer = await ready.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return Failed(exchange, e);
        }

        return Answer(exchange, answer);
    }

    /// <summary>
    /// 503 for a method that threw. What went wrong is for the log, and neither for whoever asks nor for <c>[Error]</c>: a probe wants to know no more than
    /// that the app is not ready.
    /// </summary>
    public static Response Failed(Exchange exchange, Exception error)
    {
        exchange.Server.ReportHealthFailure(error);
        return Answer(exchange, ready: false);
    }
}
