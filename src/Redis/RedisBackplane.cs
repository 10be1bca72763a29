using Microsoft.Extensions.Logging;
using Prebake.Redis;
using StackExchange.Redis;

namespace Prebake;

/// <summary>
/// Joins the instances of an app through Redis: what one of them publishes to a topic reaches the subscribers of all.
/// An instance does not get its own messages back, and none twice; those of one publisher arrive in their order.
/// </summary>
/// <remarks>
/// All instances subscribe to one channel of Redis. Every message goes to every instance, which drops those of topics
/// nobody has subscribed to there. In return, a topic needs no subscription at Redis: a socket that has subscribed
/// gets the very next message, order holds across topics, and each instance knows exactly how many messages it has
/// missed. While the link is down, messages wait, up to <see cref="MaxQueuedBytes"/>. What is lost all the same is
/// logged when the link is back, and counted by the meter <c>Prebake.Redis</c>.
/// </remarks>
/// <example><code>
/// Serve.Run&lt;App&gt;(new ServeOptions { Backplane = new RedisBackplane("localhost:6379") });
/// </code></example>
public sealed class RedisBackplane : Backplane
{
    private readonly ConfigurationOptions _configuration;
    private readonly CancellationTokenSource _stopping = new();
    private Outbox? _outbox;
    private RedisLink? _link;
    private Task _running = Task.CompletedTask;
    private long _missed;
    private long _saidLost = long.MinValue / 2;

    /// <summary>Where Redis is, as StackExchange.Redis writes it.</summary>
    /// <param name="configuration">
    /// Such as <c>localhost:6379</c>, <c>a:6379,b:6379,password=…,ssl=true</c>, or <c>!/run/redis.sock</c>.
    /// </param>
    /// <exception cref="ArgumentException">The text is not a configuration.</exception>
    public RedisBackplane(string configuration) : this(ConfigurationOptions.Parse(configuration)) { }

    /// <summary>Where Redis is, and all other settings of the client. They are copied.</summary>
    public RedisBackplane(ConfigurationOptions configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration.EndPoints.Count == 0)
            throw new ArgumentException(
                "The configuration has no server; write one such as localhost:6379.", nameof(configuration));

        _configuration = configuration.Clone();
        _configuration.AbortOnConnectFail = false;              // the app starts without Redis, too
        _configuration.BacklogPolicy = BacklogPolicy.FailFast;  // what waits, waits here: counted, in order, bounded
        _configuration.ReconnectRetryPolicy = new LinearRetry(500);
    }

    /// <summary>
    /// The channel that the instances share. Apps that do not belong together and use the same Redis need different
    /// ones. Default <c>prebake</c>.
    /// </summary>
    public string Channel { get; init; } = "prebake";

    /// <summary>
    /// How many bytes may wait while the link is down or slow. What does not fit is lost for the other instances.
    /// Default: 16 MiB.
    /// </summary>
    public int MaxQueuedBytes { get; init; } = 16 << 20;

    /// <summary>How long after an outage as many instances are waited for as there were before. For tests.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The link works at the moment.</summary>
    public bool IsConnected => _link is { IsUp: true };

    /// <summary>Messages of this instance that others did not get, because too many waited.</summary>
    public long LostMessages => _outbox?.Lost ?? 0;

    /// <summary>Messages of other instances that did not arrive here.</summary>
    public long MissedMessages => Volatile.Read(ref _missed);

    /// <inheritdoc/>
    protected override void Start()
    {
        ArgumentException.ThrowIfNullOrEmpty(Channel);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxQueuedBytes);

        Guid instance = Guid.NewGuid();
        _outbox = new Outbox(instance, MaxQueuedBytes);
        _running = RunAsync(_outbox, new Inbox(instance, Deliver, OnMissed, OnRefused));
    }

    /// <inheritdoc/>
    protected override async ValueTask StopAsync()
    {
        if (_outbox is not { } outbox) return;

        // What waits may still leave, if Redis is there to take it
        outbox.Close();
        _stopping.CancelAfter(TimeSpan.FromSeconds(IsConnected ? 5 : 0));
        await _running.ConfigureAwait(false);
        if (outbox.Waiting > 0) RedisLog.LeftBehind(Logger, outbox.Waiting);
    }

    /// <inheritdoc/>
    protected override bool TryPublish(string topic, ReadOnlyMemory<byte> data, MessageKind kind, bool compress)
    {
        var parcel = new Parcel(topic, data, kind, compress);
        if (_outbox!.TryAdd(parcel)) return true;
        RedisMetrics.Lost(1);
        SayLost(parcel);
        return false;
    }

    // Once a minute, however much is lost: the link may be up, and slow
    private void SayLost(in Parcel parcel)
    {
        long now = Environment.TickCount64, last = Volatile.Read(ref _saidLost);
        if (now - last <= 60_000 || Interlocked.CompareExchange(ref _saidLost, now, last) != last) return;

        if (Envelope.IsTooLong(parcel.Topic)) RedisLog.LongTopic(Logger, Envelope.MaxTopic);
        else RedisLog.Full(Logger, MaxQueuedBytes);
    }

    private async Task RunAsync(Outbox outbox, Inbox inbox)
    {
        await Task.Yield();         // the server listens meanwhile
        try
        {
            await using var link = await RedisLink
                .OpenAsync(_configuration, Channel, Logger, () => outbox.Lost, Patience, _stopping.Token)
                .ConfigureAwait(false);
            _link = link;
            await link.SubscribeAsync(bytes => Receive(inbox, bytes), _stopping.Token).ConfigureAwait(false);
            await outbox.SendAllAsync(link.TrySendAsync, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The server has stopped
        }
        catch (Exception e)
        {
            RedisLog.Failed(Logger, e);
        }
    }

    private void Receive(Inbox inbox, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (!inbox.TryReceive(bytes)) RedisLog.Foreign(Logger, Channel);
        }
        catch (Exception e)
        {
            RedisLog.Failed(Logger, e);
        }
    }

    private void OnRefused(Exception error)
    {
        Interlocked.Increment(ref _missed);
        RedisMetrics.Missed(1);
        RedisLog.Refused(Logger, error);
    }

    private void OnMissed(long count)
    {
        Interlocked.Add(ref _missed, count);
        RedisMetrics.Missed(count);
        RedisLog.Missed(Logger, count);
    }
}
