using System.ComponentModel.DataAnnotations;

namespace Samples.Rest;

/// <summary>What a client sends: a todo that has no number yet. One that breaks a rule is answered 422, with the name of the field.</summary>
internal sealed record NewTodo([Required, MaxLength(200)] string Title, bool Done = false);
