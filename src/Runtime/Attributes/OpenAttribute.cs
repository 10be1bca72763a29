namespace Prebake;

/// <summary>
/// The route is for everybody: neither the guards of its class, of classes above it and of mounts, nor
/// <see cref="RoutesAttribute.Guarded"/> apply to it. Its own <see cref="GuardAttribute"/> still do.
/// </summary>
/// <example><code>
/// [Routes(Guarded = true)]
/// partial class App
/// {
///     [Get("/"), Open] string Home() => "Hello";
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Field | AttributeTargets.Property)]
public sealed class OpenAttribute : Attribute;
