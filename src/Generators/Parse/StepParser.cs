using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;
using Prebake.Generators.Parse.Folding;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads what stands around handlers: <c>[Before]</c>, <c>[After]</c>, <c>[Around]</c>, and <c>[Use]</c>.</summary>
internal static class StepParser
{
    /// <summary>Whether a method is called around handlers.</summary>
    public static bool IsStep(AttributeData attribute) =>
        attribute.AttributeClass is { ContainingNamespace.Name: "Prebake" } kind && KnownNames.StepAttributes.Any(kind.IsCalled);

    /// <summary>A method of a class with routes. That of an object that is used elsewhere is read where that is.</summary>
    public static Parsed ParseMethod(Annotated context, string attributeName)
    {
        if (context.TargetSymbol is not IMethodSymbol { MethodKind: MethodKind.Ordinary, ContainingType: { } type } method || !type.IsNamed()) return Parsed.None;
        if (!IsApp(type)) return Parsed.None;

        var problems = new List<Problem>();
        AppParser.Host host = AppParser.Parse(type, context.SemanticModel.Compilation, problems);
        AttributeData attribute = context.OwnAttributes().Select(own => own.Attribute).FirstOrDefault() ?? context.Attributes[0];
        string key = method.Key() + "|" + attributeName;
        // Two of them on one method: it would be called twice, at one place
        StepModel? step = StepOf(method, KindOf(attributeName), key, RouteParser.LabelOf(method), OrderOf(method, problems), problems);
        return Of(host, context, key, problems, step is null ? [] : [step with
        {
            Constants = attribute.Named("Constants", true),
            Folded = step.Kind == StepKind.After ? HeaderFolder.Fold(context.TargetNode, method, context.SemanticModel) : null,
        }]);
    }

    /// <summary>A member with an object.</summary>
    public static Parsed ParseUse(Annotated context)
    {
        ISymbol member = context.TargetSymbol;
        // The compiler has said that it belongs on a field or a property
        if (member is not (IFieldSymbol { AssociatedSymbol: null } or IPropertySymbol { IsIndexer: false }) || member.ContainingType is not { TypeKind: TypeKind.Class } type || !type.IsNamed()) return Parsed.None;

        var problems = new List<Problem>();
        string key = member.Key() + "|use", label = RouteParser.LabelOf(member);
        ITypeSymbol used = member is IFieldSymbol field ? field.Type : ((IPropertySymbol)member).Type;
        if (!AppParser.HasRoutes(type))
        {
            // A class without routes has no table, so it need not be fit for one
            problems.Add(Problem.At(Diagnostics.NothingToUse, RouteParser.TypeLocation(member), label, used.ShortName(),
                $"would stand around nothing, since '{type.Name}' has no routes; move it to a class that has"));
            return Parsed.None with { Problems = problems.ToEquatable() };
        }

        AppParser.Host host = AppParser.Parse(type, context.SemanticModel.Compilation, problems);
        AttributeData attribute = context.OwnAttributes().Select(own => own.Attribute).FirstOrDefault() ?? context.Attributes[0];
        if (used.PlainName() == CrossOriginParser.Type) CrossOriginParser.Check(context.TargetNode, context.SemanticModel, problems);
        return used.IsBroken() || member.HasTwin() ? Of(host, context, key, problems, []) : Of(host, context, key, problems, StepsOf(member, used, attribute, key, label, context, problems));
    }

    private static Parsed Of(AppParser.Host host, Annotated context, string key, List<Problem> problems, StepModel[] steps) =>
        new(EquatableArray<RouteModel>.Empty, problems.ToEquatable(), host.Places.Append(new RoutePlace(key, Place.Of(context.TargetSymbol.NameLocation()))).ToEquatable())
        {
            Host = host.App,
            Steps = steps.ToEquatable(),
        };

