using System.IO.Pipelines;

namespace Prebake.Http;

/// <summary>What fills the body of a streamed response, once.</summary>
internal abstract class StreamSource
{
    /// <summary>Writes the body. On the thread pool; a flush that says <c>IsCompleted</c> has nobody left to read it.</summary>
    public abstract Task ProduceAsync(StreamPipe body, CancellationToken aborted);

    /// <summary>
    /// What is sent when nothing else has been for a while, so that a peer that has left is noticed; empty for none. Sources with one have their head
    /// sent before the first piece, and end by themselves when the server stops.
    /// </summary>
    public virtual ReadOnlySpan<byte> Heartbeat => default;
}

/// <summary>The user's own producer.</summary>
internal sealed class DelegateSource(Func<PipeWriter, CancellationToken, Task> produce) : StreamSource
{
    public override Task ProduceAsync(StreamPipe body, CancellationToken aborted) => produce(body, aborted);
}

/// <summary>A stream of the base library, which is disposed of behind its last byte.</summary>
internal sealed class CopySource(Stream content) : StreamSource
{
    public override async Task ProduceAsync(StreamPipe body, CancellationToken aborted)
    {
        await using (content.ConfigureAwait(false))
        {
            await content.CopyToAsync(body, aborted).ConfigureAwait(false);
        }
    }
}
