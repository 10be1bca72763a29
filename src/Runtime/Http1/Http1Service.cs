using Prebake.Routing;
using Prebake.Serving;
using Prebake.Transports;

namespace Prebake.Http1;

/// <summary>What all HTTP/1.1 connections of one server share.</summary>
internal sealed class Http1Service(Server server, RouteTable table, ServingSettings settings, Http1Limits limits) : Service(server, table, settings)
{
    private readonly Http1Limits _limits = limits;

    public ref readonly Http1Limits Limits => ref _limits;

    /// <summary>Makes a new connection speak HTTP/1.1. On its loop.</summary>
    public void Accept(Connection connection) => connection.Protocol = new Http1Connection(connection, (Http1Worker)WorkerOf(connection.Loop));

    protected override Worker MakeWorker(Loop loop) => new Http1Worker(this, loop);
}
