namespace Prebake;

/// <summary>STUB.</summary>
public sealed class Server { }
