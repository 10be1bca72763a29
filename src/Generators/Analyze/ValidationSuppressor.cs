using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// Some attributes of DataAnnotations, <c>[MaxLength]</c> among them, are marked as unfit for trimming, since they look for a property
/// by reflection when they are asked. Here nobody asks them: they are read at build. So the warning at the attribute says nothing.
/// Who does ask them, with <c>Validator</c>, is warned there.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ValidationSuppressor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor s_trimming = new(
        "PBS0001", "IL2026", "Prebake reads validation attributes when the app is built, and makes no object of this "
            + "one");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [s_trimming];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (Diagnostic diagnostic in context.ReportedDiagnostics)
            if (IsAtRule(diagnostic, context)) context.ReportSuppression(Suppression.Create(s_trimming, diagnostic));
    }

    private static bool IsAtRule(Diagnostic diagnostic, SuppressionAnalysisContext context)
    {
        if (diagnostic.Location.SourceTree is not { } tree) return false;

        SyntaxNode node = tree.GetRoot(context.CancellationToken).FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
        if (node.FirstAncestorOrSelf<AttributeSyntax>() is not { } attribute) return false;

        ISymbol? constructor = context.GetSemanticModel(tree).GetSymbolInfo(attribute, context.CancellationToken).Symbol;
        return constructor?.ContainingType is { Name: "MinLengthAttribute" or "MaxLengthAttribute" or "LengthAttribute" or "CompareAttribute" or "RangeAttribute" } kind
            && RuleParser.IsValidation(kind);
    }
}
