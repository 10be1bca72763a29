using System.Diagnostics;

namespace Prebake.Testing;

/// <summary>Waits for what other threads or processes bring about; half a minute is for ever.</summary>
internal static class Eventually
{
    public static Task Until(Func<bool> condition, string what = "It did not come to that.", int pause = 10) => Until(condition, () => what, pause);

    /// <summary>The same; <paramref name="what"/> is asked when it is too late, and says how it is then.</summary>
    public static async Task Until(Func<bool> condition, Func<string> what, int pause = 10)
    {
        for (var patience = Stopwatch.StartNew(); !condition(); await Task.Delay(pause))
            if (patience.Elapsed > TimeSpan.FromSeconds(30)) throw new TimeoutException(what());
    }
}
