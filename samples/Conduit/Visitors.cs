using Samples.Conduit.Model;
using Samples.Conduit.Store;

namespace Samples.Conduit;

/// <summary>For those who have no token yet: registration and login, as often as a client may try.</summary>
internal sealed partial class Visitors(UserStore users, Tokens tokens, Passwords passwords, Settings settings)
{
    [Use]
    private readonly RateLimit _limit = new()
    {
        Permits = settings.LoginsPerMinute,
        Window = TimeSpan.FromMinutes(1),
        Name = "logins",
    };

    [Post("/"), Open, Status(201)]
    private async Task<UserBody> Register(Registration registration)
    {
        NewUser user = registration.User;
        Saved saved = await users.AddAsync(user.Username, user.Email, await passwords.HashAsync(user.Password));
        return UserBody.Of(saved.Account ?? throw Refusal.Taken(saved.Taken), tokens);
    }

    [Post("/login"), Open]
    private async Task<UserBody> LogIn(Login login)
    {
        var (account, hash) = await users.FindAsync(login.User.Email);

        // A password is hashed either way: the time that it takes does not say who has an account
        bool isRight = await passwords.VerifyAsync(login.User.Password, hash);
        return UserBody.Of(isRight && account is not null ? account : throw Refusal.BadCredentials(), tokens);
    }
}
