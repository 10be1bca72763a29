using System.ComponentModel.DataAnnotations;

namespace Samples.Conduit.Model;

internal sealed record Registration([Required(ErrorMessage = Rules.Blank)] NewUser User);

internal sealed record NewUser(
    [Required(ErrorMessage = Rules.Blank), MaxLength(Rules.Name, ErrorMessage = Rules.Long)] string Username,
    [Required(ErrorMessage = Rules.Blank), MaxLength(Rules.Mail, ErrorMessage = Rules.Long), EmailAddress(ErrorMessage = Rules.NotMail)] string Email,
    [Required(ErrorMessage = Rules.Blank), MinLength(Rules.Password, ErrorMessage = Rules.Short), MaxLength(Rules.Mail, ErrorMessage = Rules.Long)] string Password);

internal sealed record Login([Required(ErrorMessage = Rules.Blank)] Credentials User);

internal sealed record Credentials(
    [Required(ErrorMessage = Rules.Blank)] string Email,
    [Required(ErrorMessage = Rules.Blank), MaxLength(Rules.Mail, ErrorMessage = Rules.Long)] string Password);
