using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Samples.Conduit.Model;
using Samples.Conduit.Store;

namespace Peers.ConduitAspNet;

/// <summary>Articles: lists, one of them, what its author does with it, and who likes it.</summary>
internal static class ArticleRoutes
{
    public static void MapArticles(this RouteGroupBuilder api)
    {
        var articles = api.MapGroup("/articles").WithMetadata(new ApiRoute());
        articles.MapGet("/", ListAsync).AllowAnonymous();
        articles.MapGet("/feed", FeedAsync);
        articles.MapPost("/", CreateAsync);
        articles.MapGet("/{slug}", FindAsync).AllowAnonymous();
        articles.MapPut("/{slug}", UpdateAsync);
        articles.MapDelete("/{slug}", RemoveAsync);
        articles.MapPost("/{slug}/favorite", FavorAsync);
        articles.MapDelete("/{slug}/favorite", UnfavorAsync);
    }

    private static Task<ArticlesBody> ListAsync(
        [AsParameters] ArticleFilter filter, Anyone me, Database database,
        [Range(1, 100)] int limit = 20, [Range(0, int.MaxValue)] int offset = 0) =>
        database.Articles.ListAsync(filter, new Paging(limit, offset), me.Account);

    private static Task<ArticlesBody> FeedAsync(
        Me me, Database database, [Range(1, 100)] int limit = 20, [Range(0, int.MaxValue)] int offset = 0) =>
        database.Articles.FeedAsync(new Paging(limit, offset), me.Account);

    private static async Task<ArticleBody> FindAsync(string slug, Anyone me, Database database) =>
        Found(await database.Articles.FindAsync(slug, me.Account));

    private static async Task<Created<ArticleBody>> CreateAsync(ArticleDraft draft, Me me, Database database)
    {
        string slug = await database.Articles.AddAsync(draft.Article, me.Account);
        ArticleBody article = Found(await database.Articles.FindAsync(slug, me.Account));
        return TypedResults.Created($"/api/articles/{Uri.EscapeDataString(slug)}", article);
    }

    private static async Task<ArticleBody> UpdateAsync(string slug, ArticleUpdate update, Me me, Database database)
    {
        await AdmitAuthorAsync(slug, me, database);
        return Found(await database.Articles.UpdateAsync(slug, update.Article) is { } now
            ? await database.Articles.FindAsync(now, me.Account)
            : null);
    }

    private static async Task<NoContent> RemoveAsync(string slug, Me me, Database database)
    {
        await AdmitAuthorAsync(slug, me, database);
        await database.Articles.RemoveAsync(slug);
        return TypedResults.NoContent();
    }

    private static async Task<ArticleBody> FavorAsync(string slug, Me me, Database database)
    {
        await database.Articles.FavorAsync(slug, me.Account);
        return Found(await database.Articles.FindAsync(slug, me.Account));
    }

    private static async Task<ArticleBody> UnfavorAsync(string slug, Me me, Database database)
    {
        await database.Articles.UnfavorAsync(slug, me.Account);
        return Found(await database.Articles.FindAsync(slug, me.Account));
    }

    private static async Task AdmitAuthorAsync(string slug, Me me, Database database)
    {
        int author = await database.Articles.AuthorOfAsync(slug) ?? throw Refusal.NotFound("article");
        if (author != me.Account.Id) throw Refusal.Forbidden("article");
    }

    private static ArticleBody Found(Article? article) => new(article ?? throw Refusal.NotFound("article"));
}
