using System.Buffers;

namespace Prebake;

/// <summary>
/// Takes a <see cref="Coding"/> off one body, which arrives in pieces of any size. Used by one thread at a time. Limits
/// of what the body may become are the server's business: it gives so much room at a time, and stops asking.
/// </summary>
public abstract class BodyDecoder : IDisposable
{
    /// <summary>Decodes into the room that there is.</summary>
    /// <param name="source">What came and has not been decoded; empty when there is more room for what came.</param>
    /// <param name="destination">Where decoded bytes go; at least 1 byte.</param>
    /// <param name="consumed">How much of <paramref name="source"/> was used.</param>
    /// <param name="written">How much of <paramref name="destination"/> was written.</param>
    /// <returns>
    /// <see cref="OperationStatus.NeedMoreData"/>: all was used, and more may follow.
    /// <see cref="OperationStatus.DestinationTooSmall"/>: more comes out than there is room for.
    /// <see cref="OperationStatus.Done"/>: the coding has come to an end; called again with more, it begins anew or
    /// says that this is invalid. <see cref="OperationStatus.InvalidData"/>: it is not this coding, which is 400.
    /// </returns>
    public abstract OperationStatus Decode(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written);

    /// <summary>Gives memory back. Called more than once.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives memory back, once and again without harm.</summary>
    /// <param name="disposing">False in a finaliser.</param>
    protected abstract void Dispose(bool disposing);
}