    private static StepModel[] StepsOf(
        ISymbol member, ITypeSymbol used, AttributeData attribute, string key, string label, Annotated context, List<Problem> problems)
    {
        IMethodSymbol[] methods = MethodsOf(used);
        string? reason = used switch
        {
            { TypeKind: not TypeKind.Class } => "is not a class",
            _ when member is IPropertySymbol { GetMethod: null } => "cannot be read, since the property has no 'get'",
            _ when MountParser.IsMadeNull(context.TargetNode) => "is null here; give it an object, such as 'new()'",
            _ when methods.Length == 0 => "has no method with [Before], [After] or [Around]",
            _ => methods.FirstOrDefault(method => !context.SemanticModel.Compilation.IsSymbolAccessibleWithin(method, member.ContainingType)) is { } hidden
                ? $"has '{hidden.Name}', which cannot be called from here; make it public"
                : null,
        };
        if (reason is not null)
        {
            problems.Add(Problem.At(Diagnostics.NothingToUse, RouteParser.TypeLocation(member), label, used.ShortName(), reason));
            return [];
        }

        var model = new UsedModel(member.Name, member.IsStatic, used.WithNullableAnnotation(NullableAnnotation.None).FullName(), label) { IsForbidden = member.IsForbiddenMember() };
        int order = OrderOf(member, problems);
        bool constants = attribute.Named("Constants", true);
        EquatableArray<StaticField>? folded = used.PlainName() == CrossOriginParser.Type ? CrossOriginParser.Fold(member, context.TargetNode, context.SemanticModel) : null;
        return methods.SelectMany((method, number) => KnownNames.StepAttributes
                .Where(name => method.Find(name) is not null)
                .Select(name => StepOf(method, KindOf(name), $"{key}|{Literal.Number(number)}|{name}", label + "." + method.Name, order, problems, RouteParser.TypeLocation(member))))
            .Where(step => step is not null)
            .Select(step => step! with
            {
                Used = model,
                Constants = constants,
                // What answers is not for what a constant route answers
                Folded = folded is null || step.Kind == StepKind.After ? folded : EquatableArray<StaticField>.Empty,
            })
            .ToArray();
    }

    /// <summary>Those of the base classes first.</summary>
    private static IMethodSymbol[] MethodsOf(ITypeSymbol type)
    {
        var methods = new List<IMethodSymbol>();
        for (ITypeSymbol? at = type; at is { SpecialType: SpecialType.None }; at = at.BaseType)
            methods.InsertRange(0, at.GetMembers().OfType<IMethodSymbol>().Where(method => method.GetAttributes().Any(IsStep)));
        return methods.ToArray();
    }

    private static StepKind KindOf(string attribute) => attribute switch
    {
        KnownNames.Before => StepKind.Before,
        KnownNames.After => StepKind.After,
        _ => StepKind.Around,
    };

    /// <summary>A class whose table this is: it has routes or parts, or its methods would be for nobody.</summary>
    private static bool IsApp(INamedTypeSymbol type) => type.TypeKind == TypeKind.Class && AppParser.HasRoutes(type);

    /// <summary>Where a member stands among those of its class that stand around handlers; they must be in one part of it, as parts have no order.</summary>
    private static int OrderOf(ISymbol member, List<Problem> problems)
    {
        ISymbol[] all = member.ContainingType.GetMembers()
            .Where(other => other.GetAttributes().Any(attribute => IsStep(attribute) || attribute.AttributeClass!.IsCalled(KnownNames.Use)))
            .ToArray();
        if (all.FirstOrDefault(other => PartOf(other) != PartOf(member)) is { } elsewhere && Array.IndexOf(all, elsewhere) < Array.IndexOf(all, member))
            problems.Add(Problem.At(Diagnostics.StepsInSeveralParts, member.NameLocation(), RouteParser.LabelOf(elsewhere), RouteParser.LabelOf(member)));

        return Array.IndexOf(all, member);
    }

    private static SyntaxNode? PartOf(ISymbol member) =>
        member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax().FirstAncestorOrSelf<TypeDeclarationSyntax>();

