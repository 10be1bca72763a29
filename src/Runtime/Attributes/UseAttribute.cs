namespace Prebake;

/// <summary>
/// On a field or property: the <c>[Before]</c>, <c>[After]</c> and <c>[Around]</c> methods of the object are called as if
/// they were the class's own, at the place of this member. The object is read once, before the server listens, and is used
/// by all requests at once.
/// </summary>
/// <example><code>
/// partial class App
/// {
///     [Use] readonly CrossOrigin _origins = new() { Origins = ["https://app.example"] };
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class UseAttribute : Attribute
{
    /// <summary>False says that constant responses are meant to go without it. Default true: the build warns of them.</summary>
    public bool Constants { get; set; } = true;
}
