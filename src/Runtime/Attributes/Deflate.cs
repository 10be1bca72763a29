namespace Prebake;

/// <summary>How the messages of one direction of a WebSocket are compressed (RFC 7692).</summary>
/// <remarks>
/// A dedicated window remembers earlier messages of its socket, which compresses better and holds memory for each socket;
/// a shared one belongs to the event loop and starts anew with each message.
/// </remarks>
public enum Deflate
{
    /// <summary>Not at all.</summary>
    Disabled,

    /// <summary>With a compressor of the event loop's: no memory for the socket.</summary>
    Shared,

    /// <summary>With a window of its own, of 512 bytes; about 3 KB in all.</summary>
    Dedicated3KB,

    /// <summary>With a window of its own, of 512 bytes; about 4 KB in all.</summary>
    Dedicated4KB,

    /// <summary>With a window of its own, of 1 KiB; about 8 KB in all.</summary>
    Dedicated8KB,

    /// <summary>With a window of its own, of 2 KiB; about 16 KB in all.</summary>
    Dedicated16KB,

    /// <summary>With a window of its own, of 4 KiB; about 32 KB in all.</summary>
    Dedicated32KB,

    /// <summary>With a window of its own, of 8 KiB; about 64 KB in all.</summary>
    Dedicated64KB,

    /// <summary>With a window of its own, of 16 KiB; about 128 KB in all.</summary>
    Dedicated128KB,

    /// <summary>With a window of its own, of 32 KiB; about 256 KB in all.</summary>
    Dedicated256KB,
}
