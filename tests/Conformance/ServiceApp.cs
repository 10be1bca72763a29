using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Prebake.Conformance;

/// <summary>Five properties with a rule each.</summary>
internal sealed record RuledOrder(
    [Required, StringLength(100)] string Title,
    [Required, EmailAddress] string Mail,
    [Range(1, 100)] int Quantity,
    [Range(0.01, 10_000)] double Price,
    [StringLength(500)] string? Note);

/// <summary>The same without rules.</summary>
internal sealed record BareOrder(string Title, string Mail, int Quantity, double Price, string? Note);

[JsonSerializable(typeof(RuledOrder))]
[JsonSerializable(typeof(BareOrder))]
internal sealed partial class OrderJson : JsonSerializerContext;

/// <summary>One handler with nothing around it, and the same with what a service has around it.</summary>
internal sealed partial class ServiceApp
{
    [Post("/orders")] private static string Bare(BareOrder order) => order.Quantity == 3 ? "thanks" : "no";

    [Mount("/service")] private readonly GuardedService _service = new();
}

internal sealed partial class GuardedService
{
    [Before] private static HttpException? Admit([Header("X-Closed")] string? closed) => closed is null ? null : new(503);

    [Provide(Challenge = "User")] private static Caller? Who([Header("X-User")] string? user) => user is null ? null : new(user);

    private static bool MayOrder(Caller caller) => caller.Name.Length > 0;

    [Post("/orders"), Guard(nameof(MayOrder))]
    private static string Order(RuledOrder order, Caller caller) => order.Quantity == caller.Name.Length ? "thanks" : "no";
}
