using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>Attributes that say something about a route, on members that are none and on their parameters.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class IdleAttributeAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] s_ofMembers = [KnownNames.MaxBody, KnownNames.IdleTimeout, KnownNames.Blocking, KnownNames.Header, KnownNames.CacheControl];
    private static readonly string[] s_ofParameters = [KnownNames.Query, KnownNames.Body, KnownNames.Header, KnownNames.Cookie, KnownNames.Form];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Diagnostics.IdleAttribute, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Checked.Symbol(Check), SymbolKind.Method, SymbolKind.Property, SymbolKind.Field);
    }

    private static void Check(SymbolAnalysisContext context)
    {
        ISymbol member = context.Symbol;
        // Both parts of a partial method have all of its attributes
        if (member is IMethodSymbol { PartialDefinitionPart: not null } or { IsImplicitlyDeclared: true } || member.GetAttributes().Any(attribute => AppParser.IsRoute(attribute) || StepParser.IsStep(attribute))) return;

        Report(context, member, s_ofMembers, $"'{member.ContainingType.Name}.{member.Name}'");
        foreach (IParameterSymbol parameter in (member as IMethodSymbol)?.Parameters ?? [])
            Report(context, parameter, s_ofParameters, $"the parameter '{parameter.Name}' of '{member.ContainingType.Name}.{member.Name}'");
    }

    private static void Report(SymbolAnalysisContext context, ISymbol symbol, string[] names, string what)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is not { } kind || Array.IndexOf(names, kind.PlainName()) < 0) continue;

            string name = kind.Name.Substring(0, kind.Name.Length - "Attribute".Length);
            Location? place = attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation();
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.IdleAttribute, place, name, what));
        }
    }
}
