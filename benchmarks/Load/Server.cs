using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Prebake.Benchmarks.Load;

/// <summary>A running server: the process of a contender, and where it listens.</summary>
internal sealed partial class Server : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private Server(Contender contender, Process process, int port)
    {
        Contender = contender;
        _process = process;
        Port = port;
    }

    public Contender Contender { get; }

    public int Port { get; }

    public CpuTime CpuTime => ProcessStatus.CpuTimeOf(_process.Id);

    public long ResidentMemory => ProcessStatus.ResidentMemoryOf(_process.Id);

    /// <summary>The most resident memory since the start, or since <see cref="ForgetPeak"/>.</summary>
    public long PeakMemory => ProcessStatus.PeakMemoryOf(_process.Id);

    public void ForgetPeak() => File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");

    /// <summary>Starts a contender and waits until it listens.</summary>
    /// <param name="surroundings">What its handlers need to know, as environment variables.</param>
    public static Server Start(Contender contender, int? processor, IReadOnlyDictionary<string, string>? surroundings = null)
    {
        if (!contender.PrintsAddress)
        {
            var free = Loopback.FreePort();
            var silent = Prepare(contender, free, processor, surroundings).Start();
            if (Loopback.WaitForListener(free, StartLimit)) return new(contender, silent, free);

            Children.End(silent);
            throw new InvalidOperationException($"{contender.Name} does not listen after {StartLimit.TotalSeconds:0} s.");
        }

        var process = Prepare(contender, port: 0, processor, surroundings).Start();
        try
        {
            return new(contender, process, ReadPort(contender, process));
        }
        catch
        {
            Children.End(process);
            throw;
        }
    }

    private static Command Prepare(Contender contender, int port, int? processor, IReadOnlyDictionary<string, string>? surroundings)
    {
        var folder = Workspace.EmptyFolder();
        File.CreateSymbolicLink(Path.Combine(folder, "disk.bin"), Workspace.DiskFile);
        var command = contender.Serve(port);
        return (command with { Folder = folder, Environment = command.Environment.Concat(surroundings ?? command.Environment).DistinctBy(variable => variable.Key).ToDictionary() }).On(processor);
    }

    private static int ReadPort(Contender contender, Process process)
    {
        var clock = Stopwatch.StartNew();
        var errors = process.StandardError.ReadToEndAsync();

        while (true)
        {
            var next = process.StandardOutput.ReadLineAsync();
            if (!next.Wait(Remaining(clock))) throw new InvalidOperationException($"{contender.Name} printed no address within {StartLimit.TotalSeconds:0} s.");
            if (next.Result is not { } line) throw new InvalidOperationException($"{contender.Name} ended without an address. {(errors.Wait(1_000) ? errors.Result.Trim() : "")}");
            if (Address().Match(line) is not { Success: true } address) continue;

            // Nobody reads what it prints from here on, but its pipe must not fill up
            _ = process.StandardOutput.ReadToEndAsync();
            return int.Parse(address.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        }
    }

    private static TimeSpan Remaining(Stopwatch clock) => clock.Elapsed < StartLimit ? StartLimit - clock.Elapsed : TimeSpan.Zero;

    /// <summary>Asks once, and throws unless the answer is the expected one.</summary>
    public void Check(Scenario scenario)
    {
        using var client = new Client(Port, scenario.IsTls);

        for (var i = 0; i < scenario.Pipelined; i++) client.Send(scenario.ToBytes(Port));
        for (var i = 0; i < scenario.Pipelined; i++)
        {
            var (status, body) = client.Receive();
            if (status != 200 || body.Length == 0 || (scenario.Answer ?? body) != body || (scenario.Length ?? body.Length) != body.Length)
                throw new InvalidOperationException($"{Contender.Name} does not do '{scenario.Name}': {scenario.Method} {scenario.Path} was answered {status} '{body[..Math.Min(body.Length, 200)]}'.");
        }
    }

    public void Dispose() => Children.End(_process);

    [GeneratedRegex(@"https?://[^/\s]+:(\d+)/")]
    private static partial Regex Address();
}
