namespace Prebake.Redis;

/// <summary>
/// What waits for Redis. Messages are numbered when they are put in; those for which there is no room have a number,
/// too, so that other instances can tell how many are missing. They leave in envelopes, one after another: the next
/// one when Redis has taken the one before, so nothing overtakes anything.
/// </summary>
internal sealed class Outbox(Guid instance, int maxBytes)
{
    // 256 KiB: what has gathered while one envelope was on its way; more would hold up other users of Redis
    private const int EnvelopeSize = 256 << 10;

    // Others learn by then that they have missed something, also if nothing follows
    private static readonly TimeSpan s_signOfLife = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Queue<(long Number, Parcel Parcel)> _parcels = [];
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private long _next;
    private long _bytes;
    private long _lost;
    private bool _closed;

    /// <summary>How many did not fit in so far.</summary>
    public long Lost => Volatile.Read(ref _lost);

    public int Waiting
    {
        get
        {
            lock (_gate) return _parcels.Count;
        }
    }

    public bool TryAdd(in Parcel parcel)
    {
        lock (_gate)
        {
            long number = _next++;
            if (_closed || _bytes + parcel.Cost > maxBytes || Envelope.IsTooLong(parcel.Topic))
            {
                _lost++;
                return false;
            }

            _parcels.Enqueue((number, parcel));
            _bytes += parcel.Cost;
            if (_parcels.Count > 1) return true;        // whoever put the first one in has woken the sender
        }

        Wake();
        return true;
    }

    /// <summary>Nothing more comes: <see cref="SendAllAsync"/> ends when all is sent.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
        Wake();
    }

    /// <summary>
    /// Sends until <see cref="Close"/>, each envelope until it has been taken. What is asked is whether it has been;
    /// if that is not known it is sent again, since others tell by its number that they have it already.
    /// </summary>
    public async Task SendAllAsync(Func<byte[], Task<bool>> trySend, CancellationToken stopping)
    {
        var parcels = new List<Parcel>();
        await SendAsync(0, parcels, trySend, stopping).ConfigureAwait(false);       // others know from when on to count

        while (true)
        {
            long first = Take(parcels, out bool isOver);
            if (isOver) return;
            if (parcels.Count == 0 && await _arrived.WaitAsync(s_signOfLife, stopping).ConfigureAwait(false)) continue;

            await SendAsync(first, parcels, trySend, stopping).ConfigureAwait(false);
            Remove(parcels.Count);
        }
    }

    private async Task SendAsync(
        long first, List<Parcel> parcels, Func<byte[], Task<bool>> trySend, CancellationToken stopping)
    {
        byte[] envelope = Envelope.Write(instance, first, parcels.ToArray());
        for (int attempt = 0; !await trySend(envelope).ConfigureAwait(false); attempt++)
            await Task.Delay(Math.Min(50 << Math.Min(attempt, 4), 500), stopping).ConfigureAwait(false);
    }

    // What leaves in the next envelope. It stays in the queue until Redis has taken it
    private long Take(List<Parcel> parcels, out bool isOver)
    {
        parcels.Clear();
        lock (_gate)
        {
            isOver = _closed && _parcels.Count == 0;
            if (_parcels.Count == 0) return _next;

            int size = 0;
            long first = _parcels.Peek().Number;
            foreach ((long number, Parcel parcel) in _parcels)
            {
                size += Envelope.SizeOf(parcel);
                if (parcels.Count > 0 && (size > EnvelopeSize || number != first + parcels.Count)) break;
                parcels.Add(parcel);
            }

            return first;
        }
    }

    private void Remove(int count)
    {
        lock (_gate)
            for (; count > 0; count--) _bytes -= _parcels.Dequeue().Parcel.Cost;
    }

    private void Wake()
    {
        try
        {
            _arrived.Release();
        }
        catch (SemaphoreFullException)
        {
            // It has been woken already
        }
    }
}
