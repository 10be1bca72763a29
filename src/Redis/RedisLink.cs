using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Prebake.Redis;

/// <summary>The connection to Redis: it comes back by itself, and says when it goes and when it is back.</summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private readonly IConnectionMultiplexer _multiplexer;
    private readonly RedisChannel _channel;
    private readonly ILogger _logger;
    private readonly Func<long> _lost;
    private readonly Lock _gate = new();
    private bool _isDown;
    private long _since;                // of the outage, or of its end
    private long _lostBefore;           // has been told; more may be lost before anybody says that the link is down
    private long _peers;                // how many subscribers the last envelope reached, this instance included
    private bool _awaitsPeers;
    private long _saidDenied = long.MinValue / 2;

    private RedisLink(IConnectionMultiplexer multiplexer, string channel, ILogger logger, Func<long> lost)
    {
        _multiplexer = multiplexer;
        _channel = RedisChannel.Literal(channel);
        _logger = logger;
        _lost = lost;

        multiplexer.ConnectionFailed += (_, e) => GoDown(e.Exception);
        multiplexer.ConnectionRestored += (_, _) => ComeBack();
        if (!IsUp)
        {
            GoDown(null);
            ComeBack();             // at this moment, perhaps
        }
    }

    /// <summary>
    /// After an outage others need a moment to subscribe again. So long is waited for them, lest they miss what has
    /// waited.
    /// </summary>
    public required TimeSpan Patience { get; init; }

    public bool IsUp => _multiplexer.IsConnected;

    /// <param name="configuration">Where.</param>
    /// <param name="channel">Which channel.</param>
    /// <param name="logger">Is told of outages.</param>
    /// <param name="lost">How many messages could not wait so far.</param>
    /// <param name="patience">See <see cref="Patience"/>.</param>
    /// <param name="stopping">The server has stopped, and nobody waits any more.</param>
    public static async Task<RedisLink> OpenAsync(
        ConfigurationOptions configuration, string channel, ILogger logger, Func<long> lost, TimeSpan patience,
        CancellationToken stopping)
    {
        Task<ConnectionMultiplexer> connecting = ConnectionMultiplexer.ConnectAsync(configuration);
        try
        {
            ConnectionMultiplexer multiplexer = await connecting.WaitAsync(stopping).ConfigureAwait(false);
            return new RedisLink(multiplexer, channel, logger, lost) { Patience = patience };
        }
        catch (OperationCanceledException)
        {
            _ = connecting.ContinueWith(
                static made => made.Result.Dispose(), default,
                TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>
    /// Has what comes handed over, one after another. Completes when Redis has agreed, however long it is away.
    /// </summary>
    public async Task SubscribeAsync(Action<ReadOnlyMemory<byte>> receive, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                ChannelMessageQueue queue =
                    await _multiplexer.GetSubscriber().SubscribeAsync(_channel).ConfigureAwait(false);
                queue.OnMessage(message => receive((byte[]?)message.Message ?? []));
                return;
            }
            catch (Exception e) when (IsOutage(e))
            {
                SayDenied(e);
                await Task.Delay(100, stopping).ConfigureAwait(false);
            }
        }
    }

    /// <summary>True: Redis has handed it to all that are there. False: it has not, or nobody knows.</summary>
    public async Task<bool> TrySendAsync(byte[] envelope)
    {
        try
        {
            if (!IsUp || !await ArePeersBackAsync().ConfigureAwait(false)) return false;

            long receivers = await _multiplexer.GetDatabase().PublishAsync(_channel, envelope).ConfigureAwait(false);

            // Not even this instance: Redis has started again, and nobody has subscribed yet. Not for ever, since a
            // cluster and a proxy may count otherwise
            if (receivers == 0 && !IsCluster && IsBackForAMoment) return false;

            _peers = receivers;
            return true;
        }
        catch (Exception e) when (IsOutage(e))
        {
            SayDenied(e);
            _awaitsPeers = true;
            return false;
        }
    }

    // The link works, and Redis has said no: since version 7 a user has no channels unless it is given some. It is
    // asked again and again, as that may change; once a minute it is said
    private void SayDenied(Exception error)
    {
        if (error is not RedisServerException || !error.Message.StartsWith("NOPERM", StringComparison.Ordinal)) return;

        long now = Environment.TickCount64;
        if (now - _saidDenied < 60_000) return;
        _saidDenied = now;
        RedisLog.Denied(_logger, _channel.ToString(), error);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate) _isDown = true;         // an end that is wanted is not an outage
        await _multiplexer.DisposeAsync().ConfigureAwait(false);
    }

    private bool IsCluster =>
        Array.Exists(_multiplexer.GetServers(), server => server.ServerType is ServerType.Cluster);

    private bool IsBackForAMoment => Stopwatch.GetElapsedTime(Volatile.Read(ref _since)) < Patience;

    private async Task<bool> ArePeersBackAsync()
    {
        if (!_awaitsPeers) return true;

        if (!IsCluster && IsBackForAMoment)
        {
            RedisResult answer = await _multiplexer.GetDatabase()
                .ExecuteAsync("PUBSUB", "NUMSUB", (string)_channel!).ConfigureAwait(false);
            if (TryReadCount(answer, out long count) && count < _peers) return false;
        }

        _awaitsPeers = false;
        return true;
    }

    /// <summary>How many have subscribed, says the answer to PUBSUB NUMSUB for one channel: its name and the number.
    /// False: a proxy has answered something else, and nobody knows.</summary>
    internal static bool TryReadCount(RedisResult answer, out long count)
    {
        count = 0;
        return !answer.IsNull && answer.Length == 2
            && answer[1].Length < 0                     // not another array
            && long.TryParse(answer[1].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }

    private void GoDown(Exception? error)
    {
        lock (_gate)
        {
            if (_isDown) return;
            _isDown = true;
            _awaitsPeers = true;
            _since = Stopwatch.GetTimestamp();
        }

        RedisLog.Down(_logger, error);
    }

    private void ComeBack()
    {
        TimeSpan duration;
        long lost;
        lock (_gate)
        {
            if (!_isDown || !IsUp) return;
            _isDown = false;
            duration = Stopwatch.GetElapsedTime(_since);
            _since = Stopwatch.GetTimestamp();
            lost = _lost() - _lostBefore;
            _lostBefore += lost;
        }

        RedisLog.Back(_logger, duration.TotalSeconds, lost);
    }

    private static bool IsOutage(Exception error) =>
        error is RedisException or TimeoutException or ObjectDisposedException;
}
