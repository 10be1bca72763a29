namespace Prebake.Http1;

/// <summary>What the HTTP/1 room needs of the options.</summary>
/// <param name="MaxTargetSize">Longest request target in bytes; above it 414. Default 8 KiB.</param>
/// <param name="MaxHeadSize">Most bytes of request line and fields together; above it 431. Default 32 KiB.</param>
/// <param name="MaxFieldCount">Most field lines; above it 431. Default 100.</param>
/// <param name="IsSecure">The scheme of its addresses is https; a target that says another is 421.</param>
internal readonly record struct Http1Limits(int MaxTargetSize, int MaxHeadSize, int MaxFieldCount, bool IsSecure = false)
{
    public static Http1Limits Default => new(8 << 10, 32 << 10, 100);
}
