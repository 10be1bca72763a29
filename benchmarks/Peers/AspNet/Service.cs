// What a service puts around a handler, as in benchmarks/Load/Servers/Prebake/Service.cs.
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

internal static class Service
{
    public static ValueTask<object?> Admit(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Request.Headers.ContainsKey("X-Closed")
            ? new(TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable))
            : next(context);

    public static ValueTask<object?> MayOrder(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.GetArgument<Caller>(1).Name.Length > 0
            ? next(context)
            : new(TypedResults.StatusCode(StatusCodes.Status403Forbidden));
}

internal sealed record Caller(string Name)
{
    public static ValueTask<Caller?> BindAsync(HttpContext context)
    {
        string? user = context.Request.Headers["X-User"];
        return new(user is null ? null : new Caller(user));
    }
}

// Public, or its attributes would not be looked at
public sealed record NewOrder(
    [property: JsonPropertyName("title")] [Required, StringLength(100)] string Title,
    [property: JsonPropertyName("mail")] [Required, EmailAddress] string Mail,
    [property: JsonPropertyName("quantity")] [Range(1, 100)] int Quantity,
    [property: JsonPropertyName("price")] [Range(0.01, 10_000)] double Price,
    [property: JsonPropertyName("note")] [StringLength(500)] string? Note);

internal sealed record BareOrder(
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("mail")] string Mail,
    [property: JsonPropertyName("quantity")] int Quantity,
    [property: JsonPropertyName("price")] double Price,
    [property: JsonPropertyName("note")] string? Note);
