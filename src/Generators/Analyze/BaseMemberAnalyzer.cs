using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>
/// What a base class says of routes, and a derived class with routes of its own does not get: a check that its author takes
/// for made would be missing without a word.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BaseMemberAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] s_ofMethods =
        [KnownNames.Before, KnownNames.After, KnownNames.Around, KnownNames.Provide, KnownNames.Validate, KnownNames.Error];
    private static readonly string[] s_ofMembers = [.. s_ofMethods, KnownNames.Use];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Diagnostics.BaseMember, Diagnostics.AnalyzerFailed];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Checked.Symbol(Check), SymbolKind.NamedType);
    }

    private static void Check(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type is not { TypeKind: TypeKind.Class, BaseType.SpecialType: SpecialType.None } || !AppParser.HasRoutes(type)) return;

        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
        {
            if (ancestor.Find(KnownNames.Guard) is not null && type.Find(KnownNames.Guard) is null)
                Report("[Guard]", ancestor.Name, $"put it on '{type.Name}', too");
            if (IsGuarded(ancestor) && type.Find(KnownNames.Routes) is null && !IsGuarded(type.ContainingAssembly))
                Report("[Routes(Guarded = true)]", ancestor.Name, $"put it on '{type.Name}', too");

            foreach (ISymbol member in ancestor.GetMembers())
                foreach (string attribute in s_ofMembers)
                    if (member.Find(attribute) is not null && !IsReplaced(type, member, attribute))
                        Report("[" + NameOf(attribute) + "]", ancestor.Name + "." + member.Name, Array.IndexOf(s_ofMethods, attribute) >= 0
                            ? $"declare a method with [{NameOf(attribute)}] in '{type.Name}', which may call that one"
                            : $"declare a member with [Use] in '{type.Name}', which may be the same object");
        }

        void Report(string what, string where, string advice) =>
            context.ReportDiagnostic(Diagnostic.Create(Diagnostics.BaseMember, type.NameLocation(), what, where, type.Name, advice));
    }

    private static bool IsGuarded(ISymbol symbol) => symbol.Find(KnownNames.Routes)?.Named("Guarded", false) == true;

    /// <summary>The class, or one between the two, has declared it anew.</summary>
    private static bool IsReplaced(INamedTypeSymbol type, ISymbol member, string attribute)
    {
        INamedTypeSymbol owner = member.ContainingType;
        for (INamedTypeSymbol? at = type; at is not null && !SymbolEqualityComparer.Default.Equals(at, owner); at = at.BaseType)
            if (at.GetMembers(member.Name).Any(own => own.Find(attribute) is not null)) return true;

        return false;
    }

    private static string NameOf(string attribute) => attribute.Substring("Prebake.".Length, attribute.Length - "Prebake.Attribute".Length);
}
