namespace Prebake;

/// <summary>How the messages of one direction of a WebSocket are compressed (RFC 7692).</summary>
/// <remarks>
/// A dedicated window remembers earlier messages of its socket, which compresses better and holds memory for each socket; a
/// shared one belongs to the event loop and starts anew with each message. The client may ask for a smaller window, or for
/// none, and gets it. The sizes in the names are those of uWebSockets, for the same windows; what a socket holds here is
/// said with each.
/// </remarks>
public enum Deflate
{
    /// <summary>Not at all. If the other direction is enabled, the client may compress all the same: then as <see cref="Shared"/>.</summary>
    Disabled,

    /// <summary>With a compressor of the event loop's: no memory for the socket.</summary>
    Shared,

    /// <summary>With a window of 512 bytes, which the socket holds.</summary>
    Dedicated3KB,

    /// <summary>The same as <see cref="Dedicated3KB"/>.</summary>
    Dedicated4KB,

    /// <summary>With a window of 1 KiB, which the socket holds.</summary>
    Dedicated8KB,

    /// <summary>With a window of 2 KiB, which the socket holds.</summary>
    Dedicated16KB,

    /// <summary>With a window of 4 KiB, which the socket holds.</summary>
    Dedicated32KB,

    /// <summary>With a window of 8 KiB, which the socket holds.</summary>
    Dedicated64KB,

    /// <summary>With a window of 16 KiB, which the socket holds; to compress, it has about 200 KiB.</summary>
    Dedicated128KB,

    /// <summary>With a window of 32 KiB, which the socket holds; to compress, it has about 320 KiB.</summary>
    Dedicated256KB,
}
