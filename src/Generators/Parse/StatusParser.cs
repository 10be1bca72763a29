using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Status]</c>.</summary>
internal static class StatusParser
{
    /// <summary>0 without it.</summary>
    public static int Parse(IMethodSymbol method, RouteKind kind, ResultModel result, List<Problem> problems)
    {
        if (method.Find(KnownNames.Status) is not { ConstructorArguments: [{ Value: int status }] } attribute) return 0;

        if (status is < 200 or > 299)
        {
            problems.Add(Problem.At(Diagnostics.StatusValue, attribute.ArgumentLocation(0), Literal.Number(status), RouteParser.LabelOf(method)));
            return 0;
        }

        string? reason = kind == RouteKind.Error ? "an [Error] handler has the status of what went wrong"
            : result.Kind == ResultKind.Readiness ? "a probe has a status of its own"
            : status is 204 or 205 && result.Kind is not (ResultKind.Empty or ResultKind.Response) ? $"a response with {Literal.Number(status)} has no body"
            : null;
        if (reason is null) return status;

        problems.Add(Problem.At(Diagnostics.StatusResult, attribute.ArgumentLocation(0), RouteParser.LabelOf(method), reason));
        return 0;
    }

    /// <summary>A result that becomes the body of a response that the handler may add headers to.</summary>
    public static bool IsFilled(ResultModel result) =>
        result.Kind is ResultKind.Empty or ResultKind.Text or ResultKind.Utf8 or ResultKind.Bytes or ResultKind.Json or ResultKind.Either;

    /// <summary>Where the headers of any other result are set, for a message.</summary>
    public static string WhereHeadersGo(ResultModel result) => result.Kind switch
    {
        ResultKind.Pieces => OfSequence("Stream"),
        ResultKind.Events => OfSequence("Events"),
        ResultKind.JsonLines => OfSequence("JsonLines"),
        _ => "the handler returns a response of its own; set its headers there",
    };

    private static string OfSequence(string method) =>
        $"a sequence begins when the head has been decided; return Response.{method}(…) of it, "
            + "and set the headers there";
}
