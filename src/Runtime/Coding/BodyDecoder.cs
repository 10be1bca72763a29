namespace Prebake.Coding;

/// <summary>How far a piece of coded bytes has been decoded.</summary>
internal enum DecodeStatus : byte
{
    /// <summary>All of it; more may follow.</summary>
    NeedsInput,

    /// <summary>There is no room for what comes out.</summary>
    NeedsRoom,

    /// <summary>The coding has come to its end.</summary>
    Ended,

    /// <summary>It is not this coding.</summary>
    Malformed,
}

/// <summary>Takes a content coding off what arrives in pieces of any size. For one thread at a time.</summary>
internal abstract class BodyDecoder : IDisposable
{
    /// <summary>Decodes into the room that there is.</summary>
    public abstract DecodeStatus Decode(ReadOnlySpan<byte> input, Span<byte> room, out int used, out int written);

    /// <summary>Gives memory of others back. At any time, more than once.</summary>
    public abstract void Dispose();
}
