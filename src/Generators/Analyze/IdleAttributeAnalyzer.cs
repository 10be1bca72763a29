using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>Attributes that say something about a route, on members that are none and on their parameters.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class IdleAttributeAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] s_ofMembers = [KnownNames.MaxBody, KnownNames.IdleTimeout, KnownNames.Deadline, KnownNames.Blocking, KnownNames.Header, KnownNames.CacheControl,
        KnownNames.Open, KnownNames.Guard];
    private static readonly string[] s_ofRoutes = [.. s_ofMembers.Where(name => name != KnownNames.Guard)];
    private static readonly string[] s_ofParameters = [KnownNames.Query, KnownNames.Body, KnownNames.Header, KnownNames.Cookie, KnownNames.Form, KnownNames.Provided];

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

        string[] idle = member switch
        {
            // A provider is no route, and asks for parameters like one; of a class without routes nobody asks for it
            IMethodSymbol when member.Find(KnownNames.Provide) is not null =>
                AppParser.HasRoutes(member.ContainingType) ? s_ofMembers : [.. s_ofMembers, KnownNames.Provide],
            // What guards a mount guards the routes below it
            IFieldSymbol or IPropertySymbol when member.Find(KnownNames.Mount) is not null => s_ofRoutes,
            _ => s_ofMembers,
        };
        Report(context, member, idle, $"'{member.ContainingType.Name}.{member.Name}'");
        if (member.Find(KnownNames.Provide) is not null || IsGuard(member)) return;

        foreach (IParameterSymbol parameter in (member as IMethodSymbol)?.Parameters ?? [])
            Report(context, parameter, s_ofParameters, $"the parameter '{parameter.Name}' of '{member.ContainingType.Name}.{member.Name}'");
    }

    /// <summary>Whether [Guard] names it: on a member of its class, or on the class.</summary>
    private static bool IsGuard(ISymbol member)
    {
        INamedTypeSymbol type = member.ContainingType;
        return type.GetMembers().Append(type).Any(other => other.FindAll(KnownNames.Guard).Any(guard => guard.Text(0) == member.Name));
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
