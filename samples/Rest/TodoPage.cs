namespace Samples.Rest;

/// <summary>Part of a list, and how long the whole is.</summary>
internal sealed record TodoPage(IReadOnlyList<Todo> Items, int Page, int Size, int Total);
