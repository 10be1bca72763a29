using System.Net.Sockets;

namespace Prebake.Benchmarks.Load;

/// <summary>What went wrong in a part of the run that the other parts do not depend on.</summary>
internal sealed class Failures
{
    private readonly HashSet<string> _reasons = [];

    public IReadOnlyCollection<string> Reasons => _reasons;

    public void Guard(string what, Action part)
    {
        try
        {
            part();
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or SocketException)
        {
            // The same in each round: said once
            if (_reasons.Add($"{what}: {error.Message}")) Console.Error.WriteLine($"failed: {what}: {error.Message}");
        }
    }
}
