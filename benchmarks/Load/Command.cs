using System.Diagnostics;

namespace Prebake.Benchmarks.Load;

/// <summary>A program and its arguments, and the two ways to run it: to its end, or as a server.</summary>
internal sealed record Command(string Program, params string[] Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string Folder { get; init; } = "";

    /// <summary>The same command on one processor. `taskset` replaces itself by the program, so the process id stays.</summary>
    public Command On(int? processor) => processor is { } number && Exists("taskset")
        ? this with { Program = "taskset", Arguments = ["-c", $"{number}", Program, .. Arguments] }
        : this;

    /// <summary>Starts it; it is killed at the latest when this program ends.</summary>
    public Process Start()
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value;

        return Children.Add(() => Process.Start(start)!);
    }

    /// <summary>Runs it to its end, or kills it when it takes too long.</summary>
    public (bool Succeeded, string Output) Run(TimeSpan limit)
    {
        var process = Start();
        try
        {
            // Both pipes are read at once: a full one would stop the program
            Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(limit)) return (false, $"{Program} took longer than {limit.TotalSeconds:0} s");

            // A build server that stays behind may hold the pipes open
            Task.WaitAll([output, errors], TimeSpan.FromSeconds(10));
            return (process.ExitCode == 0, Read(output) + Read(errors));
        }
        finally
        {
            Children.End(process);
        }
    }

    private static string Read(Task<string> pipe) => pipe.IsCompletedSuccessfully ? pipe.Result : "";

    public static bool Exists(string program) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, program)));
}
