using Samples.Conduit.Model;
using Samples.Conduit.Store;

namespace Samples.Conduit;

/// <summary>An account's own data.</summary>
internal sealed partial class Users(UserStore users, Tokens tokens, Passwords passwords)
{
    [Get("/")]
    private UserBody Current(Account me) => UserBody.Of(me, tokens);

    [Put("/")]
    private async Task<UserBody> Update(UserUpdate update, Account me)
    {
        UserChange change = update.User;
        string? hash = change.Password is { } password ? await passwords.HashAsync(password) : null;
        Saved saved = await users.UpdateAsync(me, change, hash);
        return UserBody.Of(saved.Account ?? throw Refusal.Taken(saved.Taken), tokens);
    }
}
