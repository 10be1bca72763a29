namespace Prebake;

/// <summary>The status of a handler's response when its result does not say one.</summary>
/// <remarks>Null is 404 all the same, and an exception what it is without this.</remarks>
/// <example><code>
/// partial class App
/// {
///     [Post("/todos"), Status(201)] Todo Add(Todo todo) => _store.Add(todo);
/// }
/// </code></example>
/// <param name="status">200 to 299.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StatusAttribute(int status) : Attribute
{
    /// <summary>The status.</summary>
    public int Status { get; } = status;
}
