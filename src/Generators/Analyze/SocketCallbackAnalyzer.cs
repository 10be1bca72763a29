using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary><c>async void</c> in the callbacks of a <c>WebSocketHandler</c>.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SocketCallbackAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Diagnostics.AsyncVoidCallback, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Checked.Symbol(Check), SymbolKind.Method);
    }

    private static void Check(SymbolAnalysisContext context)
    {
        if (context.Symbol is not IMethodSymbol { IsAsync: true, ReturnsVoid: true } method) return;
        if (HandlerTypes.CallbackOf(method) is not { } callback) return;

        string instead = callback.Name == "Message"
            ? "override 'ValueTask Message(string)' or 'ValueTask Message(ReadOnlyMemory<byte>)', which may await"
            : "call a method that returns Task and catches what it throws";
        context.ReportDiagnostic(Diagnostic.Create(
            Diagnostics.AsyncVoidCallback, RouteParser.TypeLocation(method), RouteParser.LabelOf(method), instead));
    }
}
