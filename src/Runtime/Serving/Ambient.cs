using System.Runtime.CompilerServices;

namespace Prebake.Serving;

/// <summary>
/// What a handler may leave behind on the loop's thread: <c>AsyncLocal</c> values, the culture and
/// <c>Activity.Current</c>, which all live in the
/// execution context, and a synchronization context. Put back after each handler, so that no request sees another's.
/// </summary>
internal sealed class Ambient
{
    // That of the loop's thread, before any handler has run on it
    private readonly ExecutionContext? _own = ExecutionContext.Capture();

    /// <summary>Costs two comparisons when nothing was changed. On the loop's thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Restore()
    {
        if (ExecutionContext.Capture() != _own || SynchronizationContext.Current is not null) Reset();
    }

    private void Reset()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        if (ExecutionContext.IsFlowSuppressed()) ExecutionContext.RestoreFlow();
        if (_own is not null) ExecutionContext.Restore(_own);
    }
}
