namespace Prebake;

/// <summary>
/// Answers when a handler threw, or when its parameters or its body are not what it takes: then with an
/// <see cref="HttpException"/> that says what is wrong. The status is that of the <see cref="HttpException"/>, and 500 for
/// every other exception, unless the response says otherwise; <c>null</c> declines. It decides the response only: an
/// exception that is not an <see cref="HttpException"/> is logged before this is called.
/// </summary>
/// <example><code>
/// partial class App
/// {
///     [Get("/")] string Home() => throw new InvalidOperationException("woops!");
///
///     [Error] Response OnError(Exception error) => Response.Html($"&lt;pre&gt;{error.Message}&lt;/pre&gt;");
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ErrorAttribute : Attribute;
