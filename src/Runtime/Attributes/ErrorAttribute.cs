namespace Prebake;

/// <summary>
/// Answers what went wrong below its class: what a handler threw, and what was refused without one, as an
/// <see cref="HttpException"/>: parameters and bodies that are not what a handler takes (400, 413, 415), paths and
/// methods that no route has (404, 405), handlers that returned null (404).
/// </summary>
/// <remarks>
/// A class may have several, told apart by the type of their exception, and the most specific one that takes it is asked;
/// one without such a parameter takes every exception. First the class nearest to the path, then the one that mounts it,
/// and so on outwards, also when a method returns <c>null</c>, which declines; at last the framework answers. The status
/// is that of the <see cref="HttpException"/>, and 500 for every other exception, unless the response says otherwise. It
/// decides the response only: an exception that is not an <see cref="HttpException"/> is logged before this is called.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [Get("/")] string Home() => throw new InvalidOperationException("woops!");
///
///     [Error] Response OnRefusal(HttpException refusal) => Response.Text(refusal.Message, refusal.Status);
///     [Error] Response OnBug(Exception bug) => Response.Text("Sorry.", 500);       // logged already
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ErrorAttribute : Attribute;
