namespace Prebake.Generators.Model;

/// <summary>Which overload is called: each is intercepted by a method of the same parameters.</summary>
internal enum SendShape { Text, Bytes, BytesOfKind }

/// <summary>To whom a message goes: which method it is of which type.</summary>
internal enum SendWay
{
    /// <summary><c>WebSocketHandler.Send</c>: to one socket.</summary>
    Send,

    /// <summary><c>WebSocketHandler.Publish</c>.</summary>
    PublishOfHandler,

    /// <summary><c>Server.Publish</c>.</summary>
    PublishOfServer,
}

/// <summary>A call of <c>Send</c> or <c>Publish</c> whose message is a constant.</summary>
/// <param name="Way">The method.</param>
/// <param name="Shape">The overload.</param>
/// <param name="Compresses">
/// It is compressed for those that have agreed upon it. Only what is published can be: it is compressed once.
/// </param>
/// <param name="IsText">What the message is on the wire.</param>
/// <param name="Payload">The message as text; its bytes are UTF-8.</param>
/// <param name="Version">Of the compiler's way to name a call.</param>
/// <param name="Place">The compiler's name of the call: a checksum of its file, and where it stands there.</param>
/// <param name="Display">For people: <c>Chat.cs(12,9)</c>.</param>
internal sealed record ConstantSend(
    SendWay Way, SendShape Shape, bool Compresses, bool IsText, string Payload, int Version, string Place,
    string Display);

/// <summary>What looking at one call gave.</summary>
internal sealed record ParsedSend(ConstantSend? Send, Problem? Problem)
{
    public static readonly ParsedSend None = new(null, null);
}
