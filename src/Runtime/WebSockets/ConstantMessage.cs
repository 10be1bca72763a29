using System.ComponentModel;
using Prebake.WebSockets;

namespace Prebake.Routing;

/// <summary>
/// A message that is known at build time and published any number of times: for emitted code, which makes one of each.
/// </summary>
/// <param name="frame">Head and payload, not masked and not compressed; copied.</param>
/// <param name="compress">
/// Whether it is compressed for the sockets that have agreed upon it: once for each window.
/// </param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ConstantMessage(ReadOnlySpan<byte> frame, bool compress)
{
    internal PublishedMessage Message { get; } = PublishedMessage.OfFrame(frame, compress);
}
