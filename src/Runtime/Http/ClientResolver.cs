using System.Net;

namespace Prebake.Http;

/// <summary>Says who the client behind a trusted proxy is. An app that trusts none has none.</summary>
internal abstract class ClientResolver
{
    /// <summary>Whether a peer is a trusted proxy.</summary>
    /// <param name="peer">Its address; null on a unix socket.</param>
    public abstract bool Trusts(IPAddress? peer);

    /// <param name="head">The request's.</param>
    /// <param name="direct">What the connection says: its peer, scheme, and the request's authority.</param>
    public abstract RequestClient Resolve(RequestHead head, RequestClient direct);
}
