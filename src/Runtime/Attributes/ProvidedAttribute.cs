namespace Prebake;

/// <summary>
/// The parameter's value comes from a <see cref="ProvideAttribute"/> method of the class or of one above it. That is so
/// without it, too, wherever the build sees the provider. A library says it of what the class that mounts its part is to
/// provide, as its own build cannot see that class.
/// </summary>
/// <example><code>
/// public partial class Orders
/// {
///     [Get("/")] public string Mine([Provided] Customer customer) => $"orders of {customer.Name}";
/// }
///
/// public record Customer(string Name);
/// </code></example>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ProvidedAttribute : Attribute;
