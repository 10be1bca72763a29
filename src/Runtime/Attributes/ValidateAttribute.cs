namespace Prebake;

/// <summary>
/// A rule beyond attributes: across properties, or one that asks a database. The method runs in front of each handler of its class
/// that has a parameter of the type of the method's first one, and after all attributes have held. What it adds to its
/// <see cref="Errors"/> parameter is sent with 422, and the handler is not called.
/// </summary>
/// <remarks>
/// Returns nothing, <c>Task</c> or <c>ValueTask</c>. Its other parameters are those of the handler with the same name and type, or
/// <c>Request</c>, <c>Server</c> and <c>CancellationToken</c>. Several such methods run one after another, in the order of their
/// names, and what all of them say is sent together.
/// </remarks>
/// <example><code>
/// partial class Articles(Store store)
/// {
///     [Post("/")] Article Create(NewArticle article) => store.Add(article);
///
///     [Validate] async ValueTask Unique(NewArticle article, Errors errors)
///     {
///         if (await store.HasAsync(article.Title)) errors.Add(nameof(article.Title), "has already been taken");
///     }
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ValidateAttribute : Attribute;
