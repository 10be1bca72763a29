namespace Prebake;

/// <summary>The handler blocks its thread, so it runs on the thread pool and not on the loop that serves other connections.</summary>
/// <example><code>
/// partial class App
/// {
///     [Get("/report"), Blocking] string Report() => File.ReadAllText("report.txt");
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BlockingAttribute : Attribute;
