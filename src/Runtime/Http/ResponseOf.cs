namespace Prebake;

/// <summary>
/// What a handler returns that has a value or another response: a value is sent as JSON, so that the build checks its metadata,
/// and everything else is a <see cref="Response"/>. Both convert by themselves.
/// </summary>
/// <remarks>C# converts no interfaces by itself: for those, write <c>new Response&lt;T&gt;(value)</c>. Null is 404.</remarks>
/// <example><code>
/// partial class Articles(Store store)
/// {
///     [Get("/{slug}")] Response&lt;Article&gt; One(string slug) =>
///         store.Find(slug) is { } article ? article : Response.Problem(404, "There is no such article.");
/// }
/// </code></example>
/// <typeparam name="T">A type of the app's <c>JsonSerializerContext</c>.</typeparam>
public readonly struct Response<T>
{
    /// <summary>The value.</summary>
    public Response(T? value) => Value = value;

    /// <summary>Another response than the value.</summary>
    public Response(Response? other) => Other = other;

    /// <summary>The value, if there is no <see cref="Other"/>.</summary>
    public T? Value { get; }

    /// <summary>The response that is sent in place of a value, or null.</summary>
    public Response? Other { get; }

    /// <summary>The value.</summary>
    public static implicit operator Response<T>(T? value) => new(value);

    /// <summary>Another response than the value.</summary>
    public static implicit operator Response<T>(Response? other) => new(other);
}
