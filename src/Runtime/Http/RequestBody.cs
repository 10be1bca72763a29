using System.IO.Pipelines;
using Prebake.Codings;

namespace Prebake.Http;

/// <summary>The body of one request while it arrives. Asking for it is what makes a waiting body be read (and 100-continue be sent).</summary>
internal abstract class RequestBody
{
    /// <summary>There is no body, so nothing will ever arrive.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>The declared length, or null when it is chunked.</summary>
    public abstract long? Length { get; }

    /// <summary>The body as it arrives. The first call decides: afterwards <see cref="ReadAllAsync"/> throws.</summary>
    public abstract PipeReader Reader { get; }

    /// <summary>
    /// The whole body in one piece, lent until <see cref="GiveBack"/>; may be asked for again. Not for user code, since the memory is used
    /// for others then. Fails with <see cref="HttpException"/> when the body is too long (413), malformed (400), late (408), and with
    /// <see cref="IOException"/> when the peer leaves.
    /// </summary>
    public abstract ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Nothing of what <see cref="ReadAllAsync"/> has given is looked at any more: once for each time that it has given something. Who
    /// never says so keeps the memory from others.
    /// </summary>
    public virtual void GiveBack() { }

    /// <summary>The same, for who makes nothing of what was lent but an array that user code gets for its own.</summary>
    public virtual byte[] TakeArray(ReadOnlyMemory<byte> lent) => lent.ToArray();

    /// <summary>
    /// What comes is in a coding, which is taken off before anybody sees it. Null, or why that cannot be. The decoder
    /// belongs to the body from here on.
    /// </summary>
    /// <exception cref="InvalidOperationException">Somebody has begun to read the body.</exception>
    public virtual HttpException? Decode(BodyDecoder decoder, long most, int ratio)
    {
        decoder.Dispose();
        return null;
    }

    /// <summary>Fields behind a chunked body; null until it has been read to its end.</summary>
    public abstract Headers? Trailers { get; }
}
