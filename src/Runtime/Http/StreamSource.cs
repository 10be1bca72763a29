using System.IO.Pipelines;
using System.Net.Http;

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

    /// <summary>
    /// Nothing has been sent for a while. True when the source itself sends its heartbeat, as one does that transforms
    /// what it sends. On the loop.
    /// </summary>
    public virtual bool Beat() => false;

    /// <summary>
    /// The server stops, and this is a stream without end. True when the source ends it in a moment, with what its
    /// format asks for; otherwise it ends where it is. On the loop.
    /// </summary>
    public virtual bool EndSoon() => false;

    /// <summary>
    /// How many bytes the body has, where that is known before the first one: then the head says so, and a body that
    /// turns out otherwise is cut.
    /// </summary>
    public virtual long? Length => null;

    /// <summary>User code is given the pipe, or memory of it, and may hold on to it: nothing of it may then be used for anybody else.</summary>
    public virtual bool ShowsPipe => false;

    /// <summary>The body will not be sent, since the response has none or its client has left: what the source holds is let go. Does not throw.</summary>
    public virtual void Discard() { }
}

/// <summary>The user's own producer.</summary>
internal sealed class DelegateSource(Func<PipeWriter, CancellationToken, Task> produce) : StreamSource
{
    public override bool ShowsPipe => true;

    public override Task ProduceAsync(StreamPipe body, CancellationToken aborted) => produce(body, aborted);
}

/// <summary>A stream of the base library, which is disposed of behind its last byte.</summary>
internal sealed class CopySource(Stream content) : StreamSource
{
    public override bool ShowsPipe => true;

    public override async Task ProduceAsync(StreamPipe body, CancellationToken aborted)
    {
        await using (content.ConfigureAwait(false))
        {
            await content.CopyToAsync(body, aborted).ConfigureAwait(false);
        }
    }

    // Disposing may run anybody's code, for any time: not on a loop
    public override void Discard() => ThreadPool.UnsafeQueueUserWorkItem(static async content =>
    {
        try { await content.DisposeAsync().ConfigureAwait(false); }
        catch (Exception) { /* nobody is left to hear of it */ }
    }, content, preferLocal: false);
}

/// <summary>What another server has answered, passed on as it arrives.</summary>
internal sealed class UpstreamSource(HttpResponseMessage message) : StreamSource
{
    /// <summary>The response whose body this is: it gets the trailers.</summary>
    public Response? Response { get; set; }

    public override long? Length { get; } = UpstreamFields.LengthOf(message);

    // HttpContent may be anybody's
    public override bool ShowsPipe => true;

    public override async Task ProduceAsync(StreamPipe body, CancellationToken aborted)
    {
        using (message)
        {
            await message.Content.CopyToAsync(body.AsStream(leaveOpen: true), aborted).ConfigureAwait(false);
            UpstreamFields.CopyTrailers(message, Response!);
        }
    }

    public override void Discard() => ThreadPool.UnsafeQueueUserWorkItem(static message =>
    {
        try { message.Dispose(); }
        catch (Exception) { /* nobody is left to hear of it */ }
    }, message, preferLocal: false);
}
