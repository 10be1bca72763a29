using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Prebake.CodeFixes;

/// <summary>What the fixes share: one light bulb for one diagnostic, and all of a kind at once.</summary>
public abstract class Fix : CodeFixProvider
{
    /// <summary>The diagnostic's property that says what to write; set by the analyzer.</summary>
    protected const string What = "what";

    private protected Fix(string id) => FixableDiagnosticIds = [id];

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; }

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null) return;

        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (!root.FullSpan.Contains(diagnostic.Location.SourceSpan)) continue;

            SyntaxNode node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            string? what = diagnostic.Properties.TryGetValue(What, out string? value) ? value : null;
            if (TitleOrNull(node, what) is { } title)
                context.RegisterCodeFix(CodeAction.Create(title, cancellation => ApplyOrLeaveAsync(context.Document, root, node, what, cancellation), equivalenceKey: GetType().Name), diagnostic);
        }
    }

    // Half-typed code has shapes that no fix was written for: no light bulb then, and no change, rather than an error of the editor's
    private string? TitleOrNull(SyntaxNode node, string? what)
    {
        try
        {
            return Title(node, what);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<Document> ApplyOrLeaveAsync(Document document, SyntaxNode root, SyntaxNode node, string? what, CancellationToken cancellation)
    {
        try
        {
            Document changed = await ApplyAsync(document, root, node, what, cancellation).ConfigureAwait(false);
            return await Tidied.AsTextAsync(changed, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return document;
        }
    }

    /// <summary>What the light bulb says; null where this fix does not help.</summary>
    private protected abstract string? Title(SyntaxNode node, string? what);

    private protected abstract Task<Document> ApplyAsync(Document document, SyntaxNode root, SyntaxNode node, string? what, CancellationToken cancellation);
}
