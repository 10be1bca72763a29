using Prebake.Http;

namespace Prebake.Http1;

/// <summary>What became of a piece of input.</summary>
internal enum BodyStatus : byte { NeedMore, Complete, Malformed, TooLong }

/// <summary>Finds the bytes of a body in the stream: so many of them, or chunk by chunk.</summary>
internal struct BodyFraming
{
    private ChunkedDecoder? _chunks;
    private long _left;             // of a declared length, or of the limit when chunked
    private bool _isChunked;

    /// <summary>How much a declared body still lacks; null when it is chunked, so not known.</summary>
    public readonly long? Missing => _isChunked ? null : _left;

    public readonly Headers? Trailers => _isChunked ? _chunks!.TakeTrailers() : null;

    public void Start(Http1RequestHead head, long limit)
    {
        _isChunked = head.IsChunked;
        _left = _isChunked ? limit : head.ContentLength;
        if (_isChunked) (_chunks ??= new ChunkedDecoder()).Reset();
    }

    /// <summary>A new limit for what is still to come, once nobody wants it; nor its trailers then.</summary>
    public void Limit(long limit)
    {
        if (!_isChunked) return;

        _left = limit;
        _chunks!.DropTrailers();
    }

    /// <summary>
    /// Takes the next piece. Call again with the rest while it is <see cref="BodyStatus.NeedMore"/> and something was
    /// used.
    /// </summary>
    public BodyStatus Decode(ReadOnlySpan<byte> input, out int used, out ReadOnlySpan<byte> data)
    {
        if (!_isChunked)
        {
            used = (int)Math.Min(_left, input.Length);
            data = input[..used];
            _left -= used;
            return _left == 0 ? BodyStatus.Complete : BodyStatus.NeedMore;
        }

        ChunkStatus status = _chunks!.Decode(input, out used, out data);

        // At once, not when it comes: a size line may announce any number, and the client would be waited for until
        // then
        if (status is not ChunkStatus.Error && data.Length + _chunks.Announced > _left) return BodyStatus.TooLong;
        _left -= data.Length;

        return status switch
        {
            ChunkStatus.Complete => BodyStatus.Complete,
            ChunkStatus.NeedMore => BodyStatus.NeedMore,
            _ => BodyStatus.Malformed,
        };
    }
}
