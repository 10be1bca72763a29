using System.Runtime.CompilerServices;
using Prebake.Grammar;
using Prebake.Transports;

namespace Prebake.Serving;

/// <summary>
/// The 29 bytes of the current date, made once a second, and what else the server says in each head. One per loop, so
/// that nobody waits for anybody.
/// </summary>
internal sealed class DateLine(Loop loop, Service service)
{
    public const int Length = 29;

    private readonly byte[] _bytes = new byte[Length];
    private long _validUntil = long.MinValue;

    public ReadOnlySpan<byte> Bytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]          // in every response
        get
        {
            if (loop.Now >= _validUntil) Refresh();
            return _bytes;
        }
    }

    /// <summary>The line of <c>[Hsts]</c>, whether it may be sent or not; empty for none.</summary>
    public ReadOnlySpan<byte> StrictTransport => service.Table.StrictTransport;

    // Due again at the wall clock's next full second, counted on the monotonic clock: a clock that jumps is followed
    // within a second.
    private void Refresh()
    {
        DateTime now = DateTime.UtcNow;
        HttpDate.Format(now, _bytes);
        _validUntil = loop.Now + (1000 - now.Millisecond);
    }
}
