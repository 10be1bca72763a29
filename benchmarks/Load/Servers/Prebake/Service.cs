using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

/// <summary>What a service puts around a handler: who asks, may they, is it open, is the body what it should be.</summary>
partial class Service
{
    [Before] static HttpException? Admit([Header("X-Closed")] string? closed) => closed is null ? null : new(503);

    [Provide(Challenge = "User")] static Caller? Who([Header("X-User")] string? user) => user is null ? null : new(user);

    static bool MayOrder(Caller caller) => caller.Name.Length > 0;

    [Post("/orders"), Guard(nameof(MayOrder))]
    static Message Order(NewOrder order, Caller caller) => new($"{order.Quantity} for {caller.Name}");
}

sealed record Caller(string Name);

sealed record NewOrder(
    [property: JsonPropertyName("title")] [Required, StringLength(100)] string Title,
    [property: JsonPropertyName("mail")] [Required, EmailAddress] string Mail,
    [property: JsonPropertyName("quantity")] [Range(1, 100)] int Quantity,
    [property: JsonPropertyName("price")] [Range(0.01, 10_000)] double Price,
    [property: JsonPropertyName("note")] [StringLength(500)] string? Note);

sealed record BareOrder(
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("mail")] string Mail,
    [property: JsonPropertyName("quantity")] int Quantity,
    [property: JsonPropertyName("price")] double Price,
    [property: JsonPropertyName("note")] string? Note);
