using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Prebake.Benchmarks.Load;

/// <summary>The processes that this one has started. None outlives it, whichever way it ends.</summary>
internal static class Children
{
    private static readonly List<Process> Running = [];
    private static readonly List<PosixSignalRegistration> Signals = [];
    private static bool _ending;

    /// <summary>From here on, the end of this process is the end of its children.</summary>
    public static void Guard()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => EndAll();

        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            Signals.Add(PosixSignalRegistration.Create(signal, _ =>
            {
                EndAll();
                Environment.Exit(130);
            }));
    }

    /// <summary>Starts and registers in one step, so that no child can slip in behind <see cref="EndAll"/>.</summary>
    public static Process Add(Func<Process> start)
    {
        lock (Running)
        {
            if (_ending) throw new OperationCanceledException("The program is ending.");

            var process = start();
            Running.Add(process);
            return process;
        }
    }

    public static void End(Process process)
    {
        lock (Running) Running.Remove(process);
        Kill(process);
    }

    private static void EndAll()
    {
        lock (Running)
        {
            _ending = true;
            foreach (var process in Running) Kill(process);
            Running.Clear();
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            // A build has children of its own; servers have none
            process.Kill(entireProcessTree: true);
            process.WaitForExit(5_000);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself
        }

        process.Dispose();
    }
}
