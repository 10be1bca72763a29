namespace Samples.Conduit.Model;

/// <summary>Somebody who has registered, as the server knows them.</summary>
internal sealed record Account(int Id, string Username, string Email, string? Bio, string? Image);
