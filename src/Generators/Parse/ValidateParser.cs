using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Validate]</c>: whether the method can be one. Which handlers it is for is decided in the table.</summary>
internal static class ValidateParser
{
    public static Parsed Parse(Annotated context)
    {
        if (MisplacedParser.Parse(KnownNames.Validate, context) is { } misplaced) return misplaced;
        if (context.TargetSymbol is not IMethodSymbol method) return Parsed.None;

        var problems = new List<Problem>();
        if (!AppParser.HasRoutes(method.ContainingType))
        {
            // A class without routes has no table, so it need not be fit for one
            problems.Add(Problem.At(Diagnostics.ValidateMethod, method.NameLocation(), RouteParser.LabelOf(method),
                $"it is for handlers of its own class, and '{method.ContainingType.Name}' has no routes; move it to "
                    + "the class that has them, or implement IValidatableObject"));
            return Parsed.None with { Problems = problems.ToEquatable() };
        }

        AppParser.Host host = AppParser.Parse(method.ContainingType, context.SemanticModel.Compilation, problems);
        string key = method.Key() + "|validate";
        ValidatorModel? model = ModelOf(method, key, problems);
        return new Parsed(EquatableArray<RouteModel>.Empty, problems.ToEquatable(), host.Places.Append(new RoutePlace(key, Place.Of(method.NameLocation()))).ToEquatable())
        {
            Host = host.App,
            Validators = model is null ? EquatableArray<ValidatorModel>.Empty : new[] { model }.ToEquatable(),
        };
    }

    private static ValidatorModel? ModelOf(IMethodSymbol method, string key, List<Problem> problems)
    {
        // The compiler has said that a type does not exist, or that a name is missing
        if (method.ReturnType.IsBroken() || method.IsUncallable()) return null;
        if (!RouteParser.CheckAsync(method, problems) || !RouteParser.CheckCallable(method, problems)) return null;

        ValidatorParameter[] parameters = method.Parameters.Select(ParameterOf).ToArray();
        if (ReasonAgainst(method, parameters) is { } reason)
        {
            problems.Add(Problem.At(Diagnostics.ValidateMethod, method.NameLocation(), RouteParser.LabelOf(method), reason));
            return null;
        }

        Awaiting awaiting = method.ReturnsVoid ? Awaiting.None : method.ReturnType.Name == "Task" ? Awaiting.Task : Awaiting.ValueTask;
        return new ValidatorModel(key, RouteParser.LabelOf(method), method.Name, method.IsStatic, awaiting, parameters.ToEquatable())
        {
            IsForbidden = method.IsForbiddenMember(),
        };
    }

    private static ValidatorParameter ParameterOf(IParameterSymbol parameter)
    {
        ITypeSymbol type = parameter.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : parameter.Type;
        return new ValidatorParameter(parameter.Name, type.FullName(), type.PlainName() switch
        {
            "Prebake.Errors" => Source.Errors,
            "Prebake.Request" => Source.Request,
            "Prebake.Server" => Source.Server,
            "System.Threading.CancellationToken" => Source.Aborted,
            _ => Source.Body,
        });
    }

    private static string? ReasonAgainst(IMethodSymbol method, ValidatorParameter[] parameters)
    {
        if (method.IsGenericMethod) return "it is generic; use concrete types";
        if (!method.ReturnsVoid && !(method.ReturnType is INamedTypeSymbol { Arity: 0 } && method.ReturnType.PlainName() is "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask"))
            return $"it returns '{method.ReturnType.ShortName()}', which nothing would look at; return nothing, Task "
                + $"or ValueTask, and add to its Errors";
        if (method.Parameters.Any(parameter => parameter.RefKind != RefKind.None))
            return "a parameter is passed by reference; pass it by value";
        if (method.Parameters.Any(parameter => parameter.Type.IsRefLikeType))
            return "a parameter is a span; use 'string' or 'byte[]'";
        if (parameters.Count(parameter => parameter.Source == Source.Errors) != 1)
            return "it has nowhere to say what is wrong; give it one parameter 'Errors errors'";
        return parameters.All(parameter => parameter.Source != Source.Body)
            ? "it has no value to look at; give it a parameter of the type that handlers have"
            : null;
    }
}
