namespace Prebake.Http;

/// <summary>What the body of a response is made of when it is sent: something that only a later room knows how to open.</summary>
internal abstract record BodySource;
