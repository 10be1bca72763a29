using Microsoft.Extensions.Diagnostics.HealthChecks;
using Samples.Conduit.Store;

namespace Peers.ConduitAspNet;

/// <summary>Ready as long as the database answers.</summary>
internal sealed class DatabaseCheck(Database database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        await database.PingAsync() ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy();
}
