using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>Constants that <c>TlsOptions</c> would refuse when the server starts, and secrets in the source.</summary>
/// <remarks>Whether a file is there is not asked: those of a server are seldom on the machine that builds it.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TlsAnalyzer : DiagnosticAnalyzer
{
    private const string TlsOptions = "Prebake.TlsOptions", ServeOptions = "Prebake.ServeOptions";
    private const string FromPem = "FromPem", FromPemFiles = "FromPemFiles", FromPkcs12File = "FromPkcs12File";
    private const string BeginPem = "-----BEGIN ";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Diagnostics.PathAsPem, Diagnostics.PassphraseInSource, Diagnostics.HalfOfPair, Diagnostics.SameServerName,
        Diagnostics.NoServerName, Diagnostics.KeyInSource, Diagnostics.AnalyzerFailed,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Checked.Operation(CheckCall), OperationKind.Invocation);
        context.RegisterOperationAction(Checked.Operation(CheckList), OperationKind.SimpleAssignment);
    }

    private static void CheckCall(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        string method = call.TargetMethod.Name;
        if (method is not (FromPem or FromPemFiles or FromPkcs12File)
            || call.TargetMethod.ContainingType.ToDisplayString() != TlsOptions) return;

        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.ArgumentKind != ArgumentKind.Explicit) continue;

            if (argument.Parameter?.Name is "certificate" or "key" && IsNull(argument.Value))
                context.ReportDiagnostic(Diagnostic.Create(
                    Diagnostics.HalfOfPair, argument.Value.Syntax.GetLocation(), argument.Parameter.Name));
            if (ConstantOf(argument.Value) is not { } text) continue;

            Location place = argument.Value.Syntax.GetLocation();
            switch (argument.Parameter?.Name)
            {
                case "passphrase" when text.Length > 0:
                    context.ReportDiagnostic(Diagnostic.Create(Diagnostics.PassphraseInSource, place));
                    break;
                case "certificate" or "key" when text.Length == 0:
                    context.ReportDiagnostic(Diagnostic.Create(Diagnostics.HalfOfPair, place, argument.Parameter.Name));
                    break;
                case "certificate" or "key" or "path" when FormMistake(method, text) is var (takes, given, use):
                    context.ReportDiagnostic(
                        Diagnostic.Create(Diagnostics.PathAsPem, place, method, takes, given, use));
                    break;
                case "key" when method == FromPem:
                    context.ReportDiagnostic(Diagnostic.Create(Diagnostics.KeyInSource, place));
                    break;
            }
        }
    }

    // What the method takes, what it was given, and which one takes that
    private static (string Takes, string Given, string Use)? FormMistake(string method, string text)
    {
        bool isPem = text.IndexOf(BeginPem, StringComparison.Ordinal) >= 0;
        if (method == FromPem)
            return isPem ? null : ("the contents of PEM files", "not text in PEM format", FromPemFiles);
        if (isPem) return ("the path of a file", "the contents of one", FromPem);

        bool isPkcs12 = EndsWith(text, ".pfx") || EndsWith(text, ".p12");
        if (method == FromPemFiles)
            return isPkcs12 ? ("files in PEM format", "the name of one in PKCS#12 format", FromPkcs12File) : null;
        return EndsWith(text, ".pem") || EndsWith(text, ".crt")
            ? ("a file in PKCS#12 format", "the name of one in PEM format", FromPemFiles)
            : null;
    }

    private static bool EndsWith(string text, string end) => text.EndsWith(end, StringComparison.OrdinalIgnoreCase);

    // Tls = [first, second with { ServerName = "…" }]
    private static void CheckList(OperationAnalysisContext context)
    {
        var assignment = (ISimpleAssignmentOperation)context.Operation;
        if (assignment.Target is not IPropertyReferenceOperation { Property: { Name: "Tls" } property }
            || property.ContainingType.ToDisplayString() != ServeOptions) return;

        var names = new HashSet<string>();
        IOperation[] elements = ElementsOf(assignment.Value).ToArray();
        for (int i = 0; i < elements.Length; i++)
        {
            IOperation element = WithoutConversion(elements[i]);
            ISimpleAssignmentOperation? naming = NamingIn(element);
            if (naming is null)
            {
                // What comes from elsewhere may have a name
                if (i > 0 && IsMadeHere(element))
                    context.ReportDiagnostic(Diagnostic.Create(Diagnostics.NoServerName, element.Syntax.GetLocation()));
            }
            else if (ConstantOf(naming.Value) is { } name && !names.Add(name.TrimEnd('.').ToLowerInvariant()))
            {
                context.ReportDiagnostic(
                    Diagnostic.Create(Diagnostics.SameServerName, naming.Value.Syntax.GetLocation(), name));
            }
        }
    }

    private static IEnumerable<IOperation> ElementsOf(IOperation list) => WithoutConversion(list) switch
    {
        ICollectionExpressionOperation expression =>
            expression.Elements.TakeWhile(element => element is not ISpreadOperation),
        IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues,
        _ => [],
    };

    private static ISimpleAssignmentOperation? NamingIn(IOperation element) =>
        element is IWithOperation { Initializer: { } initializer }
            ? initializer.Initializers.OfType<ISimpleAssignmentOperation>()
                .FirstOrDefault(each => each.Target is IPropertyReferenceOperation { Property.Name: "ServerName" })
                ?? NamingIn(WithoutConversion(((IWithOperation)element).Operand))
            : null;

    private static bool IsMadeHere(IOperation element) => element switch
    {
        IWithOperation with => IsMadeHere(WithoutConversion(with.Operand)),
        IInvocationOperation call => call.TargetMethod.ContainingType.ToDisplayString() == TlsOptions,
        IPropertyReferenceOperation { Property: { IsStatic: true, Name: "Development" } property } =>
            property.ContainingType.ToDisplayString() == TlsOptions,
        _ => false,
    };

    private static IOperation WithoutConversion(IOperation operation)
    {
        while (operation is IConversionOperation conversion) operation = conversion.Operand;
        return operation;
    }

    // What is written: 'null!' has no constant value
    private static bool IsNull(IOperation operation) => operation.Syntax is ExpressionSyntax written && MountParser.IsNull(written);

    private static string? ConstantOf(IOperation operation)
    {
        // A span of a constant is none
        while (operation is IConversionOperation conversion && !operation.ConstantValue.HasValue)
            operation = conversion.Operand;
        return operation.ConstantValue is { HasValue: true, Value: string text } ? text : null;
    }
}
