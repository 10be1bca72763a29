using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Xunit.Abstractions;

namespace Prebake.Abuse;

/// <summary>What many, slow and greedy clients cost: measured on the native binary, memory as the kernel counts it.</summary>
[Collection("victim")]
public sealed class MemoryTests(VictimBinary binary, ITestOutputHelper output)
{
    private const long MiB = 1 << 20;

    private static void Warm(Victim victim)
    {
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal("Hello", victim.Ask());
            victim.Ask("/text");
        }
    }

    private void Grew(string what, Victim victim, long before, double limitMiB)
    {
        double grown = (victim.Resident - before) / (double)MiB;
        output.WriteLine($"{what}: {grown:0.0} MiB (limit {limitMiB})");
        Assert.True(grown < limitMiB, $"{what}: {grown:0.0} MiB, and {limitMiB} are allowed");
    }

    [LinuxFact]
    public async Task Ten_thousand_idle_connections()
    {
        using Victim victim = binary.Start();
        Warm(victim);
        long before = victim.Resident;
        var clients = new List<Client>();
        try
        {
            for (int i = 0; i < 9_000; i++)
            {
                Client client = await victim.ConnectAsync();
                client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Receive();
                clients.Add(client);
            }

            Grew("9,000 idle connections", victim, before, 9_000 * 2 / 1024.0);
            double used = victim.Processor;
            await Task.Delay(2_000);
            double share = (victim.Processor - used) / 2;
            output.WriteLine($"processor while idle: {share:P1}");
            Assert.True(share < 0.05, $"{share:P1} of a core");

            foreach (Client client in clients.Take(200)) Assert.Equal(200, client.Send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n").Receive().Status);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    [LinuxFact]
    public async Task Two_thousand_heads_that_trickle()
    {
        using Victim victim = binary.Start("", ("HEAD_TIMEOUT", "4"));
        Warm(victim);
        double calm = await Latency(victim, TimeSpan.FromSeconds(1.5));
        long before = victim.Resident;

        var clients = new List<Client>();
        for (int i = 0; i < 2_000; i++) clients.Add((await victim.ConnectAsync()).Send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "));
        using var stop = new CancellationTokenSource();
        Task trickle = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (Client client in clients)
                {
                    // Cut by the server, or told and closed below
                    try { client.Socket.Send("x"u8, SocketFlags.None); } catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
                }

                await Task.Delay(500);
            }
        });

        double pressed = await Latency(victim, TimeSpan.FromSeconds(1.5));
        Grew("2,000 slow heads", victim, before, 8);
        output.WriteLine($"p99 of others: {calm:0.00} ms without, {pressed:0.00} ms with");

        // Each is told 408 and closed, although it goes on sending
        foreach (Client client in clients)
        {
            var buffer = new byte[256];
            int count = 0;
            try { count = client.Socket.Receive(buffer); } catch (SocketException) { }
            if (count > 0) Assert.StartsWith("HTTP/1.1 408", Encoding.ASCII.GetString(buffer, 0, count));
            client.Dispose();
        }

        await stop.CancelAsync();
        await trickle;
        Assert.Equal("Hello", victim.Ask());
    }

    // In milliseconds
    private static async Task<double> Latency(Victim victim, TimeSpan time)
    {
        var all = new List<double>();
        using Client client = await victim.ConnectAsync();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < time)
        {
            long start = Stopwatch.GetTimestamp();
            Assert.Equal(200, client.Send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n").Receive().Status);
            all.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await Task.Delay(1);
        }

        all.Sort();
        return all[all.Count * 99 / 100];
    }

    [LinuxFact]
    public async Task A_thousand_bodies_that_trickle()
    {
        using Victim victim = binary.Start();
        Warm(victim);
        long before = victim.Resident;
        var clients = new List<Client>();
        for (int i = 0; i < 1_000; i++) clients.Add((await victim.ConnectAsync()).Send($"POST /{(i % 2 == 0 ? "whole" : "upload")} HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\nx"));

        for (int round = 0; round < 5; round++)
        {
            await Task.Delay(1_000);
            foreach (Client client in clients)
                try { client.Socket.Send("x"u8, SocketFlags.None); } catch (SocketException) { }
        }

        Grew("1,000 slow bodies", victim, before, 8);
        foreach (Client client in clients)
        {
            Assert.Equal(408, client.Receive().Status);
            client.Dispose();
        }

        Assert.Equal("Hello", victim.Ask());
    }

    [LinuxFact]
    public async Task Announced_sizes_are_not_believed()
    {
        using Victim victim = binary.Start();
        Warm(victim);
        long before = victim.Resident;
        var clients = new List<Client>();
        for (int i = 0; i < 300; i++) clients.Add((await victim.ConnectAsync()).Send("POST /whole HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n"));
        await Task.Delay(300);
        Grew("300 bodies of 10 MB announced", victim, before, 2);
        clients.ForEach(client => client.Dispose());
        Assert.Equal("Hello", victim.Ask());
    }

    [LinuxFact]
    public async Task A_hundred_clients_that_do_not_read()
    {
        using Victim victim = binary.Start();
        Warm(victim);
        byte[] expected;
        using (Client one = victim.Connect()) expected = one.Send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n").Receive().Body;
        long before = victim.Resident;

        var clients = new List<Client>();
        for (int i = 0; i < 100; i++) clients.Add((await victim.ConnectAsync()).Send($"GET /{(i % 2 == 0 ? "large" : "stream?bytes=33554432")} HTTP/1.1\r\nHost: a\r\n\r\n"));
        await Task.Delay(1_500);
        Assert.Equal("Hello", victim.Ask());
        Grew("100 slow readers of 32 MiB", victim, before, 16);

        for (int i = 0; i < clients.Count; i++)
        {
            if (i % 2 == 0) Assert.True(clients[i].Receive().Body.AsSpan().SequenceEqual(expected));
            clients[i].Dispose();
        }
    }

    [LinuxFact]
    public async Task A_flood_of_pipelined_requests()
    {
        using Victim victim = binary.Start();
        Warm(victim);
        long before = victim.Resident;
        using Client client = victim.Connect();
        byte[] block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /small HTTP/1.1\r\nHost: a\r\n\r\n", 2_000)));
        client.Socket.Blocking = false;
        long taken = 0;
        for (int idle = 0; idle < 20;)
        {
            try { taken += client.Socket.Send(block, (int)(taken % block.Length), block.Length - (int)(taken % block.Length), SocketFlags.None); idle = 0; }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock) { idle++; await Task.Delay(20); }
        }

        output.WriteLine($"taken before it stops reading: {taken / (double)MiB:0.0} MiB");
        Assert.InRange(taken, 1, 8 * MiB);
        Grew("a flood of pipelined requests", victim, before, 4);
        Assert.Equal("Hello", victim.Ask());
    }

    [LinuxFact]
    public void A_gibibyte_up_and_down()
    {
        using Victim victim = binary.Start();
        Warm(victim);
        File.WriteAllBytes(Path.Combine(binary.Folder, "file.bin"), []);
        using (FileStream file = File.OpenWrite(Path.Combine(binary.Folder, "file.bin"))) file.SetLength(1 << 30);
        victim.Ask("/file-is-not-there");
        Upload(victim, "/upload", "", 16 << 20);
        long before = victim.Resident;

        Assert.Equal($"{1 << 30}", Upload(victim, "/upload", "", 1 << 30));
        Grew("1 GiB up", victim, before, 8);
        Assert.Equal($"{1 << 30}", Upload(victim, "/form", "--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n", 1 << 30));
        Grew("1 GiB up, multipart", victim, before, 8);

        foreach (string path in new[] { $"/stream?bytes={1 << 30}", "/file" })
        {
            using Client client = victim.Connect();
            long got = client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").Drain();
            Assert.InRange(got, 1 << 30, (1 << 30) + (8 << 20));
            Grew($"1 GiB down, {path}", victim, before, 8);
        }
    }

    private static string Upload(Victim victim, string path, string lead, long size)
    {
        string tail = lead.Length > 0 ? "\r\n--b--" : "";
        using Client client = victim.Connect();
        client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {lead.Length + size + tail.Length}\r\n\r\n{lead}");
        var block = new byte[256 << 10];
        for (long sent = 0; sent < size; sent += block.Length) client.Send(block);
        return Encoding.ASCII.GetString(client.Send(tail).Receive().Body);
    }
}

[CollectionDefinition("victim", DisableParallelization = true)]
public sealed class VictimCollection : ICollectionFixture<VictimBinary>;
