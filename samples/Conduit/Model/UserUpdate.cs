using System.ComponentModel.DataAnnotations;

namespace Samples.Conduit.Model;

public sealed record UserUpdate([Required(ErrorMessage = Rules.Blank)] UserChange User);

/// <summary>
/// What shall be different. Null is what the request does not mention; what it says is null is an empty text here: a
/// bio can be emptied, a name cannot.
/// </summary>
public sealed class UserChange
{
    [MinLength(1, ErrorMessage = Rules.Blank), MaxLength(Rules.Name, ErrorMessage = Rules.Long)]
    public string? Username { get; set => field = Rules.Trimmed(value); }

    [MinLength(1, ErrorMessage = Rules.Blank), MaxLength(Rules.Mail, ErrorMessage = Rules.Long)]
    [EmailAddress(ErrorMessage = Rules.NotMail)]
    public string? Email { get; set => field = Rules.Trimmed(value); }

    [MinLength(Rules.LeastPassword, ErrorMessage = Rules.Short)]
    [MaxLength(Rules.MostPassword, ErrorMessage = Rules.Long)]
    public string? Password { get; set => field = value ?? ""; }

    [MaxLength(Rules.Text, ErrorMessage = Rules.Long)]
    public string? Bio { get; set => field = value ?? ""; }

    [MaxLength(Rules.Text, ErrorMessage = Rules.Long)]
    public string? Image { get; set => field = value ?? ""; }
}
