using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// Calls that wait on the thread of a loop, in handlers that are not <c>[Blocking]</c> and in the callbacks of WebSockets.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingCallAnalyzer : DiagnosticAnalyzer
{
    // Type, members, and what to write instead; null: only [Blocking] helps
    private static readonly (string Type, string[] Members, string? Instead)[] s_calls =
    [
        ("System.Threading.Tasks.Task", ["Wait", "WaitAll", "WaitAny", "Result"], "await"),
        ("System.Threading.Tasks.Task<TResult>", ["Wait", "Result"], "await"),
        ("System.Threading.Tasks.ValueTask<TResult>", ["Result"], "await"),
        ("System.Runtime.CompilerServices.TaskAwaiter", ["GetResult"], "await"),
        ("System.Runtime.CompilerServices.TaskAwaiter<TResult>", ["GetResult"], "await"),
        ("System.Runtime.CompilerServices.ValueTaskAwaiter", ["GetResult"], "await"),
        ("System.Runtime.CompilerServices.ValueTaskAwaiter<TResult>", ["GetResult"], "await"),
        ("System.Threading.Thread", ["Sleep", "Join"], "await Task.Delay"),
        ("System.Threading.SemaphoreSlim", ["Wait"], "await WaitAsync"),
        ("System.Threading.WaitHandle", ["WaitOne", "WaitAll", "WaitAny"], null),
        ("System.Threading.ManualResetEventSlim", ["Wait"], null),
        ("System.Threading.CountdownEvent", ["Wait"], null),
        ("System.Net.Http.HttpClient", ["Send"], "await SendAsync"),
        ("System.Diagnostics.Process", ["WaitForExit"], "await WaitForExitAsync"),
        ("System.IO.File",
            ["ReadAllText", "ReadAllBytes", "ReadAllLines", "WriteAllText", "WriteAllBytes", "WriteAllLines", "AppendAllText", "AppendAllLines", "AppendAllBytes"],
            "await the method that ends in Async"),
        ("System.Console", ["ReadLine", "ReadKey", "Read"], null),
    ];

    // For the light bulb: a semaphore is no task, so the name of the method changes
    private static readonly ImmutableDictionary<string, string?> s_waitAsync = ImmutableDictionary<string, string?>.Empty.Add("what", "WaitAsync");

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Diagnostics.BlockingCall, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Checked.Operation(Check), OperationKind.Invocation, OperationKind.PropertyReference);
    }

    private static void Check(OperationAnalysisContext context)
    {
        if (context.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary } method) return;

        // Nothing of a WebSocket runs on the thread pool
        bool isSocket = method.Find(KnownNames.WebSocket) is not null || HandlerTypes.CallbackOf(method) is not null;
        if (!isSocket && (!IsHandler(method) || method.Find(KnownNames.Blocking) is not null)) return;

        ISymbol called = context.Operation is IInvocationOperation invocation ? invocation.TargetMethod : ((IPropertyReferenceOperation)context.Operation).Property;
        if (called.ContainingType is null) return;

        string type = called.ContainingType.OriginalDefinition.ToDisplayString();
        (string Type, string[] Members, string? Instead) found = s_calls.FirstOrDefault(call => call.Type == type && call.Members.Contains(called.Name));
        if (found.Type is null || IsInNestedFunction(context.Operation) || IsDone(context.Operation)) return;

        string advice = isSocket ? AdviceOf(method, found.Instead)
            : found.Instead is null ? "mark the handler [Blocking]" : found.Instead + ", or mark the handler [Blocking]";
        context.ReportDiagnostic(Diagnostic.Create(Diagnostics.BlockingCall, context.Operation.Syntax.GetLocation(), found.Instead == "await WaitAsync" ? s_waitAsync : null,
            called.ContainingType.Name + "." + called.Name, method.ContainingType.Name + "." + method.Name, advice));
    }

    /// <summary>Some callbacks return a task and may await; the others can only start one.</summary>
    private static string AdviceOf(IMethodSymbol method, string? instead) =>
        method.ReturnsVoid ? "leave it to a task, such as Task.Run(…)" : instead ?? "await Task.Run(…) around it";

    private static bool IsHandler(IMethodSymbol method) =>
        method.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() is { } name && name != KnownNames.Static && KnownNames.MemberAttributes.Contains(name));

    // What a lambda does is done when it is called, and by whom nobody knows here
    private static bool IsInNestedFunction(IOperation operation)
    {
        for (IOperation? at = operation; at is not null; at = at.Parent)
            if (at is IAnonymousFunctionOperation or ILocalFunctionOperation) return true;

        return false;
    }

    // task.IsCompleted ? task.Result : …
    private static bool IsDone(IOperation operation)
    {
        for (IOperation? at = operation; at is not null; at = at.Parent)
            if (at is IConditionalOperation { Condition: var condition } && condition.Syntax.ToString().Contains("IsCompleted")) return true;

        return false;
    }
}
