using Microsoft.CodeAnalysis;
using Prebake.Generators.Emit;
using Prebake.Generators.Messages;
using Prebake.Generators.Model;
using Prebake.Generators.Parse;
using Prebake.Generators.Plan;

namespace Prebake.Generators;

/// <summary>
/// The steps from calls of <c>Send</c> and <c>Publish</c> with a constant to the frames that take their place. An app is not needed: a library
/// has handlers, too.
/// </summary>
internal static class SendSteps
{
    private const string File = "Prebake.ConstantFrames.g.cs";

    public static void RegisterSends(this IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<EquatableArray<ParsedSend>> sends = context.CompilationProvider
            .Select(static (compilation, cancellation) => ConstantSendParser.ParseAll(compilation, cancellation))
            .WithTrackingName(StepNames.Sends);

        context.RegisterSourceOutput(sends, static (output, all) =>
        {
            foreach (ParsedSend parsed in all)
                if (parsed.Problem is { } problem) output.ReportDiagnostic(problem.ToDiagnostic());

            EmittedText? text = Guard.Run(StepNames.Sends, File, () => TextOf(all), exception =>
            {
                output.ReportDiagnostic(Guard.ProblemOf(exception, File, null).ToDiagnostic());
                return null;
            });
            if (text is not null) output.AddSource(File, new EmittedSource(text));
        });
    }

    private static EmittedText? TextOf(EquatableArray<ParsedSend> all)
    {
        IReadOnlyList<PlannedFrame> frames = FramePlan.Of(all.Select(parsed => parsed.Send).OfType<ConstantSend>());
        return frames.Count == 0 ? null : FrameEmitter.Emit(frames);
    }
}
