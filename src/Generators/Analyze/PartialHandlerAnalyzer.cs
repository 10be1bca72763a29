using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// Handlers that are partial methods without a body: C# leaves out the call. The generator cannot say so, since another
/// generator may write the body; here the code of all of them is seen.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PartialHandlerAnalyzer : DiagnosticAnalyzer
{
    private const string Reason =
        "is partial and its other part is missing, so C# leaves out the call; write the part with the body";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Diagnostics.UncallableHandler, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Checked.Symbol(Check), SymbolKind.Method);
    }

    private static void Check(SymbolAnalysisContext context)
    {
        if (context.Symbol is not IMethodSymbol { IsPartialDefinition: true, ReturnsVoid: true, PartialImplementationPart: null } method) return;
        if (HasAccessibility(method) || !method.GetAttributes().Any(IsCalled)) return;

        context.ReportDiagnostic(Diagnostic.Create(
            Diagnostics.UncallableHandler, method.NameLocation(), RouteParser.LabelOf(method), Reason));
    }

    private static bool IsCalled(AttributeData attribute) =>
        AppParser.IsRoute(attribute) || StepParser.IsStep(attribute) || attribute.AttributeClass?.IsCalled(KnownNames.Validate) == true;

    /// <summary>With an accessibility the other part must be there: the compiler says so.</summary>
    private static bool HasAccessibility(IMethodSymbol method) => method.DeclaringSyntaxReferences.Any(part =>
        part.GetSyntax() is MethodDeclarationSyntax declaration
        && declaration.Modifiers.Any(modifier => SyntaxFacts.IsAccessibilityModifier(modifier.Kind())));
}
