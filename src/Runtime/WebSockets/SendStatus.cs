namespace Prebake;

/// <summary>What became of a message that was sent or published.</summary>
/// <param name="Bytes">The bytes of its payload as it was accepted, compressed or not; 0 if it was dropped, or is
/// empty.</param>
/// <param name="Dropped">The socket is closed, or the message did not fit into its limit; for a topic: nobody will get
/// it.</param>
/// <param name="Backpressure">Bytes wait for a slow client: better stop until <c>Drain</c>.</param>
public readonly record struct SendStatus(int Bytes, bool Dropped, bool Backpressure)
{
    /// <summary>The connection is not open.</summary>
    internal static SendStatus Gone => new(0, Dropped: true, Backpressure: false);

    /// <summary>It did not fit.</summary>
    internal static SendStatus Full => new(0, Dropped: true, Backpressure: true);
}
