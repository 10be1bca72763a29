using Samples.Conduit.Model;
using Samples.Conduit.Store;

namespace Samples.Conduit;

/// <summary>What others see of an account, and whom they follow.</summary>
internal sealed partial class Profiles(ProfileStore profiles)
{
    [Get("/{username}"), Open]
    private async Task<ProfileBody> One(string username, Account? me) =>
        new(await profiles.FindAsync(username, me) ?? throw Refusal.NotFound("profile"));

    [Post("/{username}/follow")]
    private async Task<ProfileBody> Follow(string username, Account me) =>
        new(await profiles.FollowAsync(username, me) ?? throw Refusal.NotFound("profile"));

    [Delete("/{username}/follow")]
    private async Task<ProfileBody> Unfollow(string username, Account me) =>
        new(await profiles.UnfollowAsync(username, me) ?? throw Refusal.NotFound("profile"));
}
