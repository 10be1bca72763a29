using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// Topics that are asked for and that nothing in a program subscribes to: a slip of the pen, most of the time. Said only where
/// every subscription of the program is a constant.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TopicAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Diagnostics.UnknownTopic, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze);
        context.RegisterCompilationStartAction(static start =>
        {
            // The handlers of a library may be those of another project, and those of a program may be in a library
            OutputKind kind = start.Compilation.Options.OutputKind;
            if (kind is not (OutputKind.ConsoleApplication or OutputKind.WindowsApplication)) return;

            var topics = new Topics();
            start.RegisterOperationAction(
                Checked.Operation(context => Note(context, topics)), OperationKind.Invocation, OperationKind.MethodReference);
            start.RegisterCompilationEndAction(Checked.Compilation(context => Report(context, topics)));
        });
    }

    private static void Note(OperationAnalysisContext context, Topics topics)
    {
        var call = context.Operation as IInvocationOperation;
        IMethodSymbol method = call?.TargetMethod ?? ((IMethodReferenceOperation)context.Operation).Method;
        if (!TopicCalls.IsName(method.Name)) return;
        if (method.ContainingType?.PlainName() is not (KnownNames.WebSocketHandler or KnownNames.Server)) return;

        IOperation? value = call?.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "topic")?.Value;
        string? topic = value?.ConstantValue is { HasValue: true, Value: string text } ? text : null;
        if (TopicCalls.Asks(method.Name))
        {
            // An empty one is a mistake of its own
            if (topic is { Length: > 0 }) topics.Asked.Add((topic, value!.Syntax.GetLocation()));
        }
        else if (method.Name != "Subscribe") return;
        else if (topic is null) topics.HasUnknown = true;
        else topics.Subscribed.TryAdd(topic, true);
    }

    private static void Report(CompilationAnalysisContext context, Topics topics)
    {
        if (topics.HasUnknown || topics.Asked.IsEmpty || IsServedFromElsewhere(context.Compilation)) return;

        foreach ((string topic, Location place) in topics.Asked)
            if (!topics.Subscribed.ContainsKey(topic))
                context.ReportDiagnostic(Diagnostic.Create(Diagnostics.UnknownTopic, place, topic));
    }

    /// <summary>Whether a reference may hold handlers, since it uses the runtime itself.</summary>
    private static bool IsServedFromElsewhere(Compilation compilation) => compilation.SourceModule.ReferencedAssemblySymbols
        .SelectMany(assembly => assembly.Modules)
        .Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == "Prebake"));

    /// <summary>What a program says of topics.</summary>
    private sealed class Topics
    {
        public ConcurrentDictionary<string, bool> Subscribed { get; } = new(StringComparer.Ordinal);

        public ConcurrentBag<(string Topic, Location Place)> Asked { get; } = [];

        /// <summary>A subscription to something that is known only when the program runs.</summary>
        public volatile bool HasUnknown;
    }
}
