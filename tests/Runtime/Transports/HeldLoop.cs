using Prebake.Transports;

namespace Prebake.Tests.Transports;

/// <summary>A loop that stands still: what comes and what is posted meanwhile is there when its next round begins, all at once.</summary>
internal sealed class HeldLoop : IDisposable
{
    private readonly ManualResetEventSlim _gate = new();

    // Back only when the loop is here: what is posted before might come in a round of its own
    public HeldLoop(Loop loop)
    {
        using var isHeld = new ManualResetEventSlim();
        Assert.True(loop.Post(_ => { isHeld.Set(); _gate.Wait(TimeSpan.FromMinutes(1)); }, null));
        Assert.True(isHeld.Wait(TimeSpan.FromMinutes(1)));
    }

    public void Release() => _gate.Set();

    // Not the gate: the loop may be on its way through it
    public void Dispose() => Release();
}
