namespace Prebake.Serving;

/// <summary>
/// What was provided for one request and must be disposed of: when the request is over and nobody produces its body any
/// more, the last one first. What a dispose method throws is logged, and the others are disposed of all the same.
/// </summary>
internal sealed class OwnedValues(ServingSettings settings)
{
    private readonly List<object> _values = new(1);
    private int _holders = 1;               // the request itself

    public void Add(object value) => _values.Add(value);

    /// <summary>Somebody besides the request uses them.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>One of those who use them has finished; the last one disposes of them.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0) _ = DisposeAllAsync();
    }

    private async Task DisposeAllAsync()
    {
        for (int i = _values.Count - 1; i >= 0; i--)
        {
            try
            {
                if (_values[i] is IAsyncDisposable later) await later.DisposeAsync().ConfigureAwait(false);
                else if (_values[i] is IDisposable now) now.Dispose();
            }
            catch (Exception e)
            {
                settings.Report(e, "the disposal of what a [Provide] method returned");
            }
        }
    }
}
