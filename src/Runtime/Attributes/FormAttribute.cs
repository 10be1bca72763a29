namespace Prebake;

/// <summary>Binds a parameter to a field of a form. Not supported yet: the build says so and names <c>request.FormAsync()</c>.</summary>
/// <example><code>
/// partial class App
/// {
///     [Post("/login")] async Task&lt;string&gt; Login(Request request) => (await request.FormAsync())["user"] ?? "nobody";
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class FormAttribute : Attribute;
