using System.Net;

namespace Prebake;

/// <summary>
/// The client of a request, and how it asked: behind the proxies of <see cref="ServeOptions.TrustedProxies"/> that is
/// what they say, and else what the connection is.
/// </summary>
/// <param name="Address">
/// The client's address; null on unix sockets, and where a trusted proxy does not know it or has written something that
/// is not an address.
/// </param>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">Host and perhaps port, as the client wrote them.</param>
public readonly record struct RequestClient(IPAddress? Address, string Scheme, string Host)
{
    /// <summary>The client speaks https.</summary>
    public bool IsHttps => Scheme == "https";
}
