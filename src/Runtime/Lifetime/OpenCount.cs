namespace Prebake.Lifetime;

/// <summary>Counts what is open, and says when nothing is left once nothing more can be opened. From any thread.</summary>
internal sealed class OpenCount
{
    // One more than are open, until Close takes it away: so zero is reached once and stays
    private int _count = 1;
    private int _closed;
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many there are at the moment.</summary>
    public int Open => Math.Max(0, Volatile.Read(ref _count) - (Volatile.Read(ref _closed) == 0 ? 1 : 0));

    /// <summary>Completes when, after <see cref="Close"/>, the last one has ended.</summary>
    public Task Empty => _empty.Task;

    public void Opened() => Interlocked.Increment(ref _count);

    /// <summary>Counts one more, or refuses when <see cref="Empty"/> may have been said.</summary>
    public bool TryOpen()
    {
        int count = Volatile.Read(ref _count);
        while (count > 0 && Volatile.Read(ref _closed) == 0)
        {
            int found = Interlocked.CompareExchange(ref _count, count + 1, count);
            if (found == count) return true;
            count = found;
        }

        return false;
    }

    public void Ended()
    {
        if (Interlocked.Decrement(ref _count) == 0) _empty.TrySetResult();
    }

    /// <summary>No more will come.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) Ended();
    }
}
