namespace Prebake.Lifetime;

/// <summary>Counts open connections, and says when there are none left once nobody can open another.</summary>
internal sealed class ConnectionCount
{
    // One more than there are connections, until Close takes it away
    private int _count = 1;
    private int _closed;
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many there are at the moment.</summary>
    public int Open => Math.Max(0, Volatile.Read(ref _count) - (Volatile.Read(ref _closed) == 0 ? 1 : 0));

    public Task Empty => _empty.Task;

    public void Opened() => Interlocked.Increment(ref _count);

    public void Ended()
    {
        if (Interlocked.Decrement(ref _count) == 0) _empty.TrySetResult();
    }

    /// <summary>No more connections will come.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) Ended();
    }
}
