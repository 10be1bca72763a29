using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Prebake.Shared;

namespace Prebake.Generators.Analyze;

/// <summary>Constants that an object of ours would refuse when it is made, so when the program starts.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OptionAnalyzer : DiagnosticAnalyzer
{
    private const string NotAName = "it is not a name; use letters, digits and !#$%&'*+-.^_`|~ only";

    // What is wrong with one text of a list
    private static readonly Dictionary<string, Func<string, string?>> s_texts = new()
    {
        ["AddressList.Allow"] = static text => NetworkText.ReasonAgainst(text, takesUnix: false),
        ["AddressList.Deny"] = static text => NetworkText.ReasonAgainst(text, takesUnix: false),
        ["ServeOptions.TrustedProxies"] = static text => NetworkText.ReasonAgainst(text, takesUnix: true),
        ["CrossOrigin.Methods"] = ReasonAgainstName,
        ["CrossOrigin.RequestHeaders"] = ReasonAgainstName,
        ["CrossOrigin.ExposedHeaders"] = ReasonAgainstName,
    };

    // The least and the greatest number
    private static readonly Dictionary<string, (long Least, long Most)> s_numbers = new()
    {
        ["RateLimit.Permits"] = (1, int.MaxValue),
        ["RateLimit.MaxKeys"] = (1, int.MaxValue),
        ["Concurrency.Limit"] = (1, int.MaxValue),
        ["Concurrency.Waiting"] = (0, int.MaxValue),
        ["Compression.MinimumSize"] = (0, int.MaxValue),
        ["Decompression.MaxRatio"] = (1, int.MaxValue),
        ["ServeOptions.Port"] = (0, 65535),
        ["ServeOptions.HttpsRedirect"] = (0, 65535),
        ["ServeOptions.HttpsRedirectTo"] = (1, 65535),
        ["ServeOptions.MaxHandshakesPerAddress"] = (1, int.MaxValue),
    };

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Diagnostics.BadOption, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Checked.Operation(Check), OperationKind.SimpleAssignment);
    }

    private static void Check(OperationAnalysisContext context)
    {
        var assignment = (ISimpleAssignmentOperation)context.Operation;
        if (assignment.Target is not IPropertyReferenceOperation { Property: { ContainingType: { } type } property }) return;
        if (type.ContainingNamespace is not { Name: "Prebake", ContainingNamespace.IsGlobalNamespace: true }) return;

        string name = type.Name + "." + property.Name;
        if (s_texts.TryGetValue(name, out Func<string, string?>? reasonAgainst))
        {
            foreach (IOperation element in ElementsOf(assignment.Value))
                if (WithoutConversion(element).ConstantValue is { HasValue: true, Value: string text } && reasonAgainst(text) is { } reason)
                    Report(context, element, name, text, reason);
        }
        else if (s_numbers.TryGetValue(name, out (long Least, long Most) range) && NumberOf(assignment.Value) is { } number
            && (number < range.Least || number > range.Most))
        {
            string least = range.Least.ToString(CultureInfo.InvariantCulture);
            string allowed = range.Most == int.MaxValue
                ? least + " or more"
                : $"{least} to {range.Most.ToString(CultureInfo.InvariantCulture)}";
            Report(context, assignment.Value, name, number.ToString(CultureInfo.InvariantCulture), $"use {allowed}");
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation value, string name, string text, string reason) =>
        context.ReportDiagnostic(Diagnostic.Create(
            Diagnostics.BadOption, value.Syntax.GetLocation(), name, text.Length == 0 ? "(nothing)" : text, reason));

    private static string? ReasonAgainstName(string text) => FieldSyntax.IsToken(text) ? null : NotAName;

    private static long? NumberOf(IOperation value) =>
        WithoutConversion(value).ConstantValue is { HasValue: true, Value: int number } ? number : null;

    // Lists are written in three ways; what is spread into them is known when the program runs
    private static IEnumerable<IOperation> ElementsOf(IOperation list) => WithoutConversion(list) switch
    {
        ICollectionExpressionOperation expression => expression.Elements.Where(element => element is not ISpreadOperation),
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        _ => [],
    };

    private static IOperation WithoutConversion(IOperation operation)
    {
        while (operation is IConversionOperation conversion) operation = conversion.Operand;
        return operation;
    }
}
