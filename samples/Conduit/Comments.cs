using Samples.Conduit.Model;
using Samples.Conduit.Store;

namespace Samples.Conduit;

/// <summary>Comments on articles.</summary>
internal sealed partial class Comments(CommentStore comments)
{
    [Get("/{slug}/comments"), Open]
    private async Task<CommentsBody> List(string slug, Account? me) =>
        new(await comments.ListAsync(slug, me) ?? throw Refusal.NotFound("article"));

    [Post("/{slug}/comments"), Status(201)]
    private async Task<CommentBody> Add(string slug, CommentDraft draft, Account me) =>
        new(await comments.AddAsync(slug, draft.Comment.Body, me) ?? throw Refusal.NotFound("article"));

    [Delete("/{slug}/comments/{id}"), Guard(nameof(IsAuthor))]
    private Task Remove(string slug, long id) => comments.RemoveAsync(slug, id);

    private async ValueTask<bool> IsAuthor(string slug, long id, Account me) =>
        await comments.AuthorOfAsync(slug, id) is not { } author ? throw Refusal.NotFound("comment")
        : author == me.Id ? true
        : throw Refusal.Forbidden("comment");
}
