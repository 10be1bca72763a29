namespace Samples.Conduit.Model;

/// <summary>What an account is shown of itself, with the token for its next requests.</summary>
internal sealed record User(string Email, string Token, string Username, string? Bio, string? Image);

internal sealed record UserBody(User User)
{
    public static UserBody Of(Account account, Tokens tokens) =>
        new(new User(account.Email, tokens.Create(account.Id), account.Username, account.Bio, account.Image));
}
