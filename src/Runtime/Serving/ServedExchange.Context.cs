using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization.Metadata;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Serving;

internal abstract partial class ServedExchange
{
    /// <summary>
    /// A request's view of its exchange. What changes something names the request: one that is over changes nothing.
    /// </summary>
    private sealed class Context(ServedExchange exchange) : RequestContext
    {
        public override RequestHead Head => exchange.Head;
        public override string Scheme => exchange.Worker.Settings.Scheme;
        public override IPEndPoint? RemoteEndPoint => exchange.RemoteEndPoint;
        public override RequestClient Client => exchange.Client;
        public override bool IsFromTrustedProxy =>
            exchange.Worker.Settings.Clients is { } clients && clients.Trusts(exchange.RemoteEndPoint?.Address);
        public override X509Certificate2? ClientCertificate => exchange.PeerCertificate?.Value;
        public override RequestBody Body => (RequestBody?)exchange._body ?? NoBody.Instance;
        public override CancellationToken Aborted => exchange.Aborted;
        public override IJsonTypeInfoResolver? Json => exchange.Table.Json;

        public override char[]? SharedCharacters(int length) =>
            exchange.State is ExchangeState.Running && exchange.Worker.Loop.IsCurrent ? exchange.Worker.Characters(length) : null;

        public override void Abort(Request request) => exchange.PostAbort(request);

        public override TimeSpan IdleTimeout =>
            exchange._routeIdleMilliseconds is > 0 and long own ? ServingSettings.TimeOf(own) : exchange.Worker.Settings.IdleTimeout;

        public override long MaxRequestBodySize =>
            (exchange.Traits & RouteTraits.HasLimits) != 0 && exchange.Table.LimitsOf(exchange.Route).MaxRequestBodySize is { } own
                ? own
                : exchange.Worker.Settings.MaxRequestBodySize;

        public override void IdleTimeoutSet(Request request) => exchange.PostIdleTimeoutChanged(request);
    }

    /// <summary>What there is to read of a request without a body.</summary>
    private sealed class NoBody : RequestBody
    {
        public static readonly NoBody Instance = new();

        public override bool IsEmpty => true;
        public override long? Length => 0;
        public override System.IO.Pipelines.PipeReader Reader => System.IO.Pipelines.PipeReader.Create(System.Buffers.ReadOnlySequence<byte>.Empty);
        public override ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(CancellationToken cancellationToken = default) => default;
        public override Headers? Trailers => null;
    }
}
