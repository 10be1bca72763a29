namespace Prebake.Conduit;

/// <summary>Comments on articles.</summary>
[Collection("conduit")]
public sealed class CommentTests(Conduits conduits)
{
    public static TheoryData<Host> Hosts => Conduits.Hosts;

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Comments_are_listed_and_removed_by_their_authors(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync(), bob = await ada.FriendAsync();
        string comments = $"/api/articles/{await ada.WriteAsync($"Discussed {ada.Unique}")}/comments";
        Assert.Equal("[]", (await bob.GetAsync(comments))["comments"].GetRawText());

        Reply first = await bob.PostAsync(comments, new { comment = new { body = "First'); DROP TABLE comments; --" } });
        Assert.Equal((201, bob.Name), (first.Status, first["comment.author.username"].GetString()));
        Reply second = await ada.PostAsync(comments, new { comment = new { body = "Second" } });
        await ada.PostAsync($"/api/profiles/{bob.Name}/follow");

        Reply list = await ada.GetAsync(comments);
        Assert.Equal(["Second", "First'); DROP TABLE comments; --"], list.Each("comments", "body"));
        Assert.Equal([second["comment.id"].ToString(), first["comment.id"].ToString()], list.Each("comments", "id"));
        Assert.Equal([false, true], list["comments"].EnumerateArray().Select(one => one.GetProperty("author").GetProperty("following").GetBoolean()));

        string mine = $"{comments}/{second["comment.id"]}";
        (await bob.DeleteAsync(mine)).Refuses(403, "comment", "forbidden");
        Assert.Equal(204, (await ada.DeleteAsync(mine)).Status);
        (await ada.DeleteAsync(mine)).Refuses(404, "comment", "not found");
        Assert.Single((await ada.GetAsync(comments)).Each("comments", "id"));
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task A_comment_needs_a_body_and_an_article(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        string slug = await ada.WriteAsync($"Quiet {ada.Unique}"), other = await ada.WriteAsync($"Other {ada.Unique}");
        (await ada.PostAsync($"/api/articles/{slug}/comments", new { comment = new { body = "" } })).Refuses(422, "body", "can't be blank");
        (await ada.PostAsync($"/api/articles/{slug}/comments", new { })).Refuses(422, "comment", "can't be blank");

        string nothing = $"/api/articles/nothing-{ada.Unique}/comments";
        (await ada.GetAsync(nothing)).Refuses(404, "article", "not found");
        (await ada.PostAsync(nothing, new { comment = new { body = "lost" } })).Refuses(404, "article", "not found");

        // Below its own article only
        Reply made = await ada.PostAsync($"/api/articles/{slug}/comments", new { comment = new { body = "here" } });
        (await ada.DeleteAsync($"/api/articles/{other}/comments/{made["comment.id"]}")).Refuses(404, "comment", "not found");
        (await ada.DeleteAsync($"/api/articles/{slug}/comments/9223372036854775807")).Refuses(404, "comment", "not found");
        foreach (string id in (string[])["x", "99999999999999999999", "1.5", "1%3BDROP"])
            Assert.InRange((await ada.DeleteAsync($"/api/articles/{slug}/comments/{id}")).Status, 400, 404);

        // What hangs on an article goes with it
        Assert.Equal(204, (await ada.DeleteAsync($"/api/articles/{slug}")).Status);
    }
}
