using System.Text.Json;

namespace Prebake.Conduit;

/// <summary>Articles: written, read, listed, changed, liked, removed.</summary>
[Collection("conduit")]
public sealed class ArticleTests(Conduits conduits)
{
    public static TheoryData<Host> Hosts => Conduits.Hosts;

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task An_article_is_read_as_it_was_written(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        string title = $"How to: train your Dragon? {ada.Unique}";
        var article = new { title, description = "Ever wonder how?", body = "Very carefully.\n\tDrop 'table'; 🐉", tagList = new[] { "training", "dragons" } };
        Reply written = await ada.PostAsync("/api/articles", new { article });
        Assert.Equal(201, written.Status);
        string slug = $"how-to-train-your-dragon-{ada.Unique}";
        Assert.Equal($"/api/articles/{slug}", written.Headers.Location?.ToString());

        foreach (Reply reply in new[] { written, await ada.Other().GetAsync($"/api/articles/{slug}") })
        {
            Assert.Equal(slug, reply["article.slug"].GetString());
            Assert.Equal(title, reply["article.title"].GetString());
            Assert.Equal(article.description, reply["article.description"].GetString());
            Assert.Equal(article.body, reply["article.body"].GetString());
            Assert.Equal("""["training","dragons"]""", reply["article.tagList"].GetRawText());
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$", reply["article.createdAt"].GetString());
            Assert.Equal(reply["article.createdAt"].GetString(), reply["article.updatedAt"].GetString());
            Assert.False(reply["article.favorited"].GetBoolean());
            Assert.Equal(0, reply["article.favoritesCount"].GetInt32());
            Assert.Equal(ada.Name, reply["article.author.username"].GetString());
            Assert.Equal(JsonValueKind.Null, reply["article.author.bio"].ValueKind);
            Assert.False(reply["article.author.following"].GetBoolean());
        }

        (await ada.GetAsync("/api/articles/nothing-" + ada.Unique)).Refuses(404, "article", "not found");
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task What_an_article_lacks_is_named(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        Reply blank = await ada.PostAsync("/api/articles", new { article = new { title = "", description = " " } });
        foreach (string field in (string[])["title", "description", "body"]) blank.Refuses(422, field, "can't be blank");

        var full = new { title = new string('t', 201), description = "d", body = "b", tagList = new[] { "a", " " } };
        Reply wrong = await ada.PostAsync("/api/articles", new { article = full });
        wrong.Refuses(422, "title", "is too long (maximum is 200)");
        wrong.Refuses(422, "tagList", "must be at most 20 tags of 1 to 64 characters");

        string slug = await ada.WriteAsync("Untagged " + ada.Unique);
        foreach (string nothing in (string[])["null", "\"\"", "\" \""])
            (await ada.PutAsync($"/api/articles/{slug}", $$$"""{"article":{"title":{{{nothing}}}}}""")).Refuses(422, "title", "can't be blank");
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Articles_of_one_title_have_slugs_of_their_own(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync(), bob = await ada.FriendAsync();
        string title = $"The Same {ada.Unique}", slug = $"the-same-{ada.Unique}";

        // At once
        string[] slugs = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => (i % 2 == 0 ? ada : bob).WriteAsync(title)));
        Assert.Equal(slugs.Length, slugs.Distinct().Count());
        Assert.Contains(slug, slugs);
        Assert.All(slugs, each => Assert.StartsWith(slug, each, StringComparison.Ordinal));
        foreach (string each in slugs) Assert.Equal(200, (await ada.GetAsync($"/api/articles/{each}")).Status);

        // By a change, too
        string other = await ada.WriteAsync($"Other {ada.Unique}");
        Reply changed = await ada.PutAsync($"/api/articles/{other}", new { article = new { title } });
        Assert.Equal(200, changed.Status);
        Assert.StartsWith(slug + "-", changed["article.slug"].GetString(), StringComparison.Ordinal);
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task A_slug_is_never_that_of_another_route_and_never_empty(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        foreach (string title in (string[])["Feed", "feed!", "?!", "🎩", "Über Straßen und Ödland", "../../etc/passwd"])
        {
            string slug = await ada.WriteAsync(title);
            Reply found = await ada.GetAsync("/api/articles/" + Uri.EscapeDataString(slug));
            Assert.Equal(title, found["article.title"].GetString());
        }
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task An_author_changes_what_is_named_and_the_slug_follows_the_title(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        string slug = await ada.WriteAsync($"First {ada.Unique}", "one", "two");

        Reply body = await ada.PutAsync($"/api/articles/{slug}", new { article = new { body = "Rewritten" } });
        Assert.Equal((200, slug, "Rewritten"), (body.Status, body["article.slug"].GetString(), body["article.body"].GetString()));
        Assert.Equal("""["one","two"]""", body["article.tagList"].GetRawText());
        Assert.Equal($"about First {ada.Unique}", body["article.description"].GetString());

        // The same title is no change
        Reply same = await ada.PutAsync($"/api/articles/{slug}", new { article = new { title = $"First {ada.Unique}", tagList = new[] { "three" } } });
        Assert.Equal((slug, """["three"]"""), (same["article.slug"].GetString(), same["article.tagList"].GetRawText()));

        Reply renamed = await ada.PutAsync($"/api/articles/{slug}", new { article = new { title = $"Second {ada.Unique}", tagList = Array.Empty<string>() } });
        Assert.Equal($"second-{ada.Unique}", renamed["article.slug"].GetString());
        Assert.Equal("[]", renamed["article.tagList"].GetRawText());
        Assert.Equal(404, (await ada.GetAsync($"/api/articles/{slug}")).Status);

        Assert.Equal(204, (await ada.DeleteAsync($"/api/articles/second-{ada.Unique}")).Status);
        (await ada.DeleteAsync($"/api/articles/second-{ada.Unique}")).Refuses(404, "article", "not found");
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Nobody_else_changes_or_removes_it(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync(), bob = await ada.FriendAsync();
        string slug = await ada.WriteAsync($"Mine {ada.Unique}");
        (await bob.PutAsync($"/api/articles/{slug}", new { article = new { body = "Bob's" } })).Refuses(403, "article", "forbidden");
        (await bob.DeleteAsync($"/api/articles/{slug}")).Refuses(403, "article", "forbidden");

        // Before the body is looked at
        (await bob.PutAsync($"/api/articles/{slug}", "no JSON")).Refuses(403, "article", "forbidden");
        (await bob.PutAsync("/api/articles/nothing-" + ada.Unique, "no JSON")).Refuses(404, "article", "not found");
        Assert.Equal("Once upon a time", (await bob.GetAsync($"/api/articles/{slug}"))["article.body"].GetString());
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Who_likes_an_article_is_counted_once(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync(), bob = await ada.FriendAsync();
        string path = $"/api/articles/{await ada.WriteAsync($"Liked {ada.Unique}")}";

        // Twice and at once is once
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => bob.PostAsync(path + "/favorite")));
        Assert.All(replies, reply => Assert.Equal((200, true, 1), Likes(reply)));
        Assert.Equal((200, true, 2), Likes(await ada.PostAsync(path + "/favorite")));
        Assert.Equal((200, false, 2), Likes(await ada.Other().GetAsync(path)));
        for (int i = 0; i < 2; i++) Assert.Equal((200, false, 1), Likes(await bob.DeleteAsync(path + "/favorite")));

        (await bob.PostAsync($"/api/articles/nothing-{ada.Unique}/favorite")).Refuses(404, "article", "not found");
        (await bob.DeleteAsync($"/api/articles/nothing-{ada.Unique}/favorite")).Refuses(404, "article", "not found");

        static (int, bool, int) Likes(Reply reply) =>
            (reply.Status, reply["article.favorited"].GetBoolean(), reply["article.favoritesCount"].GetInt32());
    }
}
