namespace Prebake.Http;

/// <summary>
/// A lock for a few instructions, as a field of what it guards: no object of its own, a third of the time of one. Whoever
/// has it copies a little at most, and calls nobody who might ask for it again.
/// </summary>
internal struct Gate
{
    private SpinLock _lock;

    /// <summary>Whoever comes in leaves by disposing of this.</summary>
    public static Gate Make() => new() { _lock = new SpinLock(enableThreadOwnerTracking: false) };

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public Held Enter() => new(ref _lock);

    public readonly ref struct Held
    {
        private readonly ref SpinLock _lock;

        public Held(ref SpinLock gate)
        {
            _lock = ref gate;
            bool taken = false;
            gate.Enter(ref taken);
        }

        public void Dispose() => _lock.Exit(useMemoryBarrier: false);
    }
}
