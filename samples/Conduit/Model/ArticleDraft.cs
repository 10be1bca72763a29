using System.ComponentModel.DataAnnotations;

namespace Samples.Conduit.Model;

public sealed record ArticleDraft([Required(ErrorMessage = Rules.Blank)] NewArticle Article);

public sealed record NewArticle(
    [Required(ErrorMessage = Rules.Blank), MaxLength(Rules.Title, ErrorMessage = Rules.Long)] string Title,
    [Required(ErrorMessage = Rules.Blank), MaxLength(Rules.Text, ErrorMessage = Rules.Long)] string Description,
    [Required(ErrorMessage = Rules.Blank), MaxLength(Rules.Body, ErrorMessage = Rules.Long)] string Body,
    [TagList] string[]? TagList = null);

public sealed record ArticleUpdate([Required(ErrorMessage = Rules.Blank)] ArticleChange Article);

/// <summary>What shall be different, as in <see cref="UserChange"/>.</summary>
public sealed class ArticleChange
{
    [MinLength(1, ErrorMessage = Rules.Blank), MaxLength(Rules.Title, ErrorMessage = Rules.Long)]
    public string? Title { get; set => field = Rules.Trimmed(value); }

    [MinLength(1, ErrorMessage = Rules.Blank), MaxLength(Rules.Text, ErrorMessage = Rules.Long)]
    public string? Description { get; set => field = Rules.Trimmed(value); }

    [MinLength(1, ErrorMessage = Rules.Blank), MaxLength(Rules.Body, ErrorMessage = Rules.Long)]
    public string? Body { get; set => field = Rules.Trimmed(value); }

    [TagList]
    public string[]? TagList { get; set => field = value ?? []; }
}

/// <summary>A rule of our own: a few tags, none of them blank or long.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class TagListAttribute() : ValidationAttribute(s_message)
{
    private static readonly string s_message = $"must be at most {Rules.Tags} tags of 1 to {Rules.Tag} characters";

    public override bool IsValid(object? value) =>
        value is not string[] tags
        || (tags.Length <= Rules.Tags && !tags.Any(tag => string.IsNullOrWhiteSpace(tag) || tag.Length > Rules.Tag));
}
