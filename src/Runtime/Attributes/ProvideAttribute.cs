namespace Prebake;

/// <summary>
/// What the method returns is a type that parameters may have: of the handlers, providers, guards and steps of its class,
/// and of everything that the class mounts. The method runs once for a request that asks, before the body is read.
/// </summary>
/// <remarks>
/// Its own parameters are bound like a handler's, but there is no body; other provided types are among them. The nearest
/// provider of a type counts. It returns the type, a <see cref="Task{TResult}"/> or a <see cref="ValueTask{TResult}"/> of
/// it. If it returns null, a parameter that may be null gets null, and for one that may not the request is refused: 401
/// with <see cref="Challenge"/>. What is <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/> is disposed of when
/// the response has gone, or the WebSocket has closed, the last one first. What it throws is answered like an exception of
/// a handler.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [Provide(Challenge = "Bearer")]
///     Account? Me([Header("Authorization")] string? authorization) => authorization == "Bearer 5" ? new("Ada") : null;
///
///     [Get("/me")] string Name(Account me) => me.Name;                    // 401 without
///     [Get("/hello")] string Hello(Account? me) => $"Hello, {me?.Name}";  // null without
/// }
///
/// record Account(string Name);
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProvideAttribute : Attribute
{
    /// <summary>
    /// The value of <c>WWW-Authenticate</c> when the request is refused because the method returned null (RFC 9110
    /// section 11.6.1), such as <c>Bearer</c> or <c>Basic realm="app"</c>. Default null: then every parameter of a type
    /// that may be null must be nullable, which the build checks (PB0167).
    /// </summary>
    public string? Challenge { get; set; }
}
