using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Prebake.Generators.Parse;

namespace Prebake.Generators.Analyze;

/// <summary>Constants in calls of a <c>WebSocketHandler</c>, and of a server's topics, that cannot go on the wire.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SocketCallAnalyzer : DiagnosticAnalyzer
{
    // RFC 6455 section 5.5: the payload of a control frame, and what the code leaves of it in a Close frame
    private const int LongestControlPayload = 125, LongestReason = LongestControlPayload - 2;

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Diagnostics.CloseCode, Diagnostics.CloseReason, Diagnostics.EmptyTopic, Diagnostics.LongPing,
        Diagnostics.AnalyzerFailed,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Checked.Operation(Check), OperationKind.Invocation);
    }

    private static void Check(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        string name = call.TargetMethod.Name;
        if (name is not ("CloseSocket" or "SendPing" or "SendPong") && !TopicCalls.IsName(name)) return;

        string type = call.TargetMethod.ContainingType?.PlainName() ?? "";
        bool ofHandler = type == KnownNames.WebSocketHandler;
        if (!ofHandler && type != KnownNames.Server) return;

        foreach (IArgumentOperation argument in call.Arguments)
        {
            // What is written, not what a parameter has by default
            if (argument.ArgumentKind != ArgumentKind.Explicit) continue;

            IOperation value = argument.Value;
            object? constant = value.ConstantValue is { HasValue: true, Value: var known } ? known : null;
            switch (name, argument.Parameter?.Name)
            {
                case ("CloseSocket", "code")
                    when ofHandler && constant is int code && ReasonAgainst(code) is { } reason:
                    Report(Diagnostics.CloseCode, code.ToString(CultureInfo.InvariantCulture), reason);
                    break;

                case ("CloseSocket", "reason")
                    when ofHandler && constant is string text && Encoding.UTF8.GetByteCount(text) is > LongestReason and var bytes:
                    Report(Diagnostics.CloseReason, bytes.ToString(CultureInfo.InvariantCulture));
                    break;

                case ("SendPing" or "SendPong", "data")
                    when ofHandler && LengthOf(value) is > LongestControlPayload and var length:
                    Report(Diagnostics.LongPing, Literal.Number(length), name == "SendPing" ? "ping" : "pong");
                    break;

                case (_, "topic") when constant is "":
                    Report(Diagnostics.EmptyTopic, name);
                    break;
            }

            void Report(DiagnosticDescriptor descriptor, params object[] arguments) =>
                context.ReportDiagnostic(Diagnostic.Create(descriptor, value.Syntax.GetLocation(), arguments));
        }
    }

    /// <summary>Why a code cannot stand in a Close frame (RFC 6455 section 7.4), or null.</summary>
    private static string? ReasonAgainst(int code) => code switch
    {
        1004 => "1004 is reserved",
        1005 => "1005 stands for a Close frame without a code",
        1006 => "1006 stands for a connection that was lost; to cut it, call Terminate",
        1015 => "1015 stands for a TLS handshake that failed",
        >= 1000 and <= 1014 or >= 3000 and <= 4999 => null,
        _ => code.ToString(CultureInfo.InvariantCulture) + " is not the code of a Close frame",
    };

    /// <summary>How many bytes are written there, or null if that is not known.</summary>
    private static int? LengthOf(IOperation value) => value switch
    {
        IConversionOperation { Operand: var inner } => LengthOf(inner),
        IUtf8StringOperation { Value: var text } => Encoding.UTF8.GetByteCount(text),
        IArrayCreationOperation { Initializer.ElementValues: var elements } => elements.Length,
        IArrayCreationOperation { DimensionSizes: [{ ConstantValue: { HasValue: true, Value: int size } }] } => size,
        ICollectionExpressionOperation { Elements: var elements }
            when elements.All(element => element is not ISpreadOperation) => elements.Length,
        _ => null,
    };
}
