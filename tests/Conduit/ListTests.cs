namespace Prebake.Conduit;

/// <summary>Lists of articles, the feed and the tags.</summary>
[Collection("conduit")]
public sealed class ListTests(Conduits conduits)
{
    public static TheoryData<Host> Hosts => Conduits.Hosts;

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Lists_are_filtered_and_paged_the_latest_first(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync(), bob = await ada.FriendAsync();
        string tag = "tag-" + ada.Unique;
        string[] slugs =
        [
            await ada.WriteAsync($"1 {ada.Unique}", tag), await bob.WriteAsync($"2 {ada.Unique}", tag, "other"),
            await ada.WriteAsync($"3 {ada.Unique}"), await ada.WriteAsync($"4 {ada.Unique}", "other", tag),
        ];
        await bob.PostAsync($"/api/articles/{slugs[0]}/favorite");
        await bob.PostAsync($"/api/articles/{slugs[2]}/favorite");

        foreach ((string query, int[] expected, int count) in new (string, int[], int)[]
        {
            ($"tag={tag}", [3, 1, 0], 3),
            ($"tag={tag}&limit=2", [3, 1], 3),
            ($"tag={tag}&limit=2&offset=2", [0], 3),
            ($"tag={tag}&offset=3", [], 3),
            ($"author={ada.Name}", [3, 2, 0], 3),
            ($"author={ada.Name.ToUpperInvariant()}&tag={tag}", [3, 0], 2),
            ($"favorited={bob.Name}", [2, 0], 2),
            ($"favorited={bob.Name}&tag={tag}&author={ada.Name}", [0], 1),
            ($"favorited={ada.Name}", [], 0),
            ($"tag={tag.ToUpperInvariant()}", [], 0),
            ($"author=nobody-{ada.Unique}", [], 0),
            ($"tag={tag}&author=' OR 1=1 --", [], 0),
        })
        {
            Reply page = await bob.GetAsync("/api/articles?" + query);
            Assert.Equal(200, page.Status);
            Assert.Equal(expected.Select(i => slugs[i]), page.Each("articles", "slug"));
            Assert.Equal(count, page["articlesCount"].GetInt32());
        }

        // Without their bodies, and as whoever asks sees them
        Reply own = await bob.GetAsync($"/api/articles?tag={tag}");
        Assert.All(own["articles"].EnumerateArray(), article => Assert.False(article.TryGetProperty("body", out _)));
        Assert.Equal(["False", "False", "True"], own.Each("articles", "favorited"));
        Assert.Equal(["0", "0", "1"], own.Each("articles", "favoritesCount"));
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Pages_that_are_none_are_named(Host host)
    {
        Visitor stranger = await conduits.VisitAsync(host);
        foreach ((string query, int status, string field) in new[]
        {
            ("limit=0", 422, "limit"), ("limit=101", 422, "limit"), ("offset=-1", 422, "offset"), ("limit=x", 400, "limit"),
            ("limit=99999999999", 400, "limit"), ("offset=1e3", 400, "offset"),
        })
        {
            Reply reply = await stranger.GetAsync("/api/articles?" + query);
            Assert.Equal(status, reply.Status);
            Assert.NotEqual("", reply.Error(field));
        }

        Assert.Equal(200, (await stranger.GetAsync("/api/articles?limit=100&offset=2147483647")).Status);
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task The_feed_has_what_those_have_written_whom_one_follows(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync(), bob = await ada.FriendAsync(), eve = await ada.FriendAsync();
        await ada.WriteAsync($"Own {ada.Unique}");
        await eve.WriteAsync($"Eve's {ada.Unique}");
        string[] slugs = [await bob.WriteAsync($"One {ada.Unique}"), await bob.WriteAsync($"Two {ada.Unique}")];
        Assert.Equal(0, (await ada.GetAsync("/api/articles/feed"))["articlesCount"].GetInt32());

        await ada.PostAsync($"/api/profiles/{bob.Name}/follow");
        Reply feed = await ada.GetAsync("/api/articles/feed");
        Assert.Equal([slugs[1], slugs[0]], feed.Each("articles", "slug"));
        Assert.Equal(2, feed["articlesCount"].GetInt32());
        Assert.All(feed["articles"].EnumerateArray(), article => Assert.True(article.GetProperty("author").GetProperty("following").GetBoolean()));
        Assert.Equal([slugs[0]], (await ada.GetAsync("/api/articles/feed?limit=1&offset=1")).Each("articles", "slug"));

        await ada.DeleteAsync($"/api/profiles/{bob.Name}/follow");
        Assert.Empty((await ada.GetAsync("/api/articles/feed")).Each("articles", "slug"));
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Tags_are_those_of_articles(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        string slug = await ada.WriteAsync($"Tagged {ada.Unique}", "tag-" + ada.Unique);

        // The hundred that most articles have: few tests make any
        Reply tags = await ada.Other().GetAsync("/api/tags");
        Assert.Contains("tag-" + ada.Unique, tags["tags"].EnumerateArray().Select(tag => tag.GetString()));
        await ada.DeleteAsync($"/api/articles/{slug}");
        Assert.DoesNotContain("tag-" + ada.Unique, (await ada.GetAsync("/api/tags")).Text);
    }
}
