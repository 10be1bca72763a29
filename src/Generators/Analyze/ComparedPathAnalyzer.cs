using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>A <c>[Fetch]</c> that compares <c>request.Path</c> with constants: each could be a route.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ComparedPathAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Diagnostics.ComparedPath, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Checked.Operation(Check), OperationKind.ConstantPattern, OperationKind.CaseClause, OperationKind.Invocation, OperationKind.Binary);
    }

    private static void Check(OperationAnalysisContext context)
    {
        if (context.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary } method || method.Find(KnownNames.Fetch) is null) return;

        IOperation? constant = context.Operation switch
        {
            IConstantPatternOperation pattern when IsPath(SubjectOf(pattern)) => pattern.Value,
            ISingleValueCaseClauseOperation clause when clause.Parent?.Parent is ISwitchOperation { Value: var value } && IsPath(value) => clause.Value,
            IInvocationOperation { TargetMethod.Name: "SequenceEqual" or "Equals", Arguments: [var left, var right, ..] } when IsPath(left.Value) => right.Value,
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals } binary when IsPath(binary.LeftOperand) => binary.RightOperand,
            _ => null,
        };

        if (ConstantOf(constant) is { } path && path.StartsWith("/", StringComparison.Ordinal))
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.ComparedPath, constant!.Syntax.GetLocation(), path));
    }

    private static IOperation? SubjectOf(IOperation pattern)
    {
        for (IOperation? at = pattern.Parent; at is not null; at = at.Parent)
        {
            if (at is IIsPatternOperation subject) return subject.Value;
            if (at is ISwitchExpressionOperation expression) return expression.Value;
            if (at is ISwitchOperation statement) return statement.Value;
            if (at is not (IPatternOperation or ISwitchExpressionArmOperation or ISwitchCaseOperation or ICaseClauseOperation)) return null;
        }

        return null;
    }

    private static bool IsPath(IOperation? operation)
    {
        while (operation is IConversionOperation conversion) operation = conversion.Operand;
        if (operation is IInvocationOperation { TargetMethod.Name: "ToString", Instance: { } instance }) operation = instance;
        return operation is IPropertyReferenceOperation { Property: { Name: "Path", ContainingType.Name: "Request" } property } && property.ContainingType.ContainingNamespace.Name == "Prebake";
    }

    private static string? ConstantOf(IOperation? operation)
    {
        while (operation is IConversionOperation conversion && !operation.ConstantValue.HasValue) operation = conversion.Operand;
        return operation?.ConstantValue is { HasValue: true, Value: string text } ? text : null;
    }
}
