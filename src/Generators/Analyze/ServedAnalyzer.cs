using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// Classes with routes that nothing in a program serves. Whatever takes one as a type argument counts as serving it, since <c>Serve.Run</c> may be behind it.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ServedAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Diagnostics.UnservedApp, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.Analyze);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.Options.OutputKind is not (OutputKind.ConsoleApplication or OutputKind.WindowsApplication)) return;

            var apps = new ConcurrentBag<INamedTypeSymbol>();
            var served = new ConcurrentDictionary<ISymbol, bool>(SymbolEqualityComparer.Default);
            start.RegisterSymbolAction(Checked.Symbol(context => Find(context, apps)), SymbolKind.NamedType);
            start.RegisterOperationAction(Checked.Operation(context => Note(context, served)),
                OperationKind.Invocation, OperationKind.ObjectCreation, OperationKind.MethodReference, OperationKind.TypeOf, OperationKind.Invalid);
            start.RegisterSymbolAction(Checked.Symbol(context => NotePart(context, served)), SymbolKind.Field, SymbolKind.Property);
            start.RegisterCompilationEndAction(Checked.Compilation(context => Report(context, apps, served)));
        });
    }

    private static void Find(SymbolAnalysisContext context, ConcurrentBag<INamedTypeSymbol> apps)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type is { TypeKind: TypeKind.Class, IsAbstract: false, IsGenericType: false } && AppParser.HasRoutes(type) && type.Find(KnownNames.Serve) is null
            && AppParser.CanBeApp(type)) apps.Add(type);
    }

    // A part is served with what mounts it; if nothing serves that, it is said there
    private static void NotePart(SymbolAnalysisContext context, ConcurrentDictionary<ISymbol, bool> served)
    {
        if (context.Symbol.Find(KnownNames.Mount) is not null && MountParser.PartOf(context.Symbol) is { } part)
            served.TryAdd(part.WithNullableAnnotation(NullableAnnotation.None), true);
    }

    private static void Note(OperationAnalysisContext context, ConcurrentDictionary<ISymbol, bool> served)
    {
        IEnumerable<ITypeSymbol> named = context.Operation switch
        {
            // What emitted code says about an app is not a use
            _ when context.ContainingSymbol.ContainingType?.Find("System.CodeDom.Compiler.GeneratedCodeAttribute") is not null => [],
            IInvocationOperation call => call.TargetMethod.TypeArguments.Concat(call.TargetMethod.ContainingType?.TypeArguments ?? []),
            IMethodReferenceOperation reference => reference.Method.TypeArguments.Concat(reference.Method.ContainingType?.TypeArguments ?? []),
            IObjectCreationOperation { Type: INamedTypeSymbol made } => made.TypeArguments,
            ITypeOfOperation { TypeOperand: var type } => [type],
            // A call that does not compile yet says what it is for all the same
            IInvalidOperation invalid when invalid.SemanticModel is { } model => invalid.Syntax.DescendantNodesAndSelf().OfType<GenericNameSyntax>()
                .SelectMany(generic => generic.TypeArgumentList.Arguments)
                .Select(argument => model.GetTypeInfo(argument, context.CancellationToken).Type).OfType<ITypeSymbol>(),
            _ => [],
        };
        foreach (ITypeSymbol type in named) served.TryAdd(type, true);
    }

    private static void Report(CompilationAnalysisContext context, ConcurrentBag<INamedTypeSymbol> apps, ConcurrentDictionary<ISymbol, bool> served)
    {
        foreach (INamedTypeSymbol app in apps.Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default))
            if (!served.ContainsKey(app) && app.NameLocation() is { IsInSource: true } place)
                context.ReportDiagnostic(Diagnostic.Create(Diagnostics.UnservedApp, place, AppParser.DisplayName(app)));
    }
}
