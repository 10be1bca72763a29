using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>
/// Finds calls of <c>WebSocketHandler.Send</c>, and of its <c>Publish</c> and the server's, whose whole frame is known at
/// build time.
/// </summary>
internal static class ConstantSendParser
{
    // Beyond it, copying the bytes is all the cost of a message, and the frame would only make the binary larger
    private const int LongestPayload = ushort.MaxValue;

    public static bool IsCandidate(InvocationExpressionSyntax call) =>
        call.ArgumentList.Arguments.Count is >= 1 and <= 4
        && NameOf(call.Expression) is "Send" or "Publish";

    // A call of the base's cannot be intercepted
    private static string? NameOf(ExpressionSyntax called) => called switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: not BaseExpressionSyntax, Name: IdentifierNameSyntax name } =>
            name.Identifier.ValueText,
        MemberBindingExpressionSyntax { Name: IdentifierNameSyntax name } => name.Identifier.ValueText,
        _ => null,
    };

    /// <summary>The calls of all files.</summary>
    public static EquatableArray<ParsedSend> ParseAll(Compilation compilation, CancellationToken cancellation)
    {
        var sends = new List<ParsedSend>();
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            IReadOnlyList<InvocationExpressionSyntax> calls = Guard.Run(StepNames.Sends, "search",
                // What is wrong there is said where routes are looked for
                () => Findings.Of(tree, cancellation).Calls, _ => []);
            if (calls.Count == 0 || !IsWanted(compilation, tree.Options)) continue;

            SemanticModel semantics = compilation.GetSemanticModel(tree);
            foreach (InvocationExpressionSyntax call in calls)
            {
                ParsedSend parsed = Guard.Run(StepNames.Sends, "Send",
                    () => Parse(call, semantics, cancellation),
                    exception => new ParsedSend(null, Guard.ProblemOf(exception, "Send", call.GetLocation())));
                if (parsed.Send is not null || parsed.Problem is not null) sends.Add(parsed);
            }
        }

        return sends.Count == 0 ? EquatableArray<ParsedSend>.Empty : sends.ToEquatable();
    }

    private static ParsedSend Parse(InvocationExpressionSyntax call, SemanticModel semantics, CancellationToken cancellation)
    {
        if (semantics.GetOperation(call, cancellation) is not IInvocationOperation operation) return ParsedSend.None;

        IMethodSymbol method = operation.TargetMethod;
        if (method is not { IsStatic: false, Arity: 0, ContainingType: { Arity: 0 } type }) return ParsedSend.None;

        SendWay? way = (type.PlainName(), method.Name) switch
        {
            (KnownNames.WebSocketHandler, "Send") => SendWay.Send,
            (KnownNames.WebSocketHandler, "Publish") => SendWay.PublishOfHandler,
            (KnownNames.Server, "Publish") => SendWay.PublishOfServer,
            _ => null,
        };
        if (way is null) return ParsedSend.None;

        // Behind the topic
        int first = way == SendWay.Send ? 0 : 1;
        if (method.Parameters.Length <= first) return ParsedSend.None;
        SendShape? shape = (method.Parameters.Length - first, method.Parameters[first].Type.SpecialType) switch
        {
            (2, SpecialType.System_String) => SendShape.Text,
            (2, _) => SendShape.Bytes,
            (3, _) => SendShape.BytesOfKind,
            _ => null,
        };

        // What one socket is sent would have to be compressed each time
        if (shape is null || ValueOf(operation, "compress") is not bool compresses) return ParsedSend.None;
        if (compresses && way == SendWay.Send) return ParsedSend.None;

        string? payload = shape == SendShape.Text ? ValueOf(operation, "text") as string : Utf8Of(operation);
        if (payload is null || Encoding.UTF8.GetByteCount(payload) > LongestPayload) return ParsedSend.None;

        // MessageKind: the opcode of its frame
        int? kind = shape switch
        {
            SendShape.Text => 1,
            SendShape.Bytes => 2,
            _ => ValueOf(operation, "kind") as byte?,
        };
        if (kind is not (1 or 2)) return ParsedSend.None;
        if (semantics.GetInterceptableLocation(call, cancellation) is not { } place) return ParsedSend.None;

        FileLinePositionSpan line = call.SyntaxTree.GetLineSpan(call.Span, cancellation);
        LinePosition at = line.StartLinePosition;
        string display =
            $"{Path.GetFileName(line.Path)}({Literal.Number(at.Line + 1)},{Literal.Number(at.Character + 1)})";
        var send = new ConstantSend(
            way.Value, shape.Value, compresses, kind == 1, payload, place.Version, place.Data, display);
        return new ParsedSend(send, null);
    }

    /// <summary>
    /// Debug builds keep the calls as they are written: one steps into them, and may change them while the program runs. Others
    /// must let interceptors of our namespace in, which the package's targets ask for.
    /// </summary>
    private static bool IsWanted(Compilation compilation, ParseOptions options) =>
        compilation.Options.OptimizationLevel == OptimizationLevel.Release
        && options is CSharpParseOptions { LanguageVersion: >= Languages.Oldest }
        && options.Features.TryGetValue("InterceptorsNamespaces", out string? allowed)
        && allowed.Split(';').Any(LetsIn);

    private static bool LetsIn(string space) =>
        (KnownNames.GeneratedNamespace + ".").StartsWith(space.Trim() + ".", StringComparison.Ordinal);

    private static IOperation? ArgumentOf(IInvocationOperation call, string parameter) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == parameter)?.Value;

    private static object? ValueOf(IInvocationOperation call, string parameter) =>
        ArgumentOf(call, parameter)?.ConstantValue is { HasValue: true, Value: var value } ? value : null;

    private static string? Utf8Of(IInvocationOperation call)
    {
        IOperation? value = ArgumentOf(call, "data");
        while (value is IConversionOperation { Operand: var inner }) value = inner;
        return (value as IUtf8StringOperation)?.Value;
    }
}
