using System.Text.Json.Serialization;
using Samples.Conduit.Model;

namespace Samples.Conduit;

/// <summary>The types that travel as JSON. A handler whose type is missing here does not compile.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Registration))]
[JsonSerializable(typeof(Login))]
[JsonSerializable(typeof(UserUpdate))]
[JsonSerializable(typeof(UserBody))]
[JsonSerializable(typeof(ProfileBody))]
[JsonSerializable(typeof(ArticleDraft))]
[JsonSerializable(typeof(ArticleUpdate))]
[JsonSerializable(typeof(ArticleBody))]
[JsonSerializable(typeof(ArticlesBody))]
[JsonSerializable(typeof(CommentDraft))]
[JsonSerializable(typeof(CommentBody))]
[JsonSerializable(typeof(CommentsBody))]
[JsonSerializable(typeof(TagsBody))]
[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class ConduitJson : JsonSerializerContext;
