using System.IO.Pipelines;

namespace Prebake.Transports.Memory;

/// <summary>
/// The client's end of a connection, in memory or over a stream: bytes out, and what has come until it is used up. From
/// any thread.
/// </summary>
internal abstract class ClientSocket
{
    /// <summary>Completes when there is room for more. One call at a time.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>What has come; empty at the end. One call at a time, each followed by <see cref="Consumed"/>.</summary>
    public abstract ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken);

    /// <summary>How far the last read has been used, and how many bytes make room for others.</summary>
    public abstract void Consumed(SequencePosition consumed, SequencePosition examined, int count);

    /// <summary>The client sends nothing more: a FIN.</summary>
    public abstract void EndInput();

    /// <summary>The client is gone: a reset.</summary>
    public abstract void Leave();
}
