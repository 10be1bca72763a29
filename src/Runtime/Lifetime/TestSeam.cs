using System.Net;
using Prebake.Routing;
using Prebake.Transports;

namespace Prebake.Lifetime;

/// <summary>
/// Where a server of a test differs from one that listens. Nobody but <c>Serve.Test</c> makes one, so that an app
/// without tests carries nothing of it.
/// </summary>
internal abstract class TestSeam
{
    /// <summary>What stands in the place of providers.</summary>
    public ProviderOverrides Overrides { get; } = new();

    /// <summary>Loops without a port.</summary>
    public abstract Transport CreateTransport(Action<Connection> accept);

    /// <summary>An exception that nobody expected, whoever answers it. From any thread.</summary>
    public abstract void Reported(Exception error);

    /// <summary>The framework answers it. Before the client can see the response; from any thread.</summary>
    public abstract void Unanswered(Exception error, IPEndPoint? client);
}
