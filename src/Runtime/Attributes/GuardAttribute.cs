namespace Prebake;

/// <summary>
/// Calls a method of the class before the handler, and before the body is read, to ask whether the request may go on. On a
/// handler it is for that one; on a class for all routes of the class and of what it mounts; on a mount for all below it.
/// </summary>
/// <remarks>
/// The method's parameters are bound like a handler's, provided types included, but there is no body. It returns
/// <see cref="bool"/>, where false is 403, or a <see cref="Response"/> that answers in the handler's place, or null to go
/// on; or a task of these. Guards run from the outermost class inwards, and those of one place in the order in which they
/// are written. <see cref="OpenAttribute"/> on a handler keeps those of classes and mounts away.
/// </remarks>
/// <example><code>
/// partial class App(Articles articles)
/// {
///     [Delete("/{slug}"), Guard(nameof(Owns))] void Remove(string slug) => articles.Remove(slug);
///
///     bool Owns(string slug, Account me) => articles.OwnerOf(slug) == me.Name;
///
///     [Provide(Challenge = "Bearer")] Account? Me([Header("X-User")] string? user) => user is null ? null : new(user);
/// }
///
/// record Account(string Name);
///
/// class Articles
/// {
///     public string OwnerOf(string slug) => "Ada";
///     public void Remove(string slug) { }
/// }
/// </code></example>
/// <param name="method">The name of one method of the class, without overloads: <c>nameof(Owns)</c>.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class | AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true)]
public sealed class GuardAttribute(string method) : Attribute
{
    /// <summary>The name of the method.</summary>
    public string Method { get; } = method;
}
