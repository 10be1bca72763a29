using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// Attributes that say something about routes, where there is none: on other members and their parameters, on classes
/// without routes, on local functions; and those that a route of its kind does not listen to.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class IdleAttributeAnalyzer : DiagnosticAnalyzer
{
    private const string NotARoute = "that is not a route; add [Get] or another attribute of a route, or remove it";
    private const string NoRoutes = "the class has no routes; add one, or remove it";
    private const string NotAMember = "only a method of a class can be a route; move it to one, or remove it";
    private const string NotCalled = "only an ordinary method can stand around handlers; move it to one, or remove it";
    private const string Static = "the response is made before there is a request; make it a [Get] handler, or remove it";
    private const string Error = "the handler that went wrong has had its own; put it there, or remove it";
    private const string ErrorField = "an [Error] handler makes its whole response; return a 'Response' with the header, or put it on the class";

    private static readonly string[] s_ofMembers = [KnownNames.MaxBody, KnownNames.IdleTimeout, KnownNames.Deadline, KnownNames.Blocking, KnownNames.Header, KnownNames.CacheControl,
        KnownNames.Status, KnownNames.Open, KnownNames.Guard];
    private static readonly string[] s_ofRoutes = [.. s_ofMembers.Where(name => name != KnownNames.Guard)];
    private static readonly string[] s_ofHandlers = [KnownNames.MaxBody, KnownNames.IdleTimeout, KnownNames.Deadline, KnownNames.Blocking];
    private static readonly string[] s_ofParameters =
        [KnownNames.Query, KnownNames.Body, KnownNames.Header, KnownNames.Cookie, KnownNames.Form, KnownNames.Parameters, KnownNames.Provided];
    private static readonly string[] s_ofClasses = [KnownNames.Routes, KnownNames.MaxBody, KnownNames.IdleTimeout, KnownNames.Deadline, KnownNames.Header,
        KnownNames.CacheControl, KnownNames.SecurityHeaders, KnownNames.Hsts];
    private static readonly string[] s_anywhere = [.. s_ofMembers, .. s_ofParameters, .. KnownNames.StepAttributes, KnownNames.Validate];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Diagnostics.IdleAttribute, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Checked.Symbol(Check), SymbolKind.Method, SymbolKind.Property, SymbolKind.Field);
        context.RegisterSymbolAction(Checked.Symbol(CheckClass), SymbolKind.NamedType);
        context.RegisterSyntaxNodeAction(Checked.Node(CheckInside), SyntaxKind.AttributeList);
    }

    private static void Check(SymbolAnalysisContext context)
    {
        ISymbol member = context.Symbol;
        // Both parts of a partial method have all of its attributes
        if (member is IMethodSymbol { PartialDefinitionPart: not null } or { IsImplicitlyDeclared: true }) return;

        string what = $"'{member.ContainingType.Name}.{member.Name}'";
        AttributeData[] steps = member.GetAttributes().Where(StepParser.IsStep).ToArray();
        if (steps.Length > 0)
        {
            if (member is not IMethodSymbol { MethodKind: MethodKind.Ordinary }) Report(context, member, KnownNames.StepAttributes, what, NotCalled);
            Report(context, member, s_ofMembers, what, NotARoute);
            return;
        }

        AttributeData[] routes = member.GetAttributes().Where(AppParser.IsRoute).ToArray();
        if (routes.Length > 0)
        {
            if (routes.All(route => route.AttributeClass!.IsCalled(KnownNames.Static))) Report(context, member, [.. s_ofHandlers, KnownNames.Status], what, Static);
            else if (routes.All(route => route.AttributeClass!.IsCalled(KnownNames.Error)))
            {
                Report(context, member, s_ofHandlers, what, Error);
                Report(context, member, [KnownNames.Header, KnownNames.CacheControl], what, ErrorField);
            }

            return;
        }

        // A type that stands for several parameters says of each member where it comes from
        if (!AppParser.HasRoutes(member.ContainingType) && member is IPropertySymbol or IMethodSymbol { MethodKind: MethodKind.Constructor }) return;

        string[] idle = member switch
        {
            // A provider is no route, and asks for parameters like one; of a class without routes nobody asks for it
            IMethodSymbol when member.Find(KnownNames.Provide) is not null =>
                AppParser.HasRoutes(member.ContainingType) ? s_ofMembers : [.. s_ofMembers, KnownNames.Provide],
            // What guards a mount guards the routes below it
            IFieldSymbol or IPropertySymbol when member.Find(KnownNames.Mount) is not null => s_ofRoutes,
            _ => s_ofMembers,
        };
        Report(context, member, idle, what, NotARoute);
        if (member.Find(KnownNames.Provide) is not null || IsGuard(member)) return;

        foreach (IParameterSymbol parameter in (member as IMethodSymbol)?.Parameters ?? [])
            Report(context, parameter, s_ofParameters, $"the parameter '{parameter.Name}' of '{member.ContainingType.Name}.{member.Name}'", NotARoute);
    }

    private static void CheckClass(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.GetAttributes().IsEmpty || AppParser.HasRoutes(type)) return;

        Report(context, type, s_ofClasses, $"'{type.Name}'", NoRoutes);
    }

    /// <summary>Local functions, lambdas and their parameters: no symbol of the class has their attributes.</summary>
    private static void CheckInside(SyntaxNodeAnalysisContext context)
    {
        SyntaxNode? holder = context.Node.Parent is ParameterSyntax { Parent: { } list } ? list as LambdaExpressionSyntax ?? list.Parent : context.Node.Parent;
        string? what = holder switch
        {
            LambdaExpressionSyntax => "a lambda",
            LocalFunctionStatementSyntax local => $"the local function '{local.Identifier.ValueText}'",
            _ => null,
        };
        if (what is null) return;

        if (!ReferenceEquals(holder, context.Node.Parent)) what = "a parameter of " + what;
        foreach (AttributeSyntax attribute in ((AttributeListSyntax)context.Node).Attributes)
        {
            if (context.SemanticModel.GetSymbolInfo(attribute, context.CancellationToken).Symbol is not IMethodSymbol { ContainingType: { } kind }) continue;
            if (Array.IndexOf(s_anywhere, kind.PlainName()) < 0) continue;

            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.IdleAttribute, attribute.GetLocation(), ShortName(kind), what, NotAMember));
        }
    }

    /// <summary>Whether [Guard] names it: on a member of its class, or on the class.</summary>
    private static bool IsGuard(ISymbol member)
    {
        INamedTypeSymbol type = member.ContainingType;
        return type.GetMembers().Append(type).Any(other => other.FindAll(KnownNames.Guard).Any(guard => guard.Text(0) == member.Name));
    }

    private static void Report(SymbolAnalysisContext context, ISymbol symbol, string[] names, string what, string reason)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is not { } kind || Array.IndexOf(names, kind.PlainName()) < 0) continue;

            Location? place = attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation();
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.IdleAttribute, place, ShortName(kind), what, reason));
        }
    }

    private static string ShortName(INamedTypeSymbol kind) => kind.Name.Substring(0, kind.Name.Length - "Attribute".Length);
}
