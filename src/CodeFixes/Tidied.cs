using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace Prebake.CodeFixes;

/// <summary>A changed document, with names made short and lines indented.</summary>
internal static class Tidied
{
    /// <summary>
    /// The document as it is to be shown. Roslyn's own steps throw on some shapes of half-typed code, and what a fix leaves marked they are run on
    /// by whoever applies it, where nobody can catch that. So they run here, and what comes back is text without marks.
    /// </summary>
    public static async Task<Document> AsTextAsync(Document changed, CancellationToken cancellation)
    {
        Document tidy = changed;
        try
        {
            tidy = await Simplifier.ReduceAsync(tidy, Simplifier.Annotation, cancellationToken: cancellation).ConfigureAwait(false);
            tidy = await Formatter.FormatAsync(tidy, Formatter.Annotation, cancellationToken: cancellation).ConfigureAwait(false);
            tidy = await Formatter.FormatAsync(tidy, SyntaxAnnotation.ElasticAnnotation, cancellationToken: cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // As far as it came
        }

        return changed.WithText(await tidy.GetTextAsync(cancellation).ConfigureAwait(false));
    }
}
