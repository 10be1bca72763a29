using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// Routes for probes. On the class: <c>/healthz</c>, which is 200 as long as the process answers, and <c>/readyz</c>,
/// which is 200 until the server is told to stop and 503 from then on. On a method that returns <c>bool</c>, or a task
/// of it: <c>/readyz</c> is 503 as long as the method returns false; when it throws, the probe is answered 503 and the
/// exception is logged. GET and HEAD; never cached.
/// </summary>
/// <example><code>
/// [Health]
/// partial class App(Database database)
/// {
///     [Health] ValueTask&lt;bool> Ready() => database.PingAsync();
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class HealthAttribute : Attribute
{
    /// <summary>With the usual paths.</summary>
    public HealthAttribute() { }

    /// <summary>With another path for readiness.</summary>
    public HealthAttribute([StringSyntax("Route")] string ready) => Ready = ready;

    /// <summary>The path of readiness. Default <c>/readyz</c>.</summary>
    public string Ready { get; } = "/readyz";

    /// <summary>The path of liveness, on the class. Default <c>/healthz</c>.</summary>
    public string Live { get; set; } = "/healthz";
}
