namespace Samples.Rest;

/// <summary>What a client sends: a todo that has no number yet.</summary>
internal sealed record NewTodo(string Title, bool Done = false);
