using Prebake.Http;

namespace Prebake.Http1;

/// <summary>A request head, and what HTTP/1 alone wants to know of it.</summary>
internal sealed class Http1RequestHead : RequestHead
{
    /// <summary>The body comes in chunks.</summary>
    public bool IsChunked;

    /// <summary>What RFC 9112 section 9.3 concludes from version and <c>Connection</c>.</summary>
    public bool KeepAlive;

    /// <summary>The client waits for 100 (Continue) before it sends the body (RFC 9110 section 10.1.1).</summary>
    public bool ExpectsContinue;
}
