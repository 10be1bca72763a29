using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Prebake.Crosstalk;

/// <summary>What a server waits with. Epoll and io_uring are one binary.</summary>
public enum Waits { IoUring, Epoll, Portable }

/// <summary>The server, published with NativeAOT once for each binary that the tests need.</summary>
internal static class Binaries
{
    private static readonly Lazy<string> s_linux = new(() => Publish("linux"));
    private static readonly Lazy<string> s_portable = new(() =>
        Publish("portable", "-p:PrebakePortableTransport=true"));
    private static readonly Lock s_publishing = new();
    private static readonly Lazy<(string, string)> s_certificate = new(Issue);

    /// <summary>The files of a certificate and its key.</summary>
    public static (string Path, string Key) Certificate => s_certificate.Value;

    private static (string, string) Issue()
    {
        var pki = new TestPki();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => pki.Dispose();
        using X509Certificate2 certificate = pki.Issue("localhost");
        return pki.WritePair("crosstalk", certificate);
    }

    public static string For(Waits waits) => (waits is Waits.Portable ? s_portable : s_linux).Value;

    private static string Publish(string name, params string[] options)
    {
        // For those who run the tests again and again: {folder}/linux and {folder}/portable
        if (Environment.GetEnvironmentVariable("PREBAKE_CROSSTALK_BINARIES") is { Length: > 0 } published)
        {
            SavedFiles.Write(Path.Combine(published, name, "disk"));
            return Path.Combine(published, name, "prebake-crosstalk");
        }

        lock (s_publishing)
        {
            string folder = Directory.CreateTempSubdirectory($"prebake-crosstalk-{name}-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) =>
            {
                try { Directory.Delete(folder, recursive: true); }
                catch (IOException) { /* a server still runs */ }
            };

            // What the native compiler and the linker make is kept apart: the two binaries differ by a switch only, and what is newer
            // than its input is not made again
            string project = Path.Combine(Repository.Root, "tests", "Crosstalk", "Server");
            string[] command = ["publish", project, "-c", "Release", "-o", folder,
                $"-p:NativeIntermediateOutputPath=obj/native-{name}/", $"-p:NativeOutputPath=bin/native-{name}/", "--nologo", "-nodeReuse:false", .. options];
            var start = new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true };
            using Process publish = Process.Start(start)!;
            string output = publish.StandardOutput.ReadToEnd();
            publish.WaitForExit();
            Assert.True(publish.ExitCode == 0, output);
            Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);

            SavedFiles.Write(Path.Combine(folder, "disk"));
            return Path.Combine(folder, "prebake-crosstalk");
        }
    }
}

/// <summary>The files that the server serves from its disk.</summary>
internal static class SavedFiles
{
    public static readonly IReadOnlyDictionary<string, byte[]> All = new Dictionary<string, byte[]>
    {
        ["small"] = Pattern(100, 1), ["middle"] = Pattern(20_000, 2), ["large"] = Pattern(300_000, 3),
    };

    public static void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach ((string name, byte[] content) in All)
        {
            string path = Path.Combine(folder, name + ".bin");

            // Another run may be serving them at this moment
            if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content)) File.WriteAllBytes(path, content);
        }
    }

    private static byte[] Pattern(int length, int kind)
    {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte)('a' + ((i * 7 + (i >> 6) + kind) % 26));
        return bytes;
    }
}

/// <summary>A running server process, led by lines on its standard input.</summary>
internal sealed class Subject : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _errors = [];
    private readonly SemaphoreSlim _one = new(1);

    public Subject(Waits waits, params (string Name, string Value)[] environment)
    {
        string executable = Binaries.For(waits);
        var start = new ProcessStartInfo(executable)
        {
            WorkingDirectory = Path.GetDirectoryName(executable),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (waits is not Waits.Portable) start.Environment["PREBAKE_IO_URING"] = waits is Waits.IoUring ? "1" : "0";
        (start.Environment["CERTIFICATE"], start.Environment["KEY"]) = Binaries.Certificate;
        foreach ((string name, string value) in environment) start.Environment[name] = value;

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is null) return;
            lock (_errors)
            {
                if (IsFault(e.Data) && Faults.Count < 20) Faults.Add(e.Data);
                _errors.Add(e.Data);
                if (_errors.Count > 400) _errors.RemoveRange(0, 200);
            }
        };
        _process.BeginErrorReadLine();
    }

    /// <summary>The port of the server that was started last.</summary>
    public int Port { get; private set; }

    /// <summary>Lines on standard error that say that more has broken than a handler.</summary>
    public List<string> Faults { get; } = [];

    public bool HasDied => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The last that it wrote to standard error.</summary>
    public string LastErrors
    {
        get { lock (_errors) return string.Join('\n', _errors.TakeLast(40)); }
    }

    public int Descriptors => Directory.GetFiles($"/proc/{_process.Id}/fd").Length;

    /// <param name="isSecure">It speaks https.</param>
    public async Task StartAsync(bool isSecure = false) =>
        Port = int.Parse(await AskAsync(isSecure ? "start tls" : "start"), CultureInfo.InvariantCulture);

    /// <summary>Whether the stop that was asked for (or is, by this) has come to its end in time.</summary>
    public async Task<bool> HasStoppedAsync(int seconds = 20) => await AskAsync($"stopped {seconds * 1000}") == "True";

    public async Task<SubjectFacts> FactsAsync() => JsonSerializer.Deserialize<SubjectFacts>(await AskAsync("facts"))!;

    /// <summary>Bytes in use after a full collection.</summary>
    public async Task<long> HeapAsync()
    {
        await AskAsync("collect");
        return long.Parse(await AskAsync("collect"), CultureInfo.InvariantCulture);
    }

    public async Task<string> AskAsync(string command)
    {
        await _one.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(command);
            await _process.StandardInput.FlushAsync();
            while (await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
            {
                if (!line.StartsWith("= ", StringComparison.Ordinal)) continue;
                if (line.StartsWith("= failed", StringComparison.Ordinal)) throw new InvalidOperationException($"'{command}': {line}");
                return line[2..];
            }

            throw new EndOfStreamException($"The server has ended before it obeyed '{command}':\n{LastErrors}");
        }
        finally
        {
            _one.Release();
        }
    }

    // LoopFault is what the runtime says of an exception that reached a loop; the others are what .NET says when a
    // process ends
    private static bool IsFault(string line) =>
        line.Contains("reached an event loop", StringComparison.Ordinal)
        || line.StartsWith("Unhandled exception.", StringComparison.OrdinalIgnoreCase)
        || line.StartsWith("Unhandled exception:", StringComparison.OrdinalIgnoreCase)
        || line.StartsWith("Process terminated", StringComparison.Ordinal)
        || line.StartsWith("Fatal error", StringComparison.Ordinal);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}

/// <summary>What the server knows of itself.</summary>
internal sealed record SubjectFacts(int Pending, int Streams, int Reads, int Loans, string[] Reports)
{
    /// <summary>Nothing of any request is left.</summary>
    public bool IsQuiet => (Pending, Streams, Reads, Loans) == (0, 0, 0, 0);
}
