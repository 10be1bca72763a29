using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads the route attributes of one member.</summary>
internal static class RouteParser
{
    public static Parsed Parse(string attributeName, Annotated context, CancellationToken cancellation)
    {
        ISymbol member = context.TargetSymbol;
        if (MisplacedParser.Parse(attributeName, context) is { } misplaced) return misplaced;

        var problems = new List<Problem>();
        var routes = new List<RouteModel>();
        AppParser.Host host = AppParser.Parse(member.ContainingType, context.SemanticModel.Compilation, problems);
        string memberKey = member.Key();
        var places = new List<RoutePlace>(host.Places) { new(memberKey, Place.Of(member.NameLocation())) };
        EquatableArray<StaticField> fields = FieldParser.Merge(host.Fields, FieldParser.Parse(member, problems));

        EquatableArray<GateModel> guards = GuardParser.Parse(member, problems, places);
        bool isTwin = member.HasTwin();

        foreach ((AttributeData attribute, int number) in context.OwnAttributes())
        {
            // The compiler has said that an argument is missing, or that the member is there twice
            if (attribute.AttributeConstructor is null || isTwin) continue;

            string key = memberKey + "|" + attributeName + "|" + number.ToString(CultureInfo.InvariantCulture);
            int before = problems.Count(problem => problem.IsError);
            RouteModel? route = attributeName switch
            {
                KnownNames.Static => StaticParser.Parse(context, host, attribute, key, fields, problems, cancellation),
                KnownNames.WebSocket => SocketParser.Parse(context, host, attribute, key, fields, problems, cancellation),
                _ => ParseHandler(attributeName, (IMethodSymbol)member, host, attribute, key, fields, problems),
            };
            if (route is not null && attributeName == KnownNames.Error) CheckNoGates(member, problems);
            else if (route is not null && (guards.Count > 0 || attributeName == KnownNames.Health || member.Find(KnownNames.Open) is not null))
                route = route with { Guards = guards, IsOpen = attributeName == KnownNames.Health || member.Find(KnownNames.Open) is not null };
            // What is wrong with the guard has been said; the route is not one that was forgotten
            else if (route is not null && member.Find(KnownNames.Guard) is not null) route = route with { HasGuard = true };

            AddPlaces(places, key, attribute, member);
            if (route is not null && problems.Count(problem => problem.IsError) == before) routes.Add(route);
        }

        return new Parsed(routes.ToEquatable(), problems.ToEquatable(), places.ToEquatable()) { Host = host.App };
    }

    /// <summary>The pattern of an attribute with the class's prefix in front, or null and a problem.</summary>
    public static PatternModel? ParsePattern(AppParser.Host host, AttributeData attribute, bool exact, List<Problem> problems, string? given = null, Location? place = null)
    {
        // An argument that is no constant is the compiler's matter
        if (given is null && attribute.ConstructorArguments is [{ Kind: TypedConstantKind.Error }, ..]) return null;

        string path = given ?? attribute.Text(0) ?? "";
        PatternModel? pattern = PatternParser.Parse(path, out PatternParser.Mistake? mistake);
        // "/" under a prefix is the prefix itself: /api, not /api/
        if (mistake is null && host.Prefix.Length > 0) pattern = PatternParser.Parse(path == "/" ? host.Prefix : host.Prefix + path, out mistake);
        if (mistake is null && exact && !pattern!.IsExact) mistake = new(Diagnostics.StaticWithParameters, [pattern.Text]);
        if (mistake is not { } wrong) return pattern;

        problems.Add(Problem.At(wrong.Descriptor, place ?? attribute.ArgumentLocation(0), wrong.Arguments));
        return null;
    }

