namespace Prebake;

/// <summary>
/// On a record, class or struct, or on a parameter of such a type: the parameter stands for several, one for each parameter of the
/// type's constructor and each property that can be set. Each is bound as if the handler had it: to the path if the pattern has its
/// name, else to the query, or to what <c>[Query]</c>, <c>[Header]</c> or <c>[Cookie]</c> say.
/// </summary>
/// <remarks>A name begins with a small letter in the request: <c>Limit</c> is <c>?limit=20</c>. What has a default is optional.</remarks>
/// <example><code>
/// [Parameters] record struct Paging([Range(1, 100)] int Limit = 20, int Offset = 0);
///
/// partial class App
/// {
///     [Get("/articles")] string List(Paging paging) => $"{paging.Limit} from {paging.Offset}";
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Parameter)]
public sealed class ParametersAttribute : Attribute;
