using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>Calls and handlers that look for JSON metadata when the program runs, and would not find any.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class JsonCallAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Diagnostics.MissingJsonCall, Diagnostics.UnfitJsonCall, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            var project = new Lazy<ProjectJson>(() => new ProjectJson(start.Compilation, start.CancellationToken));
            start.RegisterOperationAction(Checked.Operation(context => Check(context, project)), OperationKind.Invocation);
            start.RegisterSymbolAction(Checked.Symbol(context => CheckHandler(context, project)), SymbolKind.NamedType);
        });
    }

    private static void Check(OperationAnalysisContext context, Lazy<ProjectJson> project)
    {
        var call = (IInvocationOperation)context.Operation;
        IMethodSymbol method = call.TargetMethod;
        if (method is not { IsGenericMethod: true, TypeArguments: [var type], Name: "Json" or "JsonLines" or "JsonAsync" or "SendJson" or "PublishJson" }) return;
        if (method.ContainingType.PlainName() is not ("Prebake.Response" or "Prebake.Request" or "Prebake.ServerSentEvent" or "Prebake.Server" or KnownNames.WebSocketHandler)) return;

        // With metadata of its own it looks for nothing
        if (method.Parameters.Any(parameter => parameter.Type.Name == "JsonTypeInfo")) return;

        // What goes to WebSockets has its metadata from the app
        string orElse = method.Name is "SendJson" or "PublishJson" ? "" : $", or pass a JsonTypeInfo<{type.FullName().Replace("global::", "")}>";
        Check(type, project, PlaceOf(call), method.ContainingType.Name + "." + method.Name, orElse, context.ReportDiagnostic);
    }

    /// <summary>The type of messages that the class of a <c>WebSocketHandler&lt;T&gt;</c> decides upon.</summary>
    private static void CheckHandler(SymbolAnalysisContext context, Lazy<ProjectJson> project)
    {
        var handler = (INamedTypeSymbol)context.Symbol;
        if (MessageOf(handler) is not { } type) return;

        // Said once, of the class that decides; not of its heirs
        INamedTypeSymbol parent = handler.BaseType!;
        if (MessageOf(parent.OriginalDefinition) is { } ofParent && !HasParameter(ofParent)) return;

        Location? place = handler.DeclaringSyntaxReferences.Select(part => part.GetSyntax(context.CancellationToken)).OfType<TypeDeclarationSyntax>()
            .Select(part => part.BaseList?.Types.FirstOrDefault()?.Type.GetLocation()).FirstOrDefault(found => found is not null);
        Check(type, project, place ?? handler.NameLocation(), parent.ShortName(), "", context.ReportDiagnostic);
    }

    private static ITypeSymbol? MessageOf(INamedTypeSymbol handler)
    {
        for (INamedTypeSymbol? ancestor = handler.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
            if (ancestor is { Arity: 1, TypeArguments: [var type] } && ancestor.PlainName() == KnownNames.WebSocketHandler) return type;

        return null;
    }

    private static void Check(ITypeSymbol type, Lazy<ProjectJson> project, Location? place, string called, string orElse, Action<Diagnostic> report)
    {
        // Of a type parameter or of no type nothing can be said
        if (type.IsMissing() || type.TypeKind is TypeKind.TypeParameter or TypeKind.Dynamic || type.SpecialType == SpecialType.System_Object || HasParameter(type)) return;

        // A library may be asked by an app whose contexts are not seen from here
        if (!project.Value.HasApps || project.Value.Knows(type)) return;

        if (WhyUnfit(type) is { } reason)
        {
            report(Diagnostic.Create(Diagnostics.UnfitJsonCall, place, called, type.ShortName(), reason));
            return;
        }

        // What the light bulb adds
        ImmutableDictionary<string, string?> what =
            ImmutableDictionary<string, string?>.Empty.Add(FixableAnalyzer.What, type.FullName());
        string context = project.Value.ContextName ?? "a 'partial class AppJson : JsonSerializerContext'";
        report(Diagnostic.Create(
            Diagnostics.MissingJsonCall, place, what, called, type.FullName().Replace("global::", ""), context, orElse));
    }

    /// <summary>Why no context can have the type: what it says instead of a line that would not compile; null if one can.</summary>
    private static string? WhyUnfit(ITypeSymbol type)
    {
        if (HasAnonymous(type)) return "an anonymous type has no name for [JsonSerializable]; declare a record";
        if (type.HiddenPart() is { } hidden)
            return hidden.IsFileLocal ? $"'{hidden.ShortName()}' is local to its file; declare it without 'file'" : $"'{hidden.ShortName()}' is private; make it internal or public";
        if (type.PlainName() is "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask")
            return "a task is not a value; await it";
        if (type.PlainName() == "Prebake.Response") return "a Response is sent as it is; return it";

        return ResultParser.ReasonAgainst(type)?.TrimStart(':', ' ');
    }

    private static bool HasAnonymous(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => HasAnonymous(array.ElementType),
        INamedTypeSymbol named => named.IsAnonymousType || named.TypeArguments.Any(HasAnonymous),
        _ => false,
    };

    private static Location PlaceOf(IInvocationOperation call) => (call.Syntax as InvocationExpressionSyntax)?.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.GetLocation(),
        _ => call.Syntax.GetLocation(),
    };

    private static bool HasParameter(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => HasParameter(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(HasParameter),
        _ => false,
    };
}