    private static void AddPlaces(List<RoutePlace> places, string key, AttributeData attribute, ISymbol member)
    {
        places.Add(new RoutePlace(key, Place.Of(attribute.ArgumentLocation(0))));
        places.Add(new RoutePlace(key + "|result", Place.Of(TypeLocation(member))));
        if (attribute.AttributeClass?.Name == "StaticAttribute")
        {
            places.Add(new RoutePlace(key + "|name", Place.Of(member.NameLocation())));
            places.Add(new RoutePlace(key + "|constant", Place.Of(attribute.NamedLocation("Constant"))));
        }

        foreach (IParameterSymbol parameter in (member as IMethodSymbol)?.Parameters ?? [])
            places.Add(new RoutePlace(key + "|" + parameter.Name, Place.Of(parameter.NameLocation())));
    }

    /// <summary>Where the type of a member's value is written.</summary>
    public static Location? TypeLocation(ISymbol member) => member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() switch
    {
        MethodDeclarationSyntax method => method.ReturnType.GetLocation(),
        PropertyDeclarationSyntax property => property.Type.GetLocation(),
        VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax variables } => variables.Type.GetLocation(),
        _ => member.NameLocation(),
    };

    public static string LabelOf(ISymbol member) => member.ContainingType.Name + "." + member.Name;

    private static RouteModel? ParseHandler(
        string attributeName, IMethodSymbol method, AppParser.Host host, AttributeData attribute, string key,
        EquatableArray<StaticField> fields, List<Problem> problems)
    {
        RouteKind kind = attributeName switch { KnownNames.Fetch => RouteKind.Fetch, KnownNames.Error => RouteKind.Error, _ => RouteKind.Handler };
        PatternModel? pattern = null;
        EquatableArray<string> methods = new[] { "*" }.ToEquatable();

        if (kind == RouteKind.Handler)
        {
            bool isHealth = attributeName == KnownNames.Health;
            methods = isHealth ? new[] { "GET" }.ToEquatable() : ParseMethods(attributeName, method, attribute, problems);
            pattern = ParsePattern(host, attribute, exact: isHealth, problems, isHealth ? attribute.Text(0) ?? HealthParser.DefaultReady : null);
            if (pattern is null || methods.Count == 0) return null;
        }

        if (method.IsGenericMethod) problems.Add(Problem.At(Diagnostics.GenericHandler, method.NameLocation(), method.Name));
        if (!CheckAsync(method, problems) || !CheckCallable(method, problems)) return null;

        // The compiler has said that a type does not exist, or that a name is missing
        if (method.ReturnType.IsBroken() || method.IsUncallable()) return null;

        EquatableArray<ParameterModel> parameters = ParameterParser.Parse(
            method, pattern, methods.ToArray(), kind == RouteKind.Error, attribute.ArgumentLocation(0), problems);
        // What is missing has its message, or a type in it does not exist, which the compiler has said
        if (parameters.Count < method.Parameters.Length) return null;

        ResultModel? result = ParseResult(method, attributeName == KnownNames.Health, problems);
        if (result is null) return null;

        if (kind == RouteKind.Error && result.Kind == ResultKind.Empty)
        {
            problems.Add(Problem.At(Diagnostics.SilentError, TypeLocation(method), LabelOf(method), method.ReturnType.ShortName()));
            return null;
        }

        var member = new MemberModel(MemberKind.Method, method.Name, method.IsStatic, parameters, result,
            method.Find(KnownNames.Blocking) is not null,
            LimitParser.MaxBody(method, problems) ?? host.MaxBody, LimitParser.IdleTimeout(method, problems) ?? host.IdleTimeout)
        {
            Deadline = LimitParser.Deadline(method, problems) ?? host.Deadline,
            IsForbidden = method.IsForbiddenMember(),
            Status = StatusParser.Parse(method, kind, result, problems),
        };
        if (parameters.FirstOrDefault(parameter => parameter.Source == Source.Response) is { } response && !StatusParser.IsFilled(result))
            problems.Add(Problem.At(
                Diagnostics.ParameterType, method.Parameters.First(parameter => parameter.Name == response.Name).NameLocation(), response.Name, "Response",
                StatusParser.WhereHeadersGo(result)));

        return new RouteModel(host.App, key, kind, LabelOf(method), pattern, methods, member, null, fields)
        {
            ErrorDepth = kind == RouteKind.Error ? method.Parameters.Select(parameter => ParameterParser.DepthOf(parameter.Type)).Append(0).Max() : 0,
        };
    }

    /// <summary>What goes wrong is answered whoever has asked.</summary>
    private static void CheckNoGates(ISymbol member, List<Problem> problems)
    {
        foreach (AttributeData attribute in member.FindAll(KnownNames.Guard).Concat(member.FindAll(KnownNames.Open)))
        {
            string name = attribute.AttributeClass!.Name;
            name = name.Substring(0, name.Length - "Attribute".Length);
            problems.Add(Problem.At(
                Diagnostics.IdleGate, attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation(),
                $"[{name}] on '{LabelOf(member)}'", "what goes wrong is answered whoever has asked; remove it"));
        }
    }

    /// <summary>Nobody can wait for <c>async void</c>: its answer would be sent at the first await, and what it throws later ends the process.</summary>
    public static bool CheckAsync(IMethodSymbol method, List<Problem> problems)
    {
        if (!method.ReturnsVoid || !(method.IsAsync || method.PartialImplementationPart is { IsAsync: true })) return true;

        problems.Add(Problem.At(Diagnostics.AsyncVoid, TypeLocation(method), LabelOf(method)));
        return false;
    }

    /// <summary>
    /// C# refuses the call of some methods, and leaves out that of others without a word. Whether a partial method has a body
    /// is seen when all generators have run: an analyzer asks.
    /// </summary>
    public static bool CheckCallable(IMethodSymbol method, List<Problem> problems)
    {
        string? reason = method switch
        {
            { IsVararg: true } => "takes '__arglist', so there is nothing to call it with; declare parameters",
            _ when method.Find("System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute") is not null =>
                "has [UnmanagedCallersOnly], so no C# code can call it; put the route on a method of its own",
            _ when method.ReturnsVoid && method.Find("System.Diagnostics.ConditionalAttribute") is not null =>
                "has [Conditional], so C# may leave out the call and nothing would run; "
                + "remove [Conditional], and use #if inside the method",
            _ => null,
        };
        if (reason is null) return true;

        problems.Add(Problem.At(Diagnostics.UncallableHandler, method.NameLocation(), LabelOf(method), reason));
        return false;
    }

    private static EquatableArray<string> ParseMethods(string attributeName, ISymbol member, AttributeData attribute, List<Problem> problems)
    {
        if (attributeName != KnownNames.Route) return new[] { KnownNames.MethodOf(attributeName) }.ToEquatable();

        string[] names = attribute.ConstructorArguments is [_, { Kind: TypedConstantKind.Array, IsNull: false } list]
            ? list.Values.Select(value => value.Value as string ?? "").ToArray()
            : [];
        if (names.Length == 0)
        {
            problems.Add(Problem.At(Diagnostics.NoMethods, attribute.ArgumentLocation(1), LabelOf(member), attribute.Text(0) ?? "/"));
            return EquatableArray<string>.Empty;
        }

        string? wrong = names.FirstOrDefault(name => !MethodNames.IsValid(name));
        if (wrong is null) return MethodNames.Split(string.Join(",", names));

        problems.Add(Problem.At(Diagnostics.BadMethod, attribute.ArgumentLocation(1 + Math.Max(0, Array.IndexOf(names, wrong))), wrong));
        return EquatableArray<string>.Empty;
    }

    private static ResultModel? ParseResult(IMethodSymbol method, bool isHealth, List<Problem> problems)
    {
        if (isHealth)
        {
            ResultModel? readiness = HealthParser.ParseResult(method.ReturnType);
            if (readiness is null) problems.Add(Problem.At(Diagnostics.HealthResult, TypeLocation(method), LabelOf(method), method.ReturnType.ShortName()));
            return readiness;
        }

        if (ResultParser.Parse(method.ReturnType, out bool streams) is { } result) return result;

        problems.Add(streams
            ? Problem.At(Diagnostics.StreamNotSupported, TypeLocation(method), LabelOf(method), method.ReturnType.ShortName())
            : ResultParser.Refuse(method.ReturnType, TypeLocation(method), LabelOf(method)));
        return null;
    }
}
