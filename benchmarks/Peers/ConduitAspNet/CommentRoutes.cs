using Microsoft.AspNetCore.Http.HttpResults;
using Samples.Conduit.Model;
using Samples.Conduit.Store;

namespace Peers.ConduitAspNet;

/// <summary>Comments on articles.</summary>
internal static class CommentRoutes
{
    public static void MapComments(this RouteGroupBuilder api)
    {
        var comments = api.MapGroup("/articles/{slug}/comments").WithMetadata(new ApiRoute());
        comments.MapGet("/", ListAsync).AllowAnonymous();
        comments.MapPost("/", AddAsync);
        comments.MapDelete("/{id:long}", RemoveAsync);
    }

    private static async Task<CommentsBody> ListAsync(string slug, Anyone me, Database database) =>
        new(await database.Comments.ListAsync(slug, me.Account) ?? throw Refusal.NotFound("article"));

    private static async Task<Created<CommentBody>> AddAsync(string slug, CommentDraft draft, Me me, Database database)
    {
        Comment? comment = await database.Comments.AddAsync(slug, draft.Comment.Body, me.Account);
        return TypedResults.Created((string?)null, new CommentBody(comment ?? throw Refusal.NotFound("article")));
    }

    private static async Task<NoContent> RemoveAsync(string slug, long id, Me me, Database database)
    {
        int author = await database.Comments.AuthorOfAsync(slug, id) ?? throw Refusal.NotFound("comment");
        if (author != me.Account.Id) throw Refusal.Forbidden("comment");
        await database.Comments.RemoveAsync(slug, id);
        return TypedResults.NoContent();
    }
}
