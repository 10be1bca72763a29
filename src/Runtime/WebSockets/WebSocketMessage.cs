using System.Text;

namespace Prebake;

/// <summary>What a <see cref="WebSocketClient"/> has received.</summary>
/// <param name="Kind">Text or binary.</param>
/// <param name="Data">The payload; UTF-8 if it is text.</param>
public readonly record struct WebSocketMessage(MessageKind Kind, ReadOnlyMemory<byte> Data)
{
    /// <summary>The payload as text.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);

    /// <summary>The text, or the number of bytes.</summary>
    public override string ToString() => Kind is MessageKind.Text ? Text : $"{Data.Length} bytes";
}
