using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace Prebake.Abuse;

/// <summary>Faults put in on purpose: the server goes on, and answers the next client.</summary>
[Collection("victim")]
public sealed class FaultTests(VictimBinary binary, ITestOutputHelper output)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [LinuxFact]
    public async Task Descriptors_run_out()
    {
        using Victim victim = binary.Start("ulimit -n 80;");
        var kept = new List<Client>();
        for (int i = 0; i < 5; i++) kept.Add(victim.Connect());
        foreach (Client client in kept) Assert.Equal(200, client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive().Status);

        var flood = new List<Client>();
        for (int i = 0; i < 300; i++) flood.Add(await victim.ConnectAsync());
        await Eventually.Until(() => victim.Descriptors >= 79, "the table is not full");

        double used = victim.Processor;
        for (int i = 0; i < 20; i++)
        {
            foreach (Client client in kept) Assert.Equal(200, client.Send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n").Receive().Status);
            await Task.Delay(100);
        }

        double share = (victim.Processor - used) / 2;
        output.WriteLine($"processor with the table full: {share:P1}");
        Assert.True(share < 0.25, $"{share:P1} of a core: it spins");

        flood.ForEach(client => client.Dispose());
        for (int i = 0; i < 100; i++) Assert.Equal("Hello", victim.Ask());
        kept.ForEach(client => client.Dispose());
        victim.Signal("TERM");
        Assert.Equal(0, await victim.EndAsync(s_patience));
        string said = Assert.Single((await victim.Errors).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("File descriptors or memory have run out", said);
    }

    [LinuxFact]
    public async Task Resets_at_every_point()
    {
        using Victim victim = binary.Start();
        victim.Ask();

        (string Name, string Request)[] points =
        [
            ("connect", ""),
            ("head", "GET / HT"),
            ("body", "POST /whole HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nxxx"),
            ("chunk", "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
            ("part", "POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\nContent-Disposition: form-data; name=f\r\n\r\nx"),
            ("handler", "GET /slow?ms=50 HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("answer", "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("file", "GET /file HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("stream", "GET /stream?bytes=100000000 HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("ticks", "GET /ticks HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("pipeline", string.Concat(Enumerable.Repeat("GET /slow?ms=5 HTTP/1.1\r\nHost: a\r\n\r\n", 50))),
        ];

        foreach ((string name, string request) in points)
        {
            for (int i = 0; i < 30; i++)
            {
                Client client = await victim.ConnectAsync();
                if (request.Length > 0) client.Send(request);
                if (i % 3 == 0) await Task.Delay(5);
                client.Reset();
            }

            Assert.Equal("Hello", victim.Ask());
            await Eventually.Until(() => victim.Ask("/ticking") == "0", $"{name}: a token has not fired");
        }

        await victim.LetsGoAsync();
        victim.Signal("TERM");
        Assert.Equal(0, await victim.EndAsync(s_patience));
        Assert.Equal("", await victim.Errors);              // a client that leaves is no error of the server's
    }

    [LinuxFact]
    public async Task Churn_leaves_nothing_behind()
    {
        using Victim victim = binary.Start("", Victim.SmallBudget);
        await Round();
        long before = victim.Resident;
        int threads = victim.Threads;
        await Round();
        await victim.LetsGoAsync();
        output.WriteLine($"resident {before >> 10} KiB, then {victim.Resident >> 10} KiB; threads {threads}, then {victim.Threads}");
        Assert.True(victim.Threads <= threads + 2);
        Assert.True(victim.Resident <= before * 1.10, $"{before} bytes, then {victim.Resident}");

        async Task Round()
        {
            for (int i = 0; i < 5_000; i++)
            {
                Client client = await victim.ConnectAsync();
                client.Send(i % 2 == 0 ? "GET /text HTTP/1.1\r\nHost: a\r\n\r\n" : "GET /slow?ms=1 HTTP/1.1\r\nHost: a\r\n\r\n");
                if (i % 4 < 2) client.Receive();
                client.Reset();
            }
        }
    }

    [LinuxFact]
    public async Task Connections_that_ended_hold_nothing_in_the_kernel()
    {
        using Victim victim = binary.Start();
        Assert.Equal("Hello", victim.Ask());
        await Task.Delay(100);
        int waits = victim.RingWaits;           // 0 without io_uring
        for (int i = 0; i < 400; i++)
        {
            Client client = await victim.ConnectAsync();
            client.Send((i % 4) switch
            {
                0 => "GET /slow?ms=20 HTTP/1.1\r\nHost: a\r\n\r\nGET /text HTTP/1.1\r\nHost: a\r\n\r\n",
                1 => "GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                2 => "GET /slow?ms=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                _ => "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + new string('x', 5_000),
            });
            if (i % 8 < 4) client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            if (i % 4 == 2) client.Receive();
            if (i % 16 < 8) client.Reset();
            else client.Dispose();
        }

        // A loop that starts late has two more
        await Eventually.Until(() => victim.RingWaits <= waits + 2 * Environment.ProcessorCount, () => $"{victim.RingWaits} waits are left, {waits} before");
        Assert.Equal("Hello", victim.Ask());
    }

    [LinuxFact]
    public async Task Exceptions_cost_no_memory_and_no_connection()
    {
        using Victim victim = binary.Start("", Victim.SmallBudget);
        using Client client = victim.Connect();
        for (int i = 0; i < 2_000; i++) Throw();
        long before = victim.Resident;
        for (int i = 0; i < 10_000; i++) Throw();
        double grown = (victim.Resident - before) / (double)(1 << 20);
        output.WriteLine($"10,000 exceptions: {grown:0.0} MiB");
        Assert.True(grown < 4, $"{grown:0.0} MiB");
        await Task.CompletedTask;

        void Throw() => Assert.Equal(418, client.Send("GET /throws HTTP/1.1\r\nHost: a\r\n\r\n").Receive().Status);
    }

    [LinuxFact]
    public async Task Stopped_and_continued()
    {
        using Victim victim = binary.Start();
        victim.Ask();
        victim.Signal("STOP");
        var clients = new List<Client>();
        for (int i = 0; i < 100; i++) clients.Add((await victim.ConnectAsync()).Send($"GET /{(i % 2 == 0 ? "" : "slow?ms=20")} HTTP/1.1\r\nHost: a\r\n\r\n"));
        await Task.Delay(2_000);
        victim.Signal("CONT");
        foreach (Client client in clients)
        {
            Assert.Equal(200, client.Receive().Status);
            client.Dispose();
        }
    }

    [LinuxFact]
    public async Task SIGTERM_answers_what_is_in_flight_and_refuses_the_rest()
    {
        using Victim victim = binary.Start();
        var clients = new List<Client>();
        for (int i = 0; i < 50; i++) clients.Add((await victim.ConnectAsync()).Send("GET /slow?ms=1500 HTTP/1.1\r\nHost: a\r\n\r\n"));
        using Client idle = victim.Connect().Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        idle.Receive();
        await Task.Delay(200);

        victim.Signal("TERM");
        await Eventually.Until(() =>
        {
            try { victim.Connect().Dispose(); return false; }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused) { return true; }
            // The port was closed while this one stood in its queue: the next one says whether it is
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset) { return false; }
        }, "the port stays open");
        Assert.Equal(0, idle.Drain());

        foreach (Client client in clients)
        {
            (int status, byte[] body) = client.Receive();
            Assert.Equal((200, "slow"), (status, Encoding.ASCII.GetString(body)));
            client.Dispose();
        }

        Assert.Equal(0, await victim.EndAsync(s_patience));
    }

    [LinuxFact]
    public async Task The_deadline_cuts_what_does_not_end_and_a_second_signal_ends_at_once()
    {
        using (Victim victim = binary.Start("", ("SHUTDOWN_TIMEOUT", "0.5")))
        {
            using Client client = victim.Connect().Send("GET /slow?ms=600000 HTTP/1.1\r\nHost: a\r\n\r\n");
            await Task.Delay(100);
            victim.Signal("TERM");
            Assert.Equal(0, await victim.EndAsync(s_patience));
            Assert.Equal(0, client.Drain());
        }

        using (Victim victim = binary.Start("", ("SHUTDOWN_TIMEOUT", "600")))
        {
            using Client client = victim.Connect().Send("GET /slow?ms=600000 HTTP/1.1\r\nHost: a\r\n\r\n");
            await Task.Delay(100);
            victim.Signal("TERM");
            await Task.Delay(200);
            victim.Signal("TERM");
            Assert.Equal(128 + 15, await victim.EndAsync(s_patience));
        }
    }

    [LinuxFact]
    public async Task Killed_and_started_again_on_its_port()
    {
        Victim victim = binary.Start();
        int port = victim.Port;
        for (int i = 0; i < 10; i++)
        {
            using Client client = victim.Connect().Send("GET /stream?bytes=100000000 HTTP/1.1\r\nHost: a\r\n\r\n");
            client.Receive();
            victim.Signal("KILL");
            await victim.EndAsync(s_patience);
            victim.Dispose();
            victim = binary.Start(port);
            Assert.Equal("Hello", victim.Ask());
        }

        victim.Dispose();
    }

    [LinuxFact]
    public async Task An_unreferenced_server_lets_its_process_end()
    {
        using (Victim unreferenced = binary.Start("", ("HOLD", "unref"))) Assert.Equal(0, await unreferenced.EndAsync(s_patience));

        foreach (string hold in new[] { "ref", "both" })
        {
            using Victim held = binary.Start("", ("HOLD", hold));
            await Task.Delay(300);
            Assert.Equal("Hello", held.Ask());
        }
    }

    [LinuxFact]
    public async Task A_full_disk_is_the_request_s_trouble_alone()
    {
        using Victim victim = binary.Start();
        using Client client = victim.Connect();
        client.Send("POST /save?path=/dev/full HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n").Send(new byte[100_000]);
        Assert.Equal(500, client.Receive().Status);
        Assert.Equal("Hello", victim.Ask());
        victim.Signal("TERM");
        Assert.Equal(0, await victim.EndAsync(s_patience));
        Assert.Contains("POST /save", await victim.Errors);
    }

    [LinuxFact]
    public void Sixty_four_megabytes_of_heap_are_enough_and_running_out_ends_one_request()
    {
        using Victim victim = binary.Start("", ("DOTNET_GCHeapHardLimit", "0x4000000"));
        for (int i = 0; i < 5; i++)
        {
            using Client client = victim.Connect();
            client.Send("POST /whole HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
            var block = new byte[1 << 20];
            try { for (int sent = 0; sent < 100_000_000; sent += block.Length) client.Send(block.AsSpan(0, Math.Min(block.Length, 100_000_000 - sent))); }
            catch (SocketException) { }

            Assert.Equal("Hello", victim.Ask());
            Assert.Equal("text", victim.Ask("/text"));
        }

        using Client stream = victim.Connect();
        Assert.True(stream.Send("GET /stream?bytes=100000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").Drain() > 100_000_000);
    }
}
