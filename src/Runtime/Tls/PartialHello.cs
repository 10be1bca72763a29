using Prebake.Transports;

namespace Prebake.Tls;

/// <summary>
/// A client's hello until it is whole. Before, nothing is made for it: who stalls in the middle costs what it has sent,
/// and takes nobody's place. Empty, it owns nothing. A field of its session.
/// </summary>
internal struct PartialHello
{
    private PendingInput _kept;
    private HelloScan _scan;

    public readonly bool IsEmpty => _kept.OwnsNothing;

    /// <summary>Whether it would be whole with these bytes.</summary>
    public readonly bool IsWholeWith(ReadOnlySpan<byte> wire)
    {
        HelloScan scan = _scan;
        return scan.Read(wire);
    }

    /// <summary>
    /// More of it has come. True when it is whole; <paramref name="all"/> is then valid until <see cref="Release"/>.
    /// </summary>
    public bool TryComplete(ReadOnlySpan<byte> wire, out ReadOnlySpan<byte> all)
    {
        all = wire;
        bool isWhole = _scan.Read(wire);
        if (isWhole && _kept.OwnsNothing) return true;

        _kept.Append(wire);
        _kept.Lengthen(wire.Length);
        all = _kept.Buffer.AsSpan(_kept.Start, _kept.Length);
        return isWhole;
    }

    public void Release() => _kept.Release();
}
