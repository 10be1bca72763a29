using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// Parameters of constructors, and fields and properties that can be set, with a type that the class, or one above it,
/// provides for each request: the class has one for all of them. What is set once and for all is no request's.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class CaptiveValueAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Diagnostics.CaptiveValue, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Checked.Symbol(Check), SymbolKind.Method);
    }

    private static void Check(SymbolAnalysisContext context)
    {
        var provider = (IMethodSymbol)context.Symbol;
        if (provider.PartialDefinitionPart is not null || provider.Find(KnownNames.Provide) is null || provider.ReturnType.IsBroken()) return;

        ITypeSymbol type = GateParser.ResultOf(provider, out _);
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable) type = nullable.TypeArguments[0];
        if (!ParameterParser.CanBeProvided(type)) return;

        Check(context, provider.ContainingType, type, provider, []);
    }

    /// <summary>A class and all that it mounts.</summary>
    private static void Check(SymbolAnalysisContext context, INamedTypeSymbol app, ITypeSymbol type, IMethodSymbol provider, HashSet<string> seen)
    {
        if (!seen.Add(app.Key())) return;

        foreach (ISymbol member in app.GetMembers())
        {
            if (member.Find(KnownNames.Mount) is not null && MountParser.PartOf(member) is { } part) Check(context, part, type, provider, seen);

            ITypeSymbol? held = member switch
            {
                IFieldSymbol { IsConst: false, IsReadOnly: false, AssociatedSymbol: null, IsImplicitlyDeclared: false } field => field.Type,
                IPropertySymbol { SetMethod.IsInitOnly: false } property when IsStored(app, property) => property.Type,
                _ => null,
            };
            if (held is not null && IsSame(held, type)) Report(member);
            foreach (IParameterSymbol parameter in member is IMethodSymbol { MethodKind: MethodKind.Constructor, IsImplicitlyDeclared: false } made ? made.Parameters : [])
                if (IsSame(parameter.Type, type)) Report(parameter);
        }

        void Report(ISymbol holder)
        {
            if (holder.NameLocation() is not { IsInSource: true } place) return;

            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.CaptiveValue, place,
                app.Name + "." + holder.Name, type.ShortName(), RouteParser.LabelOf(provider)));
        }
    }

    private static bool IsStored(INamedTypeSymbol app, IPropertySymbol property) =>
        app.GetMembers().Any(member => member is IFieldSymbol field && SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));

    private static bool IsSame(ITypeSymbol one, ITypeSymbol other)
    {
        if (one is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable) one = nullable.TypeArguments[0];
        return SymbolEqualityComparer.Default.Equals(one.WithNullableAnnotation(NullableAnnotation.None), other.WithNullableAnnotation(NullableAnnotation.None));
    }
}
