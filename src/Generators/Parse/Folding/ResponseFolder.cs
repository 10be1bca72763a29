using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Prebake.Shared;

namespace Prebake.Generators.Parse.Folding;

/// <summary>Does what <c>new Response(…) { … }</c> and the factories of <c>Response</c> do. What they would refuse is left to them: they say it best.</summary>
internal sealed class ResponseFolder(ConstantFolder folder, ExpressionFolder expressions)
{
    private const string Html = "text/html;charset=utf-8";

    public FoldedValue? FoldCreation(IObjectCreationOperation creation, Scope scope)
    {
        FoldedResponse response;
        switch (creation.Arguments)
        {
            case []:
                response = new FoldedResponse { Body = "" };
                break;
            case [{ Parameter.Type.SpecialType: SpecialType.System_String, Value: var value }]:
                if (Text(value, scope) is not { } text) return null;
                response = new FoldedResponse { Body = text, ContentType = MediaType.Text };
                break;
            default:
                return expressions.Unknown(creation.Syntax);
        }

        foreach (IOperation entry in creation.Initializer?.Initializers ?? [])
        {
            bool done = entry switch
            {
                ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "Status" } } status => SetStatus(response, expressions.Fold(status.Value, scope)),
                IMemberInitializerOperation { InitializedMember: IPropertyReferenceOperation { Property.Name: "Headers" }, Initializer: var fields } => fields.Initializers.All(field => AddField(response, field, scope)),
                _ => expressions.Unknown(entry.Syntax) is not null,
            };
            if (!done) return null;
        }

        return response;
    }

    public FoldedValue? FoldFactory(IInvocationOperation call, Scope scope)
    {
        var arguments = call.Arguments.Where(argument => argument.Parameter is not null).ToDictionary(argument => argument.Parameter!.Name, argument => argument.Value);
        FoldedResponse? response = call.TargetMethod.Name switch
        {
            "Text" => OfText(arguments["text"], MediaType.Text, scope),
            "Html" when call.TargetMethod.Parameters[0].RefKind == RefKind.None => OfText(arguments["html"], Html, scope),
            "Html" => OfHtml(arguments["html"], scope),
            "Json" when !arguments.ContainsKey("type") => OfJson(arguments["value"], call.TargetMethod.TypeArguments[0], scope),
            "Bytes" => OfBytes(arguments, scope),
            "Redirect" => OfRedirect(arguments, scope),
            "Problem" when arguments.ContainsKey("status") => OfProblem(arguments, scope),
            "Empty" => new FoldedResponse { Body = "" },
            _ => expressions.Unknown(call.Syntax) as FoldedResponse,
        };
        if (response is null || response.Status != 0 || !arguments.TryGetValue("status", out IOperation? status)) return response;

        FoldedValue? value = expressions.Fold(status, scope);
        return value is FoldedConstant { Value: 0 } || SetStatus(response, value) ? response : null;
    }

    private FoldedResponse? OfText(IOperation operation, string contentType, Scope scope) =>
        Text(operation, scope) is { } text ? new FoldedResponse { Body = text, ContentType = contentType } : null;

    private FoldedResponse? OfJson(IOperation operation, ITypeSymbol type, Scope scope)
    {
        if (expressions.Fold(operation, scope) is not { } value || new JsonFolder(folder, expressions).Fold(value, type) is not { } json) return null;
        return new FoldedResponse { Json = json, JsonType = type.FullName(), ContentType = MediaType.Json };
    }

    private FoldedResponse? OfBytes(Dictionary<string, IOperation> arguments, Scope scope)
    {
        if (expressions.Fold(arguments["bytes"], scope) is not { } bytes || Text(arguments["contentType"], scope) is not { } type) return null;
        if (TextOf(bytes) is not { } text) return Fail("its bytes are not UTF-8");
        return type.All(c => c is >= ' ' and <= '~')
            ? new FoldedResponse { Body = text, ContentType = type }
            : Fail("its content type cannot be sent");
    }

    private FoldedResponse? OfRedirect(Dictionary<string, IOperation> arguments, Scope scope)
    {
        if (Text(arguments["location"], scope) is not { } location) return null;
        if (!location.All(c => c is >= ' ' and <= '~') || !FieldSyntax.IsValue(location))
            return Fail("its location must be encoded first");
        if (expressions.Fold(arguments["status"], scope) is not FoldedConstant { Value: int status }
            || status is not (301 or 302 or 303 or 307 or 308))
            return Fail("its status does not redirect");

        var response = new FoldedResponse { Body = "", Status = status };
        response.Fields.Add(new StaticField("Location", location));
        return response;
    }

    private FoldedResponse? OfProblem(Dictionary<string, IOperation> arguments, Scope scope)
    {
        if (expressions.Fold(arguments["status"], scope) is not FoldedConstant { Value: int status }
            || status is < 200 or > 599)
            return Fail("its status is not one of a response");

        string?[] texts = new string?[3];
        string[] names = ["detail", "title", "type"];
        for (int i = 0; i < names.Length; i++)
        {
            if (expressions.Fold(arguments[names[i]], scope) is not FoldedConstant { Value: string or null } text) return null;
            texts[i] = (string?)text.Value;
        }

        return new FoldedResponse
        {
            Status = status,
            ContentType = "application/problem+json",
            Body = Encoding.UTF8.GetString(ProblemDetails.Write(status, texts[0], texts[1], texts[2])),
        };
    }

    /// <summary>The parts between the holes as they are, what is in the holes encoded, in the invariant culture.</summary>
    private FoldedResponse? OfHtml(IOperation operation, Scope scope)
    {
        if (operation is not IInterpolatedStringHandlerCreationOperation { Content: IInterpolatedStringOperation { Parts: var parts } }) return expressions.Unknown(operation.Syntax) as FoldedResponse;

        var html = new StringBuilder();
        foreach (IInterpolatedStringContentOperation part in parts)
        {
            if (part is not IInterpolatedStringAppendOperation { AppendCall: IInvocationOperation { Arguments: [{ Value: var content }, ..] } call }) return expressions.Unknown(part.Syntax) as FoldedResponse;
            if (expressions.Fold(content, scope) is not { } value) return null;

            if (part.Kind == OperationKind.InterpolatedStringAppendLiteral) html.Append((string)((FoldedConstant)value).Value!);
            else if (value is FoldedHtml own) html.Append(own.Text);
            else if (call.Arguments.Length == 1 || call.Arguments[1].ArgumentKind == ArgumentKind.DefaultValue)
            {
                string? text = value is FoldedConstant { Type.TypeKind: not TypeKind.Enum } constant ? ExpressionFolder.Text(constant.Value, isInvariant: true) : null;
                // Above ASCII the encoder has its own ideas, which are not repeated here
                if (text is null || text.Any(c => c > '~'))
                    return Fail($"'{part.Syntax}' is encoded when the program runs");
                foreach (char c in text) html.Append(c switch { '<' => "&lt;", '>' => "&gt;", '"' => "&quot;", '\'' => "&#39;", '&' => "&amp;", _ => c.ToString() });
            }
            else return expressions.Unknown(part.Syntax) as FoldedResponse;
        }

        return new FoldedResponse { Body = html.ToString(), ContentType = Html };
    }

    private bool SetStatus(FoldedResponse response, FoldedValue? value)
    {
        if (value is not FoldedConstant { Value: int status }) return false;

        response.Status = status;
        return status is >= 200 and <= 599 || Fail($"{status} is not a status of a response") is not null;
    }

    /// <summary><c>["Name"] = "value"</c> replaces, <c>{ "Name", "value" }</c> adds.</summary>
    private bool AddField(FoldedResponse response, IOperation entry, Scope scope)
    {
        (IOperation? name, IOperation? value, bool replaces) = entry switch
        {
            ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Arguments: [var key] }, Value: var text } => (key.Value, text, true),
            IInvocationOperation { TargetMethod.Name: "Add", Arguments: [var key, var text] } => (key.Value, text.Value, false),
            _ => ((IOperation?)null, (IOperation?)null, false),
        };
        if (name is null || value is null) return expressions.Unknown(entry.Syntax) is not null;
        if (expressions.Fold(name, scope) is not FoldedConstant { Value: string field } || expressions.Fold(value, scope) is not FoldedConstant { Value: string or null } content) return false;

        if (replaces) response.Fields.RemoveAll(other => other.Is(field));
        if (content.Value is not string line) return replaces;
        if (!FieldSyntax.IsToken(field) || FieldSyntax.IsFraming(field) || !FieldSyntax.IsValue(line))
            return Fail($"the header '{field}' cannot be sent") is not null;

        response.Fields.Add(new StaticField(field, line));
        return true;
    }

    private string? Text(IOperation operation, Scope scope)
    {
        FoldedValue? value = expressions.Fold(operation, scope);
        if (value is FoldedConstant { Value: string text }) return text;

        if (value is not null) folder.Fail($"'{operation.Syntax}' is null");
        return null;
    }

    /// <summary>Bytes as text, if they are UTF-8.</summary>
    public static string? TextOf(FoldedValue value)
    {
        if (value is FoldedBytes { Text: var known }) return known;
        if (value is not FoldedList { Items: var items } || !items.All(item => item is FoldedConstant { Value: IConvertible and not string })) return null;

        byte[] bytes = items.Select(item => Convert.ToByte(((FoldedConstant)item).Value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        string text = Encoding.UTF8.GetString(bytes);
        return Encoding.UTF8.GetBytes(text).SequenceEqual(bytes) ? text : null;
    }

    private FoldedResponse? Fail(string reason)
    {
        folder.Fail(reason);
        return null;
    }
}
