namespace Samples.Conduit.Model;

/// <summary>Somebody as others see them.</summary>
/// <param name="Following">Whether whoever asks follows them.</param>
internal sealed record Profile(string Username, string? Bio, string? Image, bool Following);

internal sealed record ProfileBody(Profile Profile);
