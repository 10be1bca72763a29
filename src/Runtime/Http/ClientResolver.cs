using System.Net;

namespace Prebake.Http;

/// <summary>Says who the client behind a trusted proxy is. An app that trusts none has none.</summary>
internal abstract class ClientResolver
{
    /// <param name="head">The request's.</param>
    /// <param name="direct">What the connection says: its peer, scheme, and the request's authority.</param>
    public abstract RequestClient Resolve(RequestHead head, RequestClient direct);
}
