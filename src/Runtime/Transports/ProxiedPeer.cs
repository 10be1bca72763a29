using System.Net;

namespace Prebake.Transports;

/// <summary>Whom a proxy in front of the connection has named as its peer.</summary>
/// <param name="EndPoint">The peer's address; null where it has none.</param>
/// <param name="IsSecured">The peer speaks TLS with the proxy.</param>
internal sealed record ProxiedPeer(IPEndPoint? EndPoint, bool IsSecured);
