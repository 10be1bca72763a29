using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace Peers.ConduitAspNet;

/// <summary>How every error looks: <c>{"errors": {"title": ["can't be blank"]}}</c>.</summary>
internal sealed record ErrorBody(Dictionary<string, string[]> Errors)
{
    public static ErrorBody Of(string name, string message) => new(new Dictionary<string, string[]> { [name] = [message] });
}

/// <summary>A refusal that handlers throw.</summary>
internal sealed class Refusal(int status, string name, string message, string? challenge = null) : Exception(message)
{
    public int Status => status;
    public string Name => name;
    public string? Challenge => challenge;

    public static Refusal NotFound(string what) => new(404, what, "not found");
    public static Refusal Forbidden(string what) => new(403, what, "forbidden");
    public static Refusal Taken(string? what) => new(409, what ?? "user", "has already been taken");
    public static Refusal BadCredentials() => new(401, "credentials", "invalid", "Token");
    public static Refusal NoToken() => new(401, "token", "is missing", "Token");
    public static Refusal BadToken() => new(401, "token", "is invalid", "Token error=\"invalid_token\"");
}

/// <summary>What status an exception has.</summary>
internal sealed class ExceptionStatus(IProblemDetailsService problems) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = exception switch
        {
            Refusal refusal => refusal.Status,
            BadHttpRequestException bad => bad.StatusCode,
            NpgsqlException { IsTransient: true } => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };
        if (exception is Refusal { Challenge: { } challenge }) context.Response.Headers.WWWAuthenticate = challenge;
        return problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = context, Exception = exception });
    }
}

/// <summary>Gives the errors of binding, validation, routing and handlers the one form.</summary>
internal sealed class ErrorWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        HttpResponse response = context.HttpContext.Response;
        ErrorBody body;
        if (context.ProblemDetails is HttpValidationProblemDetails invalid)
        {
            response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            body = new ErrorBody(invalid.Errors.ToDictionary(error => NameOf(error.Key), error => error.Value));
        }
        else
        {
            body = context.Exception switch
            {
                Refusal refusal => ErrorBody.Of(refusal.Name, refusal.Message),
                BadHttpRequestException bad => ErrorBody.Of("request", bad.Message),
                NpgsqlException { IsTransient: true } => ErrorBody.Of("database", "cannot be reached; try again later"),
                not null => ErrorBody.Of("server", "has failed; the fault is in its log"),
                null => ErrorBody.Of("request", $"is refused with status {response.StatusCode}"),
            };
        }

        await response.WriteAsJsonAsync(body, ConduitJson.Default.ErrorBody);
    }

    // Bodies have an envelope, whose name is not shown, and properties have other names in JSON: `Article.Title` is `title`
    private static string NameOf(string key)
    {
        string name = key[(key.IndexOf('.') + 1)..];
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
