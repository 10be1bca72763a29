using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Prebake.Http;

/// <summary>
/// What a <see cref="Request"/> needs of the connection that it came on. Each protocol derives its own; a request that the user
/// made has none.
/// </summary>
internal abstract class RequestContext
{
    /// <summary>The parsed head.</summary>
    public abstract RequestHead Head { get; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public abstract string Scheme { get; }

    /// <summary>The peer, or null on unix sockets and after it left.</summary>
    public abstract IPEndPoint? RemoteEndPoint { get; }

    /// <summary>Who asks, as trusted proxies say.</summary>
    public abstract RequestClient Client { get; }

    /// <summary>The peer is one of the trusted proxies.</summary>
    public abstract bool IsFromTrustedProxy { get; }

    /// <summary>The peer's certificate, once it has been verified; null without.</summary>
    public abstract X509Certificate2? ClientCertificate { get; }

    public abstract RequestBody Body { get; }

    /// <summary>
    /// Characters to show the path in, while the handler runs on the loop and nobody else does; null on other threads. What is in them counts until the
    /// handler returns, and must not be kept.
    /// </summary>
    public abstract char[]? SharedCharacters(int length);

    /// <summary>Fires when the peer leaves before the answer.</summary>
    public abstract CancellationToken Aborted { get; }

    /// <summary>Cuts the connection without a response. No effect when that request is over.</summary>
    public abstract void Abort(Request request);

    /// <summary>
    /// The longest silence allowed while this request is read, unless the request says otherwise; infinite is
    /// <see cref="Timeout.InfiniteTimeSpan"/>.
    /// </summary>
    public abstract TimeSpan IdleTimeout { get; }

    /// <summary>The request says otherwise from now on. No effect when that request is over.</summary>
    public abstract void IdleTimeoutSet(Request request);

    /// <summary>The most bytes of body that the route takes.</summary>
    public abstract long MaxRequestBodySize { get; }

    /// <summary>JSON metadata of the app, or null.</summary>
    public abstract System.Text.Json.Serialization.Metadata.IJsonTypeInfoResolver? Json { get; }
}
