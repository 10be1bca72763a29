namespace Samples.Rest;

/// <summary>Who asks, as far as the head of the request says.</summary>
internal sealed record Keyholder(string Key);
