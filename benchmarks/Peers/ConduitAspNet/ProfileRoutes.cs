using Samples.Conduit.Model;
using Samples.Conduit.Store;

namespace Peers.ConduitAspNet;

/// <summary>What others see of an account, and whom they follow.</summary>
internal static class ProfileRoutes
{
    public static void MapProfiles(this RouteGroupBuilder api)
    {
        var profiles = api.MapGroup("/profiles/{username}").WithMetadata(new ApiRoute());
        profiles.MapGet("/", FindAsync).AllowAnonymous();
        profiles.MapPost("/follow", FollowAsync);
        profiles.MapDelete("/follow", UnfollowAsync);
    }

    private static async Task<ProfileBody> FindAsync(string username, Anyone me, Database database) =>
        new(await database.Profiles.FindAsync(username, me.Account) ?? throw Refusal.NotFound("profile"));

    private static async Task<ProfileBody> FollowAsync(string username, Me me, Database database) =>
        new(await database.Profiles.FollowAsync(username, me.Account) ?? throw Refusal.NotFound("profile"));

    private static async Task<ProfileBody> UnfollowAsync(string username, Me me, Database database) =>
        new(await database.Profiles.UnfollowAsync(username, me.Account) ?? throw Refusal.NotFound("profile"));
}
