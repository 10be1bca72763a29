using System.Text.Unicode;

namespace Prebake.WebSockets;

/// <summary>What somebody wants to publish, before it is known whether anybody will get it.</summary>
internal readonly ref struct MessageSource
{
    private readonly PublishedMessage? _ready;
    private readonly string? _text;
    private readonly ReadOnlySpan<byte> _data;
    private readonly MessageKind _kind;
    private readonly bool _compress;

    public MessageSource(PublishedMessage ready) => _ready = ready;

    public MessageSource(string text, bool compress)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
        _compress = compress;
    }

    public MessageSource(ReadOnlySpan<byte> data, MessageKind kind, bool compress)
    {
        if (kind is not (MessageKind.Text or MessageKind.Binary))
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "Choose MessageKind.Text or MessageKind.Binary.");
        if (kind is MessageKind.Text && !Utf8.IsValid(data))
            throw new ArgumentException(
                "A text message must be UTF-8, and this one is not; publish it as MessageKind.Binary.", nameof(data));

        _data = data;
        _kind = kind;
        _compress = compress;
    }

    public PublishedMessage Make() =>
        _ready is not null ? _ready
        : _text is not null ? PublishedMessage.Of(_text, _compress)
        : PublishedMessage.Of(_data, _kind, _compress);
}
