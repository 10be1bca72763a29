using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads methods that run before a handler: those of <c>[Provide]</c>, and those that <c>[Guard]</c> names.</summary>
internal static class GateParser
{
    // A body of JSON is refused with a message of its own, so the method is one that has none
    private static readonly string[] s_methods = ["GET"];

    /// <summary>The method; where something is wrong with it, a problem, and as much as others need to know of it.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="method">The user's.</param>
    /// <param name="result">What it returns.</param>
    /// <param name="type">What a provider gives.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <param name="places">Takes where it is.</param>
    public static GateModel Parse(
        GateKind kind, IMethodSymbol method, ResultModel result, string type, List<Problem> problems, List<RoutePlace> places)
    {
        string key = KeyOf(method), label = RouteParser.LabelOf(method);
        places.Add(new RoutePlace(key, Place.Of(method.NameLocation())));
        foreach (IParameterSymbol parameter in method.Parameters)
            places.Add(new RoutePlace(key + "|" + parameter.Name, Place.Of(parameter.NameLocation())));

        EquatableArray<ParameterModel> parameters = EquatableArray<ParameterModel>.Empty;
        if (method.IsGenericMethod) problems.Add(Problem.At(Diagnostics.GenericHandler, method.NameLocation(), method.Name));
        else if (RouteParser.CheckCallable(method, problems))
            parameters = ParametersOf(method, kind, label, problems);

        var member = new MemberModel(MemberKind.Method, method.Name, method.IsStatic, parameters, result, false, null, null)
        {
            IsForbidden = method.IsForbiddenMember(),
        };
        return new GateModel(kind, key, label, member, type);
    }

    private static EquatableArray<ParameterModel> ParametersOf(IMethodSymbol method, GateKind kind, string label, List<Problem> problems)
    {
        foreach (IParameterSymbol form in method.Parameters.Where(ParameterParser.IsOfForm))
            problems.Add(Problem.At(Diagnostics.GateBody, form.NameLocation(), form.Name, label, NameOf(kind)));
        if (method.Parameters.Any(ParameterParser.IsOfForm)) return EquatableArray<ParameterModel>.Empty;

        ParameterModel[] parameters = ParameterParser.Parse(method, null, s_methods, false, null, problems)
            .Select(parameter => Settle(parameter, method, kind == GateKind.Provider ? "add a provider of it, or " : "add a [Provide] method that returns it, or ")).ToArray();
        foreach (ParameterModel parameter in parameters)
            if (parameter.Source == Source.Body)
                problems.Add(Problem.At(Diagnostics.GateBody, PlaceOf(method, parameter), parameter.Name, label, NameOf(kind)));
            else if (ReasonAgainst(parameter) is { } reason)
                problems.Add(Problem.At(Diagnostics.ParameterType, PlaceOf(method, parameter), parameter.Name, parameter.Type.Replace("global::", ""), reason));
        return parameters.Where(parameter => parameter.Source != Source.Body && ReasonAgainst(parameter) is null).ToEquatable();
    }

    private static string? ReasonAgainst(ParameterModel parameter) => parameter switch
    {
        { Source: Source.Response } => "there is no response yet; a guard may return one, and a handler may ask for it",
        { Binder.Awaiting: not Awaiting.None } => "its type is read asynchronously, which is done in front of handlers only; let a [Provide] method await it",
        _ => null,
    };

    public static string KeyOf(IMethodSymbol method) => method.Key() + "|gate";

    /// <summary>The result of a task, or the type itself.</summary>
    public static ITypeSymbol ResultOf(IMethodSymbol method, out Awaiting awaiting)
    {
        ITypeSymbol type = method.ReturnType;
        awaiting = Awaiting.None;
        if (type is not INamedTypeSymbol { TypeArguments: [{ } inner] }) return type;

        awaiting = type.PlainName() switch
        {
            "System.Threading.Tasks.Task" => Awaiting.Task,
            "System.Threading.Tasks.ValueTask" => Awaiting.ValueTask,
            _ => Awaiting.None,
        };
        return awaiting == Awaiting.None ? type : inner;
    }

    private static string NameOf(GateKind kind) => kind == GateKind.Provider ? "a provider" : "a guard";

    private static Location? PlaceOf(IMethodSymbol method, ParameterModel parameter) =>
        method.Parameters.First(own => own.Name == parameter.Name).NameLocation();

    /// <summary>What a handler would take from the body, or not at all, must be provided here.</summary>
    public static ParameterModel Settle(ParameterModel parameter, IMethodSymbol method, string advice) =>
        parameter.Refusal is null
            ? parameter
            : parameter with
            {
                Refusal = new Refusal(Diagnostics.MissingProvider.Id, new[]
                {
                    $"The parameter '{parameter.Name}' of '{RouteParser.LabelOf(method)}'",
                    parameter.Type.Replace("global::", ""),
                    "no class above provides it; "
                        + advice
                        + ParameterParser.ToConstructor(method.Parameters.First(own => own.Name == parameter.Name)),
                }.ToEquatable()),
            };
}
