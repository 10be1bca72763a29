namespace Prebake.Transports;

/// <summary>
/// The last stage of a close while the peer may still be sending: what it sends is read and thrown away, so that it gets to read the
/// response. Closed at once, unread input would make the kernel send a reset, and that may destroy the response before the peer has read
/// it (RFC 9112 section 9.6).
/// </summary>
/// <remarks>
/// Bounded by time more than by bytes: a client that posts 50 MB to a handler which has long answered 401 is honest. The times are those
/// of nginx (lingering_time, lingering_timeout); the bytes end a peer that sends at the full speed of a network for the sake of it.
/// </remarks>
internal sealed class Lingering(long now)
{
    /// <summary>The longest that it lasts, in milliseconds.</summary>
    public const int Time = 30_000;

    /// <summary>So long a silence ends it, in milliseconds.</summary>
    public const int Silence = 5_000;

    /// <summary>The longest that it lasts once the server stops, in milliseconds: what a response needs to arrive.</summary>
    public const int TimeWhenStopping = 2_000;

    /// <summary>The most that is thrown away.</summary>
    public const long Bytes = 256 << 20;

    private long _bytes;
    private long _end = now + Time;

    /// <summary>When it is over unless more comes, on the loop's clock.</summary>
    public long Deadline(long now) => Math.Min(_end, now + Silence);

    /// <summary>So much more has come. False: it is over.</summary>
    public bool TryTake(int count) => (_bytes += count) <= Bytes;

    /// <summary>The server stops.</summary>
    public void Shorten(long now) => _end = Math.Min(_end, now + TimeWhenStopping);
}
