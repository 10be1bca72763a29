namespace Samples.Rest;

/// <summary>Something to do.</summary>
internal sealed record Todo(int Id, string Title, bool Done);
