using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Prebake;

/// <summary>What a client of a <see cref="TestServer"/> is like.</summary>
/// <example><code>
/// using HttpClient other = test.CreateClient(new TestClientOptions { Address = IPAddress.Parse("203.0.113.7") });
/// </code></example>
public sealed record TestClientOptions
{
    /// <summary>
    /// Where the client seems to be: the address of <c>request.RemoteEndPoint</c>. Each connection has a port of its
    /// own. Null, the default: 127.0.0.1. Not for a server that runs in another process.
    /// </summary>
    public IPAddress? Address { get; init; }

    /// <summary>
    /// The client sends the cookies back that it was given, as a browser does; to a server on this machine those with
    /// <c>Secure</c>, too. Default true.
    /// </summary>
    public bool KeepCookies { get; init; } = true;

    /// <summary>The certificate that the client shows, with its key; null, the default, for none.</summary>
    public X509Certificate2? Certificate { get; init; }
}
