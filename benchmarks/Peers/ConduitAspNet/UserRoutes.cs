using Samples.Conduit;
using Samples.Conduit.Model;
using Samples.Conduit.Store;

namespace Peers.ConduitAspNet;

/// <summary>Registration, login, and an account's own data.</summary>
internal static class UserRoutes
{
    public const string LoginLimit = "logins";

    public static void MapUsers(this RouteGroupBuilder api)
    {
        var users = api.MapGroup("/users").WithMetadata(new ApiRoute()).RequireRateLimiting(LoginLimit).AllowAnonymous();
        users.MapPost("/", RegisterAsync);
        users.MapPost("/login", LogInAsync);

        var user = api.MapGroup("/user").WithMetadata(new ApiRoute());
        user.MapGet("/", (Me me, Tokens tokens) => UserBody.Of(me.Account, tokens));
        user.MapPut("/", UpdateAsync);
    }

    private static async Task<IResult> RegisterAsync(Registration registration, Database database, Tokens tokens, Passwords passwords)
    {
        NewUser user = registration.User;
        Saved saved = await database.Users.AddAsync(user.Username, user.Email, await passwords.HashAsync(user.Password));
        return TypedResults.Created((string?)null, UserBody.Of(saved.Account ?? throw Refusal.Taken(saved.Taken), tokens));
    }

    private static async Task<UserBody> LogInAsync(Login login, Database database, Tokens tokens, Passwords passwords)
    {
        var (account, hash) = await database.Users.FindAsync(login.User.Email);

        // A password is hashed either way: the time that it takes does not say who has an account
        bool isRight = await passwords.VerifyAsync(login.User.Password, hash);
        return UserBody.Of(isRight && account is not null ? account : throw Refusal.BadCredentials(), tokens);
    }

    private static async Task<UserBody> UpdateAsync(UserUpdate update, Me me, Database database, Tokens tokens, Passwords passwords)
    {
        UserChange change = update.User;
        string? hash = change.Password is { } password ? await passwords.HashAsync(password) : null;
        Saved saved = await database.Users.UpdateAsync(me.Account, change, hash);
        return UserBody.Of(saved.Account ?? throw Refusal.Taken(saved.Taken), tokens);
    }
}
