using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[WebSocket]</c>: a GET route whose method returns the handler of a connection.</summary>
internal static class SocketParser
{
    private static readonly EquatableArray<string> s_get = new[] { "GET" }.ToEquatable();

    public static RouteModel? Parse(
        Annotated context, AppParser.Host host, AttributeData attribute, string key,
        EquatableArray<StaticField> fields, List<Problem> problems, CancellationToken cancellation)
    {
        var method = (IMethodSymbol)context.TargetSymbol;
        PatternModel? pattern = RouteParser.ParsePattern(host, attribute, exact: false, problems);
        EquatableArray<SocketOption> options = SocketOptionParser.Parse(attribute, problems);
        CheckAttributes(method, problems);
        if (method.IsGenericMethod)
            problems.Add(Problem.At(Diagnostics.GenericHandler, method.NameLocation(), method.Name));
        if (pattern is null || method.IsGenericMethod || !RouteParser.CheckCallable(method, problems)) return null;

        // The compiler has said that a type does not exist, or that a name is missing
        if (method.ReturnType.IsBroken()) return null;
        if (method.IsUncallable()) return null;

        ResultModel? result = ParseResult(method.ReturnType, out ITypeSymbol handler);
        if (result is null)
        {
            problems.Add(Problem.At(
                Diagnostics.SocketResult, RouteParser.TypeLocation(method), RouteParser.LabelOf(method),
                method.ReturnType.ShortName()));
            return null;
        }

        EquatableArray<ParameterModel> parameters = ParseParameters(method, pattern, attribute, problems);
        if (parameters.Count < method.Parameters.Length) return null;

        SocketCallbacks callbacks =
            HandlerTypes.CallbacksOf(method, handler, context.SemanticModel.Compilation, cancellation);
        var member = new MemberModel(
            MemberKind.Method, method.Name, method.IsStatic, parameters, result,
            Blocking: false, MaxBody: null, IdleTimeout: null)
        {
            IsForbidden = method.IsForbiddenMember(),
        };

        // What the fields of the class and of the method say of a representation has no place on a 101
        return new RouteModel(
            host.App, key, RouteKind.Handler, RouteParser.LabelOf(method), pattern, s_get, member, null,
            FieldParser.ForEveryResponse(fields))
        {
            Socket = new SocketModel(options, callbacks),
        };
    }

    /// <summary>Null when it is not a handler, nor a task of one.</summary>
    private static ResultModel? ParseResult(ITypeSymbol type, out ITypeSymbol handler)
    {
        Awaiting awaiting = type.PlainName() switch
        {
            "System.Threading.Tasks.Task" => Awaiting.Task,
            "System.Threading.Tasks.ValueTask" => Awaiting.ValueTask,
            _ => Awaiting.None,
        };
        handler = awaiting != Awaiting.None && type is INamedTypeSymbol { TypeArguments: [{ } inner] } ? inner : type;
        return HandlerTypes.IsHandler(handler)
            ? new ResultModel(ResultKind.Socket, awaiting, handler.FullName(), false, false)
            : null;
    }

    private static EquatableArray<ParameterModel> ParseParameters(
        IMethodSymbol method, PatternModel pattern, AttributeData attribute, List<Problem> problems)
    {
        if (method.Parameters.FirstOrDefault(ParameterParser.IsOfForm) is { } form)
        {
            problems.Add(Problem.At(Diagnostics.SocketBody, form.NameLocation(), form.Name, form.Type.ShortName(), ""));
            return EquatableArray<ParameterModel>.Empty;
        }

        EquatableArray<ParameterModel> parameters = ParameterParser.Parse(
            method, pattern, s_get, isError: false, attribute.ArgumentLocation(0), problems);
        foreach (IParameterSymbol parameter in method.Parameters)
            if (parameters.Any(model => model.Source == Source.Response && model.Name == parameter.Name))
                problems.Add(Problem.At(
                    Diagnostics.ParameterType, parameter.NameLocation(), parameter.Name, parameter.Type.ShortName(),
                    "the response of a WebSocket is the server's 101; "
                        + "ask for 'Request request' and use 'request.UpgradeHeaders'"));
        foreach (IParameterSymbol parameter in method.Parameters)
            if (parameters.Any(model => model.Source == Source.Body && model.Name == parameter.Name))
                problems.Add(Problem.At(Diagnostics.SocketBody, parameter.NameLocation(), BodyOf(parameter)));

        // "Use [Post]" would be no help here
        return parameters.Select(model => model.Refusal?.Id != Diagnostics.BodyOnGet.Id ? model : model with
        {
            Refusal = new Refusal(Diagnostics.SocketBody.Id,
                BodyOf(method.Parameters.First(parameter => parameter.Name == model.Name)).ToEquatable()),
        }).ToEquatable();

        static string[] BodyOf(IParameterSymbol parameter) =>
            [parameter.Name, parameter.Type.ShortName(), "; if it is a service, " + ParameterParser.ToConstructor(parameter)];
    }

    /// <summary>What other routes listen to and a WebSocket does not.</summary>
    private static void CheckAttributes(IMethodSymbol method, List<Problem> problems)
    {
        Check(KnownNames.MaxBody, "use MaxPayloadLength of [WebSocket]");
        Check(KnownNames.IdleTimeout, "use IdleTimeout of [WebSocket]");
        Check(KnownNames.Deadline, "use MaxLifetime of [WebSocket]");
        Check(KnownNames.CacheControl, "remove it, as a response that switches protocols is not stored");
        Check(KnownNames.Status, "remove it, as a WebSocket begins with 101");
        Check(KnownNames.Blocking, "return a Task and await what takes long, as with 'await Task.Run(…)'");

        foreach (AttributeData header in method.FindAll(KnownNames.Header))
            if (header.Text(0) is { } name && name.StartsWith("Sec-WebSocket-", StringComparison.OrdinalIgnoreCase))
                problems.Add(Problem.At(Diagnostics.FramingField, header.ArgumentLocation(0), name));

        void Check(string attribute, string instead)
        {
            if (method.Find(attribute) is not { } data) return;

            string name = attribute.Substring("Prebake.".Length, attribute.Length - "Prebake.Attribute".Length);
            problems.Add(Problem.At(
                Diagnostics.SocketIdleAttribute, data.ApplicationSyntaxReference?.GetSyntax().GetLocation(),
                name, RouteParser.LabelOf(method), instead));
        }
    }
}
