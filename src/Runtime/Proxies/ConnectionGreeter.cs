using Prebake.Transports;

namespace Prebake.Proxies;

/// <summary>What comes before everything else on a new connection. A server without it begins at once.</summary>
internal abstract class ConnectionGreeter
{
    /// <summary>On its loop, in its turn.</summary>
    public abstract void Accept(Connection connection);
}
