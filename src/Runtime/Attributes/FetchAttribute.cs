namespace Prebake;

/// <summary>
/// Answers every request that no route answers, whatever its method. An app has at most one; without it the response is
/// 404 or 405. A method that the handlers of a path do not have comes here, too; constants, files and redirects answer it
/// with 405 themselves, and OPTIONS of a path that has routes is answered 204 with <c>Allow</c>.
/// </summary>
/// <example><code>
/// partial class App
/// {
///     [Fetch] Response Handle(Request request) => new("Bun!");
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FetchAttribute : Attribute;
