using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>Calls that look for JSON metadata when the program runs, and would not find any.</summary>
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
        });
    }

    private static void Check(OperationAnalysisContext context, Lazy<ProjectJson> project)
    {
        var call = (IInvocationOperation)context.Operation;
        IMethodSymbol method = call.TargetMethod;
        if (method is not { IsGenericMethod: true, TypeArguments: [var type], Name: "Json" or "JsonLines" or "JsonAsync" }) return;
        if (method.ContainingType.PlainName() is not ("Prebake.Response" or "Prebake.Request" or "Prebake.ServerSentEvent")) return;

        // With metadata of its own it looks for nothing; of a type parameter or of no type nothing can be said
        if (method.Parameters.Any(parameter => parameter.Type.Name == "JsonTypeInfo")) return;
        if (type.IsBroken() || type.TypeKind is TypeKind.TypeParameter or TypeKind.Dynamic || type.SpecialType == SpecialType.System_Object || HasParameter(type)) return;

        // A library may be asked by an app whose contexts are not seen from here
        if (!project.Value.HasApps || project.Value.Knows(type)) return;

        string called = method.ContainingType.Name + "." + method.Name;
        if (WhyUnfit(type) is { } reason)
        {
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.UnfitJsonCall, PlaceOf(call), called, type.ShortName(), reason));
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(Diagnostics.MissingJsonCall, PlaceOf(call), called,
            type.FullName().Replace("global::", ""), project.Value.ContextName ?? "a 'partial class AppJson : JsonSerializerContext'"));
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

    private static Location PlaceOf(IInvocationOperation call) => (call.Syntax as Microsoft.CodeAnalysis.CSharp.Syntax.InvocationExpressionSyntax)?.Expression switch
    {
        Microsoft.CodeAnalysis.CSharp.Syntax.MemberAccessExpressionSyntax access => access.Name.GetLocation(),
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
