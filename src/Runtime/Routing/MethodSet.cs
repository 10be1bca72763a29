using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>
/// The methods that some path answers, one bit for each <see cref="HttpMethod"/> value, and whether a static route is among
/// those that match it. GET always comes with HEAD; OPTIONS is added when the set is written as <c>Allow</c>.
/// </summary>
/// <param name="Bits">Bit <c>n</c> is set when the method with value <c>n</c> is answered; bit 31 marks a static route.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct MethodSet(uint Bits)
{
    /// <summary>
    /// Set when a <c>[Static]</c> route matches the path. A wrong method is then answered 405 although a <c>[Fetch]</c> handler
    /// exists; with handler routes only, <c>[Fetch]</c> comes first.
    /// </summary>
    public const uint StaticBit = 1u << 31;

    /// <summary>No route at all matches the path.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>A static route is among those that match the path.</summary>
    public bool HasStatic => (Bits & StaticBit) != 0;

    /// <summary>Whether the path answers <paramref name="method"/>.</summary>
    public bool Contains(HttpMethod method) => (Bits & (1u << (int)method)) != 0;
}
