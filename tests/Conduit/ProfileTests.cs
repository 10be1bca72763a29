namespace Prebake.Conduit;

/// <summary>What accounts see of each other, and whom they follow.</summary>
[Collection("conduit")]
public sealed class ProfileTests(Conduits conduits)
{
    public static TheoryData<Host> Hosts => Conduits.Hosts;

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task A_profile_says_whether_one_follows_it(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync(), bob = await ada.FriendAsync();
        string profile = $"/api/profiles/{bob.Name}";
        await bob.PutAsync("/api/user", new { user = new { bio = "a builder" } });

        Assert.False(await FollowsAsync(ada));
        for (int i = 0; i < 2; i++)
        {
            Reply followed = await ada.PostAsync(profile + "/follow");
            Assert.Equal((200, bob.Name, "a builder"),
                (followed.Status, followed["profile.username"].GetString(), followed["profile.bio"].GetString()));
            Assert.True(followed["profile.following"].GetBoolean());
        }

        Assert.True(await FollowsAsync(ada));
        Assert.False(await FollowsAsync(bob));
        Assert.False(await FollowsAsync(ada.Other()));

        for (int i = 0; i < 2; i++)
        {
            Reply left = await ada.DeleteAsync(profile + "/follow");
            Assert.Equal((200, false), (left.Status, left["profile.following"].GetBoolean()));
        }

        Assert.False(await FollowsAsync(ada));

        async Task<bool> FollowsAsync(Visitor visitor) => (await visitor.GetAsync(profile))["profile.following"].GetBoolean();
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task Nobody_has_no_profile(Host host)
    {
        Visitor ada = await (await conduits.VisitAsync(host)).RegisterAsync();
        string nobody = "/api/profiles/nobody-" + ada.Unique;
        (await ada.Other().GetAsync(nobody)).Refuses(404, "profile", "not found");
        (await ada.PostAsync(nobody + "/follow")).Refuses(404, "profile", "not found");
        (await ada.DeleteAsync(nobody + "/follow")).Refuses(404, "profile", "not found");
    }

    [ConduitTheory, MemberData(nameof(Hosts))]
    public async Task A_name_may_hold_whatever_a_path_can(Host host)
    {
        Visitor ada = await conduits.VisitAsync(host);
        foreach (string name in (string[])["Ada's \"name\"; --", "Ädä ☃ 🎩", "a+b c%20d", "?x=1&y#z"])
        {
            string unique = name + ada.Other().Unique;
            var user = new { username = unique, email = ada.Other().Mail, password = "password" };
            Assert.Equal(201, (await ada.PostAsync("/api/users", new { user })).Status);
            Reply profile = await ada.GetAsync("/api/profiles/" + Uri.EscapeDataString(unique));
            Assert.Equal(unique, profile["profile.username"].GetString());
        }
    }
}
