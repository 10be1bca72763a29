using Prebake.Http;

namespace Prebake;

// The half that puts another body in the place of the one that a handler has made
public sealed partial class Response
{
    /// <summary>The producer, which stays where it is; null if it has been taken or there is none.</summary>
    internal StreamSource? StreamOrNull => Volatile.Read(ref _stream);

    /// <summary>The same with another body: status, headers and all. This one stays as it is.</summary>
    internal Response WithBody(ReadOnlyMemory<byte> bytes) => new()
    {
        _status = _status, _headers = Headers.Snapshot(), ContentType = ContentType,
        BytesBody = bytes, BodyKind = ResponseBodyKind.Bytes,
    };

    /// <inheritdoc cref="WithBody(ReadOnlyMemory{byte})"/>
    internal Response WithBody(StreamSource source) => new()
    {
        // A producer may still add trailers, through the object that it knows
        _status = _status, _headers = Headers.Snapshot(), _trailers = Trailers, ContentType = ContentType,
        _stream = source, BodyKind = ResponseBodyKind.Stream,
    };
}
