using Samples.Conduit.Model;
using Samples.Conduit.Store;

namespace Samples.Conduit;

/// <summary>Articles: lists, one of them, what its author does with it, and who likes it.</summary>
internal sealed partial class Articles(ArticleStore articles)
{
    [Get("/"), Open]
    private Task<ArticlesBody> List([Parameters] ArticleFilter filter, [Parameters] Paging paging, Account? me) =>
        articles.ListAsync(filter, paging, me);

    [Get("/feed")]
    private Task<ArticlesBody> Feed([Parameters] Paging paging, Account me) => articles.FeedAsync(paging, me);

    [Get("/{slug}"), Open]
    private async Task<ArticleBody> One(string slug, Account? me) => Found(await articles.FindAsync(slug, me));

    [Post("/"), Status(201)]
    private async Task<ArticleBody> Create(ArticleDraft draft, Account me, Response response)
    {
        string slug = await articles.AddAsync(draft.Article, me);
        response.Headers["Location"] = App.Paths.Articles.One(slug);
        return Found(await articles.FindAsync(slug, me));
    }

    [Put("/{slug}"), Guard(nameof(IsAuthor))]
    private async Task<ArticleBody> Update(string slug, ArticleUpdate update, Account me) =>
        Found(await articles.UpdateAsync(slug, update.Article) is { } now ? await articles.FindAsync(now, me) : null);

    [Delete("/{slug}"), Guard(nameof(IsAuthor))]
    private Task Remove(string slug) => articles.RemoveAsync(slug);

    [Post("/{slug}/favorite")]
    private async Task<ArticleBody> Favor(string slug, Account me)
    {
        await articles.FavorAsync(slug, me);
        return Found(await articles.FindAsync(slug, me));
    }

    [Delete("/{slug}/favorite")]
    private async Task<ArticleBody> Unfavor(string slug, Account me)
    {
        await articles.UnfavorAsync(slug, me);
        return Found(await articles.FindAsync(slug, me));
    }

    // Asked before the body is read
    private async ValueTask<bool> IsAuthor(string slug, Account me) =>
        await articles.AuthorOfAsync(slug) is not { } author ? throw Refusal.NotFound("article")
        : author == me.Id ? true
        : throw Refusal.Forbidden("article");

    private static ArticleBody Found(Article? article) => new(article ?? throw Refusal.NotFound("article"));
}
