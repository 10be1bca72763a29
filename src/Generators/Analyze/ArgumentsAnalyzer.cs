using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// <c>Serve.Run(new App())</c> in a program's main: without its arguments <c>--port</c> and <c>--routes</c> do nothing. A
/// program that reads them itself is left alone.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ArgumentsAnalyzer : DiagnosticAnalyzer
{
    private const string Arguments = "args";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Diagnostics.IgnoredArguments, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Checked.Operation(Check), OperationKind.Invocation);
    }

    private static void Check(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (call is not { TargetMethod: { Name: "Run" or "RunAsync", ContainingType: { Name: "Serve" } serve } run } || !serve.IsCalled("Prebake.Serve")) return;
        if (run.Parameters.Any(parameter => parameter.Name == Arguments)) return;
        if (context.ContainingSymbol is not IMethodSymbol { IsStatic: true, Parameters: [{ Type: IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_String } } args] } main) return;
        if (!SymbolEqualityComparer.Default.Equals(main, context.Compilation.GetEntryPoint(context.CancellationToken))) return;
        // A local function or a lambda may be called by somebody else
        if (call.Syntax.Ancestors().Any(outer => outer is LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)) return;
        if (IsMentioned(context.Operation.Syntax, args.Name)) return;
        if (call.Syntax is not InvocationExpressionSyntax { ArgumentList.Arguments: var given, Expression: var called }) return;

        // Behind the app, in front of the options
        IEnumerable<string> texts = given.Select(argument => argument.ToString());
        bool hasApp = run.Parameters.Length > 0 && run.Parameters[0].Name == "app";
        string[] all = hasApp ? [.. texts.Take(1), args.Name, .. texts.Skip(1)] : [args.Name, .. texts];
        context.ReportDiagnostic(Diagnostic.Create(Diagnostics.IgnoredArguments, called.GetLocation(), called.ToString(),
            Shown(called.ToString()) + "(" + string.Join(", ", all.Select(Shown)) + ")"));
    }

    /// <summary>On one line; an initializer of ten options is not the matter.</summary>
    private static string Shown(string code) => code.IndexOf('\n') < 0 && code.Length <= 60 ? code : "…";

    private static bool IsMentioned(SyntaxNode call, string name)
    {
        SyntaxNode? main = call.FirstAncestorOrSelf<BaseMethodDeclarationSyntax>();
        IEnumerable<SyntaxNode> bodies = main is not null
            ? [main]
            : call.SyntaxTree.GetRoot().ChildNodes().OfType<GlobalStatementSyntax>();
        return bodies.SelectMany(body => body.DescendantNodes())
            .Any(node => node is IdentifierNameSyntax found && found.Identifier.ValueText == name);
    }
}
