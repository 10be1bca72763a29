using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Provide]</c>.</summary>
internal static class ProviderParser
{
    public static Parsed Parse(Annotated context)
    {
        // The compiler has said that it belongs on a method
        if (MisplacedParser.Parse(KnownNames.Provide, context) is { } misplaced)
            return misplaced with { Gates = misplaced.Host is null ? EquatableArray<GateModel>.Empty : new[] { UnknownOf(context.TargetSymbol) }.ToEquatable() };
        if (context.TargetSymbol is not IMethodSymbol method) return Parsed.None;

        // Of a class without routes nothing is asked, which an analyzer says
        if (!AppParser.HasRoutes(method.ContainingType)) return Parsed.None;

        var problems = new List<Problem>();
        AppParser.Host host = AppParser.Parse(method.ContainingType, context.SemanticModel.Compilation, problems);
        var places = new List<RoutePlace>(host.Places);
        GateModel? gate = ModelOf(method, context, problems, places);
        return new Parsed(EquatableArray<RouteModel>.Empty, problems.ToEquatable(), places.ToEquatable())
        {
            Host = host.App,
            Gates = gate is null ? EquatableArray<GateModel>.Empty : new[] { gate }.ToEquatable(),
        };
    }

    private static GateModel? ModelOf(IMethodSymbol method, Annotated context, List<Problem> problems, List<RoutePlace> places)
    {
        AttributeData attribute = context.OwnAttributes().Select(own => own.Attribute).FirstOrDefault() ?? context.Attributes[0];
        ITypeSymbol declared = GateParser.ResultOf(method, out Awaiting awaiting);
        if (method.ReturnType.IsBroken()) return null;
        if (method.IsUncallable()) return UnknownOf(method);

        ITypeSymbol type = declared is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } wrapped
            ? wrapped.TypeArguments[0]
            : declared;
        bool mayBeNull = !SymbolEqualityComparer.Default.Equals(type, declared)
            || type.IsReferenceType && declared.NullableAnnotation == NullableAnnotation.Annotated;
        if (ReasonAgainst(type, method) is { } reason)
        {
            problems.Add(Problem.At(Diagnostics.ProviderResult, RouteParser.TypeLocation(method), RouteParser.LabelOf(method), method.ReturnType.ShortName(), reason));
            return UnknownOf(method);
        }

        string? challenge = attribute.Named<string?>("Challenge", null);
        // The compiler has said that there is no such argument, or no such text; it was meant to be one
        if (attribute.AttributeConstructor is null || challenge is null && IsUnreadable(attribute)) challenge = "Bearer";
        else if (challenge is not null && (challenge.Trim().Length == 0 || challenge.Any(c => c is < ' ' or > '~')))
            problems.Add(Problem.At(Diagnostics.FieldValue, attribute.NamedLocation("Challenge"), "WWW-Authenticate"));

        // Where nullability is off, a challenge is what says that there may be nobody
        mayBeNull |= challenge is not null && type.IsReferenceType && declared.NullableAnnotation == NullableAnnotation.None;

        if (challenge is not null && !mayBeNull)
            problems.Add(Problem.At(Diagnostics.IdleGate, attribute.NamedLocation("Challenge"),
                $"'Challenge' of '{RouteParser.LabelOf(method)}'", $"it never returns null; write "
                    + $"'{type.ShortName()}?' if it may"));

        string name = type.WithNullableAnnotation(NullableAnnotation.None).FullName();
        var result = new ResultModel(ResultKind.Json, awaiting, name, type.IsValueType && mayBeNull, type.IsValueType);
        return GateParser.Parse(GateKind.Provider, method, result, name, problems, places) with
        {
            MayBeNull = mayBeNull,
            IsValueType = type.IsValueType,
            IsDisposable = type.AllInterfaces.Concat([type]).Any(one => one.PlainName() is "System.IDisposable" or "System.IAsyncDisposable"),
            Challenge = challenge,
        };
    }

    /// <summary>There are arguments, and none of them is a challenge or the lack of one.</summary>
    private static bool IsUnreadable(AttributeData attribute) =>
        attribute.ApplicationSyntaxReference?.GetSyntax() is AttributeSyntax { ArgumentList.Arguments.Count: > 0 }
        && !attribute.NamedArguments.Any(argument => argument is { Key: "Challenge", Value.Kind: not TypedConstantKind.Error });

    /// <summary>What stands for a provider of which it is not known what it gives: of what it may have given nothing is said.</summary>
    private static GateModel UnknownOf(ISymbol symbol)
    {
        var nothing = new ResultModel(ResultKind.Empty, Awaiting.None, "", false, false);
        var member = new MemberModel(MemberKind.Method, symbol.Name, true, EquatableArray<ParameterModel>.Empty, nothing, false, null, null);
        return new GateModel(GateKind.Provider, symbol.Key() + "|gate", RouteParser.LabelOf(symbol), member, "");
    }

    /// <summary>Why no parameter can have the type from a provider, or null.</summary>
    private static string? ReasonAgainst(ITypeSymbol type, IMethodSymbol method) => type switch
    {
        _ when method.ReturnsByRef || method.ReturnsByRefReadonly => "it is a reference to a variable; return the value",
        _ when type.SpecialType == SpecialType.System_Void || type.PlainName() is "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask" =>
            "there is no value; return the value that handlers ask for",
        _ when !ParameterParser.CanBeProvided(type) =>
            "parameters of that type have another meaning; declare a type of your own, such as a record, and return "
                + "that",
        _ => null,
    };
}
