using System.Diagnostics;

namespace Prebake.Publish;

/// <summary>One sample, published with NativeAOT into a folder of its own.</summary>
public sealed class NativeSample : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"prebake-publish-{Guid.NewGuid():n}");

    private NativeSample(string executable) => Executable = Path.Combine(_folder, executable);

    public string Executable { get; }

    /// <summary>Publishes, and fails on any warning of the compiler, the trimmer or the AOT compiler.</summary>
    public static NativeSample Publish(string sample, params string[] options)
    {
        var native = new NativeSample(sample.ToLowerInvariant());
        string project = Path.Combine(Repository.Root, "samples", sample);

        var start = new ProcessStartInfo("dotnet", ["publish", project, "-c", "Release", "-o", native._folder, "--nologo", "-nodeReuse:false", .. options]) { RedirectStandardOutput = true };
        using Process publish = Process.Start(start)!;
        string output = publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();

        Assert.True(publish.ExitCode == 0, output);
        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
        return native;
    }

    public RunningServer Start(params string[] args) => new(Executable, args);

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>The process, from its first line to its exit code.</summary>
public sealed class RunningServer : IDisposable
{
    private readonly Process _process;
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _said = [];

    public RunningServer(string executable, string[] args) : this(new ProcessStartInfo(executable, args))
    {
    }

    /// <param name="start">How to start it.</param>
    /// <param name="firstLine">How the line begins that says where it listens, if a build speaks before it.</param>
    public RunningServer(ProcessStartInfo start, string firstLine = "")
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        string? line;
        while ((line = _process.StandardOutput.ReadLine()) is not null && !line.StartsWith(firstLine, StringComparison.Ordinal)) { }

        FirstLine = line ?? "";
        if (firstLine.Length == 0) return;

        // It shall not wait for somebody who reads
        _ = KeepAsync(_process.StandardOutput);
        _ = KeepAsync(_process.StandardError);
    }

    /// <summary>What it has printed behind the first line so far, if a build spoke before that.</summary>
    public string Said => string.Join("\n", _said);

    private async Task KeepAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line) _said.Enqueue(line);
    }

    /// <summary>What it prints behind the first line, until its end.</summary>
    public async Task<string> ReadToEndAsync()
    {
        Task<string> error = _process.StandardError.ReadToEndAsync();
        return await _process.StandardOutput.ReadToEndAsync() + await error;
    }

    /// <summary>What it printed first; empty when it ended without a word.</summary>
    public string FirstLine { get; }

    public Uri Url => new(FirstLine[FirstLine.IndexOf("http", StringComparison.Ordinal)..]);

    /// <summary>SIGINT, or SIGTERM where whoever runs the tests in the background has SIGINT ignored, which children inherit.</summary>
    public void Interrupt() => Signal(OperatingSystem.IsLinux() && IgnoresInterrupt() ? "TERM" : "INT");

    private static bool IgnoresInterrupt() =>
        File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line && (Convert.ToUInt64(line[7..].Trim(), 16) & 2) != 0;

    public void Signal(string name) => Process.Start("kill", [$"-{name}", _process.Id.ToString()])!.WaitForExit();

    /// <summary>Waits for the end: exit code, and what was written to standard error.</summary>
    public (int Code, string Error) Wait()
    {
        Task<string> error = _process.StandardError.ReadToEndAsync();
        Assert.True(_process.WaitForExit(30_000), "It does not end");
        return (_process.ExitCode, error.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}
