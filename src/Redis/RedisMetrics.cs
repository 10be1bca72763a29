using System.Diagnostics.Metrics;

namespace Prebake.Redis;

/// <summary>What the meter <c>Prebake.Redis</c> counts.</summary>
internal static class RedisMetrics
{
    private static readonly Meter s_meter = new("Prebake.Redis");

    private static readonly Counter<long> s_lost = s_meter.CreateCounter<long>(
        "prebake.redis.lost_messages", "{message}",
        "Messages of this instance that could not wait for Redis any more.");

    private static readonly Counter<long> s_missed = s_meter.CreateCounter<long>(
        "prebake.redis.missed_messages", "{message}", "Messages of other instances that did not arrive here.");

    public static void Lost(long count) => s_lost.Add(count);

    public static void Missed(long count) => s_missed.Add(count);
}
