using System.ComponentModel.DataAnnotations;

namespace Samples.Conduit.Model;

public sealed record Registration([Required(ErrorMessage = Rules.Blank)] NewUser User);

public sealed record NewUser(
    [Required(ErrorMessage = Rules.Blank), MaxLength(Rules.Name, ErrorMessage = Rules.Long)] string Username,
    [Required(ErrorMessage = Rules.Blank), MaxLength(Rules.Mail, ErrorMessage = Rules.Long)]
    [EmailAddress(ErrorMessage = Rules.NotMail)] string Email,
    [Required(ErrorMessage = Rules.Blank), MinLength(Rules.LeastPassword, ErrorMessage = Rules.Short)]
    [MaxLength(Rules.MostPassword, ErrorMessage = Rules.Long)] string Password);

public sealed record Login([Required(ErrorMessage = Rules.Blank)] Credentials User);

public sealed record Credentials(
    [Required(ErrorMessage = Rules.Blank)] string Email,
    [Required(ErrorMessage = Rules.Blank), MaxLength(Rules.MostPassword, ErrorMessage = Rules.Long)] string Password);
