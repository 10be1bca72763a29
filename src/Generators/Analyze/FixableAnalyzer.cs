using System.Collections.Immutable;
using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Model;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// Offers a light bulb where a code fix helps. The messages are the generator's; editors attach fixes to what analyzers report only, so this reports the
/// same places once more, hidden.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FixableAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The property that says what to add: a parameter's name, a type's name, a pattern.</summary>
    public const string What = "what";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Diagnostics.FixPartial, Diagnostics.FixPattern, Diagnostics.FixParameter, Diagnostics.FixJson, Diagnostics.FixAsyncVoid, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var known = new Lazy<ImmutableHashSet<string>>(() => KnownJsonTypes(start.Compilation));
            start.RegisterSymbolAction(Checked.Symbol(context => CheckMember(context, known)), SymbolKind.Method, SymbolKind.Property, SymbolKind.Field);
            start.RegisterSymbolAction(Checked.Symbol(CheckPartial), SymbolKind.NamedType);
        });
    }

    private static void CheckMember(SymbolAnalysisContext context, Lazy<ImmutableHashSet<string>> known)
    {
        AttributeData[] routes = context.Symbol.GetAttributes().Where(IsRoute).ToArray();
        if (routes.Length == 0) return;

        foreach (AttributeData attribute in routes) CheckPattern(context, attribute);
        if (routes.All(route => route.AttributeClass!.Name == "WebSocketAttribute")) return;

        CheckAsyncVoid(context);
        CheckJson(context, routes, known);
    }

    private static bool IsRoute(AttributeData attribute) => AppParser.IsRoute(attribute);

    private static void CheckAsyncVoid(SymbolAnalysisContext context)
    {
        if (context.Symbol is IMethodSymbol { ReturnsVoid: true, IsAsync: true } method && !IsSaidElsewhere(method)
            && method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(context.CancellationToken) is MethodDeclarationSyntax { ReturnType: var type })
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.FixAsyncVoid, type.GetLocation()));
    }

    /// <summary>Another place says the same signature, and a change here alone would not compile.</summary>
    private static bool IsSaidElsewhere(IMethodSymbol method) =>
        method.IsOverride || method.IsPartialDefinition || method.PartialDefinitionPart is not null || method.PartialImplementationPart is not null
        || method.ContainingType.AllInterfaces.SelectMany(implemented => implemented.GetMembers(method.Name))
            .Any(member => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method));

    // Once for a class, however many routes it has
    private static void CheckPartial(SymbolAnalysisContext context)
    {
        var app = (INamedTypeSymbol)context.Symbol;
        if (!app.GetMembers().Any(member => member is not INamedTypeSymbol && member.GetAttributes().Any(IsRoute))) return;

        for (INamedTypeSymbol? type = app; type is not null; type = type.ContainingType)
            foreach (SyntaxReference part in type.DeclaringSyntaxReferences)
                if (part.GetSyntax(context.CancellationToken) is TypeDeclarationSyntax syntax && !syntax.Modifiers.Any(SyntaxKind.PartialKeyword))
                    context.ReportDiagnostic(Diagnostic.Create(Diagnostics.FixPartial, syntax.Identifier.GetLocation()));
    }

    private static void CheckPattern(SymbolAnalysisContext context, AttributeData attribute)
    {
        if (attribute.ConstructorArguments.Length == 0 || attribute.Text(0) is not { } text || attribute.ArgumentLocation(0) is not { } place) return;

        PatternModel? pattern = PatternParser.Parse(text, out PatternParser.Mistake? mistake);
        if (mistake is { } wrong && (wrong.Descriptor == Diagnostics.ColonParameter || wrong.Descriptor == Diagnostics.StarWildcard))
        {
            if (Rewrite(text) is { } rewritten) context.ReportDiagnostic(Diagnostic.Create(Diagnostics.FixPattern, place, With(rewritten)));
            return;
        }

        if (pattern is null || context.Symbol is not IMethodSymbol method || IsSaidElsewhere(method)) return;

        foreach (string name in pattern.Names.Where(name => method.Parameters.All(parameter => parameter.Name != name)))
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.FixParameter, place, With(name)));
    }

    /// <summary><c>/users/:id</c> and <c>/files/*</c> in our notation; null when it is not that simple.</summary>
    internal static string? Rewrite(string text)
    {
        string[] segments = text.Split('/');
        for (int i = 0; i < segments.Length; i++)
        {
            string segment = segments[i];
            if (segment.StartsWith(":", StringComparison.Ordinal) && SyntaxFacts.IsValidIdentifier(segment.Substring(1))) segments[i] = "{" + segment.Substring(1) + "}";
            else if (segment is "*" or "**" && i == segments.Length - 1) segments[i] = "{*rest}";
        }

        string rewritten = string.Join("/", segments);
        return PatternParser.Parse(rewritten, out _) is null ? null : rewritten;
    }

    private static void CheckJson(SymbolAnalysisContext context, AttributeData[] routes, Lazy<ImmutableHashSet<string>> known)
    {
        ITypeSymbol type = context.Symbol switch
        {
            IMethodSymbol method => method.ReturnType,
            IPropertySymbol property => property.Type,
            _ => ((IFieldSymbol)context.Symbol).Type,
        };

        // A type that does not exist, or that no context can name, is not helped by an attribute
        if (type.IsBroken() || !type.IsVisible()) return;
        if (ResultParser.Parse(type, out _) is { Kind: ResultKind.Json } result && !known.Value.Contains(result.Type) && context.Symbol.NameLocation() is { } place)
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.FixJson, place, With(result.Type)));

        if (context.Symbol is not IMethodSymbol handler || routes.All(route => route.AttributeClass!.Name is "GetAttribute" or "HeadAttribute" or "OptionsAttribute")) return;

        var problems = new List<Problem>();
        PatternModel? pattern = routes[0].ConstructorArguments.Length > 0 && routes[0].Text(0) is { } text ? PatternParser.Parse(text, out _) : null;
        EquatableArray<ParameterModel> parameters = ParameterParser.Parse(handler, pattern, ["POST"], false, null, problems);
        foreach (ParameterModel parameter in parameters)
            if (parameter is { Source: Source.Body, Value: ValueKind.Json, IsHidden: false } && !known.Value.Contains(parameter.Type)
                && handler.Parameters.First(own => own.Name == parameter.Name).NameLocation() is { } at)
                context.ReportDiagnostic(Diagnostic.Create(Diagnostics.FixJson, at, With(parameter.Type)));
    }

    private static ImmutableHashSet<string> KnownJsonTypes(Compilation compilation)
    {
        ImmutableHashSet<string>.Builder types = ImmutableHashSet.CreateBuilder<string>();
        var open = new Stack<INamespaceOrTypeSymbol>([compilation.Assembly.GlobalNamespace]);
        while (open.Count > 0)
        {
            foreach (ISymbol member in open.Pop().GetMembers())
            {
                if (member is not INamespaceOrTypeSymbol inner) continue;
                open.Push(inner);
                foreach (AttributeData attribute in inner.GetAttributes())
                    if (attribute.AttributeClass?.ToDisplayString() == KnownNames.JsonSerializable && attribute.ConstructorArguments is [{ Value: ITypeSymbol type }, ..]) types.Add(type.FullName());
            }
        }

        return types.ToImmutable();
    }

    private static ImmutableDictionary<string, string?> With(string what) => ImmutableDictionary<string, string?>.Empty.Add(What, what);
}
