/// <summary>What a provider lends to one request: disposed of once, and when nobody uses it any more.</summary>
internal class Loan
{
    private readonly string _kind;
    private int _uses, _ends;

    public Loan(string secret)
    {
        (Secret, _kind) = (secret, GetType().Name);
        Ledger.Lent();
    }

    public string Secret { get; }

    /// <summary>From now until <see cref="Done"/> it must live, and it must be this request's.</summary>
    public void Use(string p)
    {
        if (Secret != p) Ledger.Report("foreign loan", $"{_kind} of {Secret} was given to {p}");
        Interlocked.Increment(ref _uses);
        Look();
    }

    public void Look()
    {
        if (Volatile.Read(ref _ends) > 0) Ledger.Report("loan used after its end", $"{_kind} of {Secret}");
    }

    public void Done()
    {
        Look();
        Interlocked.Decrement(ref _uses);
    }

    protected void End()
    {
        if (Volatile.Read(ref _uses) > 0) Ledger.Report("loan ended while it is used", $"{_kind} of {Secret}");
        if (Interlocked.Increment(ref _ends) == 1) Ledger.Returned();
        else Ledger.Report("loan ended twice", $"{_kind} of {Secret}");
    }
}

/// <summary>One that is disposed of at once.</summary>
internal sealed class Lease(string secret, bool throws) : Loan(secret), IDisposable
{
    public void Dispose()
    {
        Ambient.Enter("dispose");
        End();
        if (throws) throw new Planned("decline", Secret);
    }
}

/// <summary>One whose disposal waits.</summary>
internal sealed class LateLease(string secret) : Loan(secret), IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Task.Delay(1);
        End();
    }
}
