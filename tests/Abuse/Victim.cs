using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Prebake.Abuse;

/// <summary>The server, published with NativeAOT once for all tests.</summary>
public sealed class VictimBinary : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("prebake-abuse-").FullName;
    private readonly Lazy<string> _executable;

    public VictimBinary() => _executable = new(Publish);

    public string Executable => _executable.Value;

    /// <summary>The working directory of every server: it holds <c>file.bin</c>.</summary>
    public string Folder => _folder;

    /// <summary>Starts one; <paramref name="wrap"/> is put in front of the command by a shell.</summary>
    internal Victim Start(string wrap = "", params (string Name, string Value)[] environment) => Start(0, wrap, environment);

    internal Victim Start(int port, string wrap = "", params (string Name, string Value)[] environment)
    {
        string executable = _executable.Value;
        return new Victim(_folder, wrap.Length > 0 ? $"{wrap} exec {executable} --port={port}" : $"exec {executable} --port={port}", environment);
    }

    /// <summary>The same program as the build left it, run by the runtime.</summary>
    internal Victim StartWithRuntime()
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, framework = new DirectoryInfo(AppContext.BaseDirectory).Name;
        string program = Path.Combine(Repository.Root, "tests", "Abuse", "Server", "bin", configuration, framework, "prebake-abused.dll");
        return new Victim(_folder, $"exec dotnet {program} --port=0", []);
    }

    private string Publish()
    {
        var start = new ProcessStartInfo("dotnet", ["publish", Path.Combine(Repository.Root, "tests", "Abuse", "Server"), "-c", "Release", "-o", _folder, "--nologo", "-nodeReuse:false"]) { RedirectStandardOutput = true };
        using Process publish = Process.Start(start)!;
        string output = publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();
        Assert.True(publish.ExitCode == 0, output);
        return Path.Combine(_folder, "prebake-abused");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>A running server as its operator sees it: memory, descriptors, threads, processor time.</summary>
internal sealed class Victim : IDisposable
{
    /// <summary>
    /// What the collector lets pass before its first collection is the size of the processor's cache otherwise, on some machines more than a test allocates: that is no leak.
    /// </summary>
    public static readonly (string, string) SmallBudget = ("DOTNET_GCgen0size", "200000");

    private readonly Process _process;
    private readonly string _folder;

    public Victim(string folder, string command, (string Name, string Value)[] environment, bool readsOutput = true)
    {
        _folder = folder;
        var start = new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;

        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith("Second: ", StringComparison.Ordinal)) SecondPort = int.Parse(line.AsSpan("Second: ".Length), CultureInfo.InvariantCulture);
            int at = line.IndexOf("http://", StringComparison.Ordinal);
            if (at < 0) continue;
            Port = new Uri(line[at..].Split(' ')[0]).Port;
            break;
        }

        Assert.True(Port > 0, "It printed no address");
        Errors = _process.StandardError.ReadToEndAsync();
        if (readsOutput) Output = _process.StandardOutput.ReadToEndAsync();
    }

    public int Port { get; }

    /// <summary>Of the second server of the process, where there is one.</summary>
    public int SecondPort { get; }

    /// <summary>All that it wrote to standard error, once it has ended.</summary>
    public Task<string> Errors { get; }

    /// <summary>What it wrote to standard output behind its address, once it has ended.</summary>
    public Task<string> Output { get; } = Task.FromResult("");

    public long Resident => Status("VmRSS:") * 1024;
    public int Threads => (int)Status("Threads:");
    public int Descriptors => Directory.GetFiles($"/proc/{_process.Id}/fd").Length;

    /// <summary>What its descriptors are.</summary>
    public IReadOnlyList<string> DescriptorTargets =>
        [.. Directory.GetFiles($"/proc/{_process.Id}/fd").Select(path => { try { return new FileInfo(path).LinkTarget ?? ""; } catch (IOException) { return ""; } })];

    /// <summary>
    /// The descriptors that it has for clients: accepted sockets, and the files that it sends. What it has for itself is not among them, since that
    /// grows for a while after the first answer: other loops start, and the runtime opens what it needs.
    /// </summary>
    public IReadOnlyList<string> ForClients
    {
        get
        {
            // Fields of both tables begin with a number and a local address. "0A" is a socket that listens
            HashSet<string> own = [.. File.ReadLines("/proc/net/unix").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[6])];
            foreach (string table in (string[])["/proc/net/tcp", "/proc/net/tcp6"])
            {
                if (!File.Exists(table)) continue;
                own.UnionWith(File.ReadLines(table).Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Where(fields => fields[3] == "0A").Select(fields => fields[9]));
            }

            return [.. DescriptorTargets.Where(target => target.StartsWith(_folder, StringComparison.Ordinal)
                || target.StartsWith("socket:[", StringComparison.Ordinal) && !own.Contains(target[8..^1]))];
        }
    }

    /// <summary>Waits until it has nothing for clients any more but this many sockets.</summary>
    public Task LetsGoAsync(int except = 0) =>
        Eventually.Until(() => ForClients.Count <= except, () => $"It holds {string.Join(", ", ForClients)}, and {except} would be right");

    /// <summary>What it waits for with io_uring: polls and receives that hold sockets, also those that have no descriptor any more.</summary>
    public int RingWaits => Directory.GetFiles($"/proc/{_process.Id}/fd")
        .Where(path => { try { return new FileInfo(path).LinkTarget == "anon_inode:[io_uring]"; } catch (IOException) { return false; } })
        .Sum(path => File.ReadLines(path.Replace("/fd/", "/fdinfo/")).Count(line => line.TrimStart().StartsWith("op=", StringComparison.Ordinal)));

    /// <summary>Seconds of processor time so far.</summary>
    public double Processor
    {
        get
        {
            string text = File.ReadAllText($"/proc/{_process.Id}/stat");
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
        }
    }

    public void Signal(string name) => Process.Start("kill", [$"-{name}", $"{_process.Id}"])!.WaitForExit();

    /// <summary>Waits for the end; the exit code.</summary>
    public async Task<int> EndAsync(TimeSpan patience)
    {
        await _process.WaitForExitAsync().WaitAsync(patience);
        return _process.ExitCode;
    }

    public Client Connect() => new(Port);

    public async Task<Client> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return new Client(socket);
    }

    /// <summary>One request on a connection of its own.</summary>
    public string Ask(string path = "/")
    {
        using Client client = Connect();
        client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        return Encoding.UTF8.GetString(client.Receive().Body);
    }

    private long Status(string name)
    {
        foreach (string line in File.ReadLines($"/proc/{_process.Id}/status"))
            if (line.StartsWith(name, StringComparison.Ordinal)) return long.Parse(line[name.Length..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture);
        throw new InvalidOperationException("The server has ended.");
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}

/// <summary>A blocking client that reads what it is told to.</summary>
internal sealed class Client : IDisposable
{
    private byte[] _buffer = [];
    private int _start, _end;

    public Client(int port)
    {
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(IPAddress.Loopback, port);
        Patience();
    }

    public Client(Socket socket)
    {
        Socket = socket;
        Patience();
    }

    public Socket Socket { get; }

    private void Patience() => Socket.ReceiveTimeout = Socket.SendTimeout = 60_000;

    public Client Send(string text) => Send(Encoding.ASCII.GetBytes(text));

    public Client Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[Socket.Send(bytes)..];
        return this;
    }

    /// <summary>An answer with a length.</summary>
    public (int Status, byte[] Body) Receive()
    {
        int end;
        while ((end = Filled.IndexOf("\r\n\r\n"u8)) < 0) if (!Fill()) throw new EndOfStreamException("no head");

        string head = Encoding.Latin1.GetString(Filled[..end]);
        _start += end + 4;
        int status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        int at = head.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        int length = at < 0 ? 0 : int.Parse(head[(at + 16)..].Split('\r')[0], CultureInfo.InvariantCulture);

        var body = new byte[length];
        int have = Math.Min(length, _end - _start);
        _buffer.AsSpan(_start, have).CopyTo(body);
        _start += have;
        while (have < length)
        {
            int count = Socket.Receive(body, have, length - have, SocketFlags.None);
            if (count == 0) throw new EndOfStreamException($"{have} of {length}");
            have += count;
        }

        return (status, body);
    }

    /// <summary>Reads to the end of the connection and counts.</summary>
    public long Drain()
    {
        long total = _end - _start;
        byte[] buffer = new byte[256 << 10];
        try
        {
            for (int count; (count = Socket.Receive(buffer)) > 0;) total += count;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
        }

        return total;
    }

    /// <summary>Closes with RST.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Close();
    }

    public void Dispose() => Socket.Dispose();

    private ReadOnlySpan<byte> Filled => _buffer.AsSpan(_start, _end - _start);

    private bool Fill()
    {
        if (_buffer.Length == 0) _buffer = new byte[1024];
        if (_start > 0)
        {
            Filled.CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        int count = Socket.Receive(_buffer, _end, _buffer.Length - _end, SocketFlags.None);
        _end += count;
        return count > 0;
    }
}