    private static StepModel? StepOf(
        IMethodSymbol method, StepKind kind, string key, string label, int order, List<Problem> problems, Location? place = null)
    {
        if (method.ReturnType.IsBroken() || method.IsUncallable()) return null;
        if (!RouteParser.CheckAsync(method, problems) || !RouteParser.CheckCallable(method, problems)) return null;

        int before = problems.Count;
        EquatableArray<ParameterModel> parameters = method.Parameters.Any(ParameterParser.IsOfForm)
            ? EquatableArray<ParameterModel>.Empty
            : ParameterParser.Parse(method, null, s_withoutBody, isError: false, null, problems)
                .Select(parameter => GateParser.Settle(parameter, method, "add a [Provide] method that returns it, or ")).ToEquatable();
        ResultModel? result = kind == StepKind.Before && RefusalOf(method.ReturnType) is { } refusal ? refusal : ResultParser.Parse(method.ReturnType, out _);
        string? reason = method switch
        {
            { IsGenericMethod: true } => "it is generic, and nothing says for what; use concrete types",
            // Said of the parameter, which the method is without now
            _ when problems.Skip(before).Any(problem => problem.IsError) => null,
            _ when method.Parameters.Any(ParameterParser.IsOfForm) || parameters.Any(parameter => parameter.Source == Source.Body) =>
                "it cannot have the body, which is read after it; ask for Request",
            _ when kind == StepKind.Around && parameters.Count(parameter => parameter.Source == Source.Next) != 1 => "it needs one parameter of type Next",
            _ when kind != StepKind.After && parameters.Any(parameter => parameter.Source == Source.Response) =>
                "there is no response yet; return one, or use [After]",
            _ when parameters.FirstOrDefault(parameter => parameter.Binder is { Awaiting: not Awaiting.None }) is { } late =>
                $"'{late.Name}' binds itself asynchronously; ask for Request, and call it",
            _ when kind == StepKind.Around && result is not { Kind: ResultKind.Response } => "it must return Response, or a task of it",
            _ when result is not { Kind: ResultKind.Empty or ResultKind.Response or ResultKind.Refusal } => kind == StepKind.Before
                ? "it must return nothing, a Response?, an HttpException?, or a task of these"
                : "it must return nothing, a Response?, or a task of these",
            _ when kind == StepKind.After && parameters.Count(parameter => parameter.Source == Source.Response) > 1 => "it has the response twice",
            _ => null,
        };
        if (reason is not null)
        {
            // That it is generic says all about its parameters
            problems.RemoveRange(before, problems.Count - before);
            problems.Add(Problem.At(Diagnostics.BadStep, place ?? method.NameLocation(), label, kind.ToString(), reason));
            return null;
        }

        if (problems.Skip(before).Any(problem => problem.IsError)) return null;

        var member = new MemberModel(MemberKind.Method, method.Name, method.IsStatic, parameters, result!, false, null, null) { IsForbidden = method.IsForbiddenMember() };
        return new StepModel(key, kind, label, order, member);
    }

    /// <summary>An <c>HttpException?</c>, or a task of it: what is refused needs not be thrown.</summary>
    private static ResultModel? RefusalOf(ITypeSymbol type)
    {
        Awaiting awaiting = Awaiting.None;
        if (type is INamedTypeSymbol { TypeArguments: [{ } inner] } && type.PlainName() is "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask")
        {
            awaiting = type.Name == "Task" ? Awaiting.Task : Awaiting.ValueTask;
            type = ((INamedTypeSymbol)type).TypeArguments[0];
        }

        return type.PlainName() == "Prebake.HttpException" ? new ResultModel(ResultKind.Refusal, awaiting, type.FullName(), false, false) : null;
    }

    // Whatever the method is, a step has no body; lists come from the query, then
    private static readonly string[] s_withoutBody = ["GET"];
}
