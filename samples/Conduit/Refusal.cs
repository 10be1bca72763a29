namespace Samples.Conduit;

/// <summary>Why a request is refused, in the words of the specification.</summary>
internal static class Refusal
{
    public static HttpException NotFound(string what) => Of(404, what, "not found");

    public static HttpException Forbidden(string what) => Of(403, what, "forbidden");

    public static HttpException Taken(string? what) => Of(409, what ?? "user", "has already been taken");

    public static HttpException BadCredentials() => Of(401, "credentials", "invalid", "Token");

    public static HttpException BadToken() => Of(401, "token", "is invalid", "Token error=\"invalid_token\"");

    private static HttpException Of(int status, string name, string message, string? challenge = null)
    {
        var refusal = new HttpException(status) { Errors = [new(name, message)] };
        if (challenge is not null) refusal.Headers["WWW-Authenticate"] = challenge;
        return refusal;
    }
}
