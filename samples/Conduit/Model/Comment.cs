using System.ComponentModel.DataAnnotations;

namespace Samples.Conduit.Model;

internal sealed record Comment(long Id, DateTime CreatedAt, DateTime UpdatedAt, string Body, Profile Author);

internal sealed record CommentBody(Comment Comment);

internal sealed record CommentsBody(List<Comment> Comments);

public sealed record CommentDraft([Required(ErrorMessage = Rules.Blank)] NewComment Comment);

public sealed record NewComment(
    [Required(ErrorMessage = Rules.Blank), MaxLength(Rules.Text, ErrorMessage = Rules.Long)] string Body);
