namespace Prebake.WebSockets;

/// <summary>What a socket with permessage-deflate has beside others. On its loop.</summary>
internal sealed class SocketDeflate : IDisposable
{
    // From this window on, showing a compressor of the loop's the earlier messages again costs more time than the
    // memory of an own one is worth
    private const int OwnCompressorBits = 14;

    private readonly WebSocketWorker _worker;
    private readonly Window? _sent, _received;
    private Deflater? _own;
    private bool _isDisposed;

    public SocketDeflate(DeflateTerms terms, WebSocketWorker worker)
    {
        Terms = terms;
        _worker = worker;
        if (!terms.ServerForgets && !HasOwnCompressor) _sent = new Window(terms.ServerBits);
        if (!terms.ClientForgets) _received = new Window(terms.ClientBits);
    }

    public DeflateTerms Terms { get; }

    /// <summary>What is compressed for others cannot be sent here: this socket's own compressor must see all its
    /// messages.</summary>
    public bool HasOwnCompressor => !Terms.ServerForgets && Terms.ServerBits >= OwnCompressorBits;

    /// <summary>Compresses a message. What comes back lies in <see cref="WebSocketWorker.Compressed"/>, until that is
    /// cleared.</summary>
    public ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);         // a new compressor would never be given back
        if (HasOwnCompressor) return
            (_own ??= new Deflater(Terms.ServerBits)).CompressNext(message, _worker.Compressed);

        Deflater shared = _worker.DeflaterOf(Terms.ServerBits);
        if (_sent is null) return shared.Compress(message, before: default, _worker.Compressed);

        ReadOnlySpan<byte> compressed = shared.Compress(message, _sent.Bytes, _worker.Compressed);
        _sent.Append(message);
        return compressed;
    }

    /// <summary>A message is sent as it was compressed for many, who remember nothing: this client will remember
    /// it.</summary>
    public void Remember(ReadOnlySpan<byte> message) => _sent?.Append(message);

    /// <summary>Inflates a message into <see cref="WebSocketWorker.Inflated"/>.</summary>
    public InflateStatus Inflate(ReadOnlySpan<byte> payload, int most)
    {
        InflateStatus status = _worker.Inflater.Inflate(payload, _received is null ? default : _received.Bytes, most, _worker.Inflated);
        if (status is InflateStatus.Complete) _received?.Append(_worker.Inflated.Written);
        return status;
    }

    public void Dispose()
    {
        _isDisposed = true;
        _own?.Dispose();
        _own = null;
    }
}
