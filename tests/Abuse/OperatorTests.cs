using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Prebake.Abuse;

/// <summary>What an operator sees of the native binary, and what a supervisor is told.</summary>
[Collection("victim")]
public sealed class OperatorTests(VictimBinary binary)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [LinuxFact]
    public async Task Where_io_uring_is_forbidden_epoll_serves()
    {
        using (Victim victim = binary.Start("", ("FORBID_IO_URING", "1")))
        {
            Assert.Equal("Hello", victim.Ask());
            Assert.Contains("anon_inode:[eventpoll]", victim.DescriptorTargets);
            Assert.DoesNotContain("anon_inode:[io_uring]", victim.DescriptorTargets);
        }

        using (Victim victim = binary.Start("", ("PREBAKE_IO_URING", "0")))
        {
            Assert.Equal("slow", victim.Ask("/slow?ms=1"));
            Assert.DoesNotContain("anon_inode:[io_uring]", victim.DescriptorTargets);
        }

        using var insists = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(binary.Executable, "--port=0")
        {
            RedirectStandardError = true, RedirectStandardOutput = true, Environment = { ["FORBID_IO_URING"] = "1", ["PREBAKE_IO_URING"] = "1" },
        })!;
        Assert.Contains("This process may not use io_uring", await insists.StandardError.ReadToEndAsync());
        await insists.WaitForExitAsync();
        Assert.Equal(1, insists.ExitCode);
    }

    [LinuxFact]
    public async Task The_access_log_has_a_line_for_each_request()
    {
        using Victim victim = binary.Start("", ("ACCESS_LOG", "text"));
        victim.Ask("/");
        victim.Ask("/slow?ms=1");
        victim.Ask("/no\"where");
        victim.Signal("TERM");
        Assert.Equal(0, await victim.EndAsync(s_patience));

        string[] lines = (await victim.Output).Split('\n').Where(line => line.StartsWith("127.0.0.1 ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] ""GET / HTTP/1\.1"" 200 \d+ \d+\.\d{6}$", lines[0]);
        Assert.Contains("\"GET /slow?ms=1 HTTP/1.1\" 200 ", lines[1]);
        Assert.Contains("\"GET / HTTP/1.1\" 200 5 ", lines[0]);
        Assert.Contains("\"GET /no\\x22where HTTP/1.1\" 404 - ", lines[2]);
    }

    [LinuxFact]
    public async Task As_json_every_line_is_an_object()
    {
        using Victim victim = binary.Start("", ("ACCESS_LOG", "json"));
        victim.Ask("/slow?ms=1");
        victim.Signal("TERM");
        Assert.Equal(0, await victim.EndAsync(s_patience));

        JsonElement[] lines = (await victim.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        JsonElement request = lines.Single(line => line.GetProperty("category").GetString() == "Prebake.Access");
        Assert.Equal(("GET", "/slow?ms=1", 200, "/slow"), (request.GetProperty("method").GetString(), request.GetProperty("target").GetString(), request.GetProperty("status").GetInt32(), request.GetProperty("route").GetString()));
        Assert.True(request.GetProperty("seconds").GetDouble() > 0);
        Assert.Equal("Stopping", lines.Single(line => line.TryGetProperty("event", out JsonElement name) && name.GetString() == "Stopping").GetProperty("event").GetString());
    }

    [LinuxFact]
    public async Task An_exception_that_ends_the_process_is_in_the_log()
    {
        const string Error = "System.InvalidOperationException: nobody waits for me";

        // Two servers, one log
        string said = Line(await FallAsync(binary.Start("", ("SECOND", "1")), "/falls/timer"));
        Assert.StartsWith("An exception that nothing can catch ends the process: ", said);
        Assert.EndsWith(Error, said);

        JsonElement line = JsonDocument.Parse(Line(await FallAsync(binary.Start("", ("LOG_FORMAT", "json")), "/falls/thread"))).RootElement;
        Assert.Equal(("Critical", 13), (line.GetProperty("level").GetString(), line.GetProperty("id").GetInt32()));
        Assert.StartsWith(Error, line.GetProperty("exception").GetString());

        // Of an async void method a native binary says only what .NET itself says; with a runtime it is like all others
        Assert.Contains("Unhandled exception. " + Error, await FallAsync(binary.Start(), "/falls/void"));
        Assert.EndsWith(Error, Line(await FallAsync(binary.StartWithRuntime(), "/falls/void")));

        static string Line(string errors) => Assert.Single(errors.Split('\n'), line => line.Contains("ends the process"));

        static async Task<string> FallAsync(Victim victim, string path)
        {
            using (victim)
            {
                using Client client = victim.Connect();
                client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
                Assert.NotEqual(0, await victim.EndAsync(s_patience));
                return await victim.Errors;
            }
        }
    }

    [LinuxFact]
    public async Task What_the_user_may_not_is_said_and_costs_nobody_else_anything()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv")) return;           // somebody else's rights are needed

        const string Nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups";
        string executable = binary.Executable, folder = binary.Folder;
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        string secret = Path.Combine(folder, "secret.bin");
        File.WriteAllText(secret, "secret");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        using (var victim = new Victim(folder, $"exec {Nobody} {executable} --port=0", []))
        {
            using Client client = victim.Connect();
            Assert.Equal(403, client.Send("GET /secret HTTP/1.1\r\nHost: a\r\n\r\n").Receive().Status);
            Assert.Equal("Hello", victim.Ask());
        }

        // A folder of root's
        using var denied = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-c", $"exec {Nobody} {executable}"])
        {
            WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true, Environment = { ["UNIX_SOCKET"] = "/usr/prebake-denied.sock" },
        })!;
        Assert.Contains("No permission to listen on '/usr/prebake-denied.sock'", await denied.StandardError.ReadToEndAsync());
        await denied.WaitForExitAsync();
        Assert.Equal(1, denied.ExitCode);
    }

    [LinuxFact]
    public async Task A_full_disk_under_the_access_log_costs_lines_and_no_request()
    {
        // The address comes first, then the disk is full
        using Victim victim = new(binary.Folder, $"{binary.Executable} --port=0 | (read a; echo \"$a\"; read b; exec cat >/dev/full)", [("ACCESS_LOG", "text")]);
        for (int i = 0; i < 2_000; i++) Assert.Equal("Hello", victim.Ask());
        await Task.CompletedTask;
    }

    [LinuxFact]
    public async Task An_output_that_nobody_reads_holds_up_nothing()
    {
        using Victim victim = new(binary.Folder, $"exec {binary.Executable} --port=0", [("ACCESS_LOG", "json")], readsOutput: false);
        using Client client = victim.Connect();
        for (int i = 0; i < 20_000; i++) Assert.Equal(200, client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive().Status);
        Assert.True(victim.Resident < 64 << 20);
        await Task.CompletedTask;
    }

    [LinuxFact]
    public async Task Readiness_goes_off_before_the_port_closes()
    {
        using Victim victim = binary.Start("", ("SHUTDOWN_DELAY", "1"));
        Assert.Equal(("healthy", "ready"), (victim.Ask("/healthz"), victim.Ask("/readyz")));
        victim.Signal("TERM");
        for (int i = 0; victim.Ask("/readyz") != "stopping"; i++) Assert.True(i < 100);
        Assert.Equal("healthy", victim.Ask("/healthz"));
        Assert.Equal(0, await victim.EndAsync(s_patience));
    }

    [LinuxFact]
    public async Task A_signal_drains_every_server_of_the_process()
    {
        foreach (string signal in new[] { "TERM", "INT" })
        {
            using Victim victim = binary.Start("", ("SECOND", "1"), ("SHUTDOWN_TIMEOUT", "30"));
            using var first = victim.Connect();
            using var second = new Client(victim.SecondPort);
            using var idle = new Client(victim.SecondPort);
            Assert.Equal(200, idle.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive().Status);
            second.Send("GET /slow?ms=1000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            first.Send("GET /slow?ms=10 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            Assert.Equal(200, first.Receive().Status);

            // What the second is at is finished, although the first has nothing left to do
            victim.Signal(signal);
            Assert.Equal(0, idle.Drain());
            Assert.Equal(200, second.Receive().Status);
            Assert.Equal(0, await victim.EndAsync(s_patience));
        }
    }

    [LinuxFact]
    public async Task A_second_signal_ends_the_process_whatever_its_servers_are_at()
    {
        using Victim victim = binary.Start("", ("SECOND", "1"), ("SHUTDOWN_TIMEOUT", "600"));
        using var first = victim.Connect();
        using var second = new Client(victim.SecondPort);
        first.Send("GET /slow?ms=600000 HTTP/1.1\r\nHost: a\r\n\r\n");
        second.Send("GET /slow?ms=600000 HTTP/1.1\r\nHost: a\r\n\r\n");
        using (var idle = new Client(victim.SecondPort))
        {
            Assert.Equal(200, idle.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive().Status);
            victim.Signal("TERM");
            Assert.Equal(0, idle.Drain());
        }

        victim.Signal("TERM");
        Assert.Equal(143, await victim.EndAsync(s_patience));
    }

    [LinuxFact]
    public void Connections_above_the_limit_are_answered_503()
    {
        using Victim victim = binary.Start("", ("MAX_CONNECTIONS", "3"));
        var kept = Enumerable.Range(0, 3).Select(_ => victim.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).ToList();
        foreach (Client client in kept) Assert.Equal(200, client.Receive().Status);
        using (Client extra = victim.Connect()) Assert.Equal(503, extra.Receive().Status);

        foreach (Client client in kept) Assert.Equal(200, client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive().Status);
        kept.ForEach(client => client.Dispose());
        for (int i = 0; ; i++)
        {
            using Client again = victim.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            if (again.Receive().Status == 200) break;
            Assert.True(i < 100);
            Thread.Sleep(20);
        }
    }

    [LinuxFact]
    public async Task Systemd_passes_the_socket()
    {
        using Victim victim = binary.Start("", ("ACTIVATE", "1"));
        Assert.NotEqual(1, victim.Port);                // PORT says 1, and the passed socket wins
        Assert.Equal("Hello", victim.Ask());
        victim.Signal("TERM");
        Assert.Equal(0, await victim.EndAsync(s_patience));
        Assert.Contains("set by LISTEN_FDS", await victim.Output);
    }

    [LinuxFact]
    public async Task Systemd_is_told_what_happens()
    {
        string path = Path.Combine(binary.Folder, "notify.sock");
        using var supervisor = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        supervisor.Bind(new UnixDomainSocketEndPoint(path));
        using Victim victim = binary.Start("", ("NOTIFY_SOCKET", path), ("WATCHDOG_USEC", "100000"));

        Assert.Equal($"READY=1\nSTATUS=Listening on http://127.0.0.1:{victim.Port}/", Receive());
        Assert.Equal("WATCHDOG=1", Receive());
        Assert.Equal("WATCHDOG=1", Receive());
        victim.Signal("TERM");
        string last = Receive();
        while (last == "WATCHDOG=1") last = Receive();
        Assert.Equal("STOPPING=1", last);
        Assert.Equal(0, await victim.EndAsync(s_patience));

        string Receive()
        {
            var buffer = new byte[256];
            return Encoding.UTF8.GetString(buffer, 0, supervisor.Receive(buffer));
        }
    }
}
