namespace Prebake;

/// <summary>STUB.</summary>
public sealed class Headers { internal int Count => 0; }
