using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Model;

namespace Prebake.Generators.Analyze;

/// <summary>The last resort of the analyzers: what one throws becomes a message with a place.</summary>
internal static class Checked
{
    public static Action<OperationAnalysisContext> Operation(Action<OperationAnalysisContext> check) => context =>
        Run(() => check(context), context.Operation.Syntax.GetLocation(), context.ContainingSymbol.Name, context.ReportDiagnostic);

    public static Action<SymbolAnalysisContext> Symbol(Action<SymbolAnalysisContext> check) => context =>
        Run(() => check(context), context.Symbol.Locations.FirstOrDefault(), context.Symbol.Name, context.ReportDiagnostic);

    public static Action<CompilationAnalysisContext> Compilation(Action<CompilationAnalysisContext> check) => context =>
        Run(() => check(context), context.Compilation.SyntaxTrees.FirstOrDefault()?.GetRoot(context.CancellationToken).GetLocation(), context.Compilation.AssemblyName ?? "", context.ReportDiagnostic);

    public static Action<SyntaxNodeAnalysisContext> Node(Action<SyntaxNodeAnalysisContext> check) => context =>
        Run(() => check(context), context.Node.GetLocation(), context.ContainingSymbol?.Name ?? "", context.ReportDiagnostic);

    private static void Run(Action check, Location? place, string about, Action<Diagnostic> report)
    {
        Exception? failure = Guard.Run<Exception?>("Analyze", about, () => { check(); return null; }, exception => exception);
        if (failure is not null)
            report(Diagnostic.Create(Diagnostics.AnalyzerFailed, place, about, failure.GetType().Name, Literal.Comment(failure.Message)));
    }
}
