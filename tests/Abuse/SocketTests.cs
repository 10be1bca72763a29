using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using Xunit.Abstractions;

namespace Prebake.Abuse;

/// <summary>What WebSockets do to a server on purpose: the RFC's close code, bounded memory, and nothing left behind.</summary>
[Collection("victim")]
public sealed class SocketTests(VictimBinary binary, ITestOutputHelper output)
{
    private const long MiB = 1 << 20;

    // 20,000 with patience: the number of this environment variable
    private static readonly int s_sockets =
        int.TryParse(Environment.GetEnvironmentVariable("ABUSE_SOCKETS"), CultureInfo.InvariantCulture, out int count) ? count : 2_000;

    [LinuxFact]
    public async Task A_bomb_is_not_inflated_beyond_the_limit()
    {
        byte[] bomb = Bomb(512 * MiB);
        Assert.True(bomb.Length < MiB, $"{bomb.Length} bytes");

        using Victim victim = binary.Start();
        using (Client first = await Open(victim)) Assert.Equal("Hello", victim.Ask());
        long before = victim.Resident;
        for (int i = 0; i < 10; i++)
        {
            using Client client = await Open(victim);
            client.Send(Frame(0xC2, bomb));
            Assert.Equal(1009, CodeAtTheEnd(client));
            if (i == 0) Grew("a bomb", victim, before, limitMiB: 32);
        }

        // Each loop has its room for the longest message there may be
        Grew("ten bombs", victim, before, limitMiB: 32 * Environment.ProcessorCount);
        await Eventually.Until(() => victim.Ask("/sockets") == "0 0", () => victim.Ask("/sockets"));
    }

    [LinuxFact]
    public async Task Pings_whose_pongs_nobody_reads_wait_outside()
    {
        using Victim victim = binary.Start();
        using Client client = await Open(victim, receiveBuffer: 4096);
        long before = victim.Resident;

        byte[] pings = [.. Enumerable.Repeat(Frame(0x89, new byte[125]), 500).SelectMany(ping => ping)];
        client.Socket.Blocking = false;
        long sent = 0;
        for (int refused = 0; refused < 100 && sent < 200 * MiB;)
        {
            // Whole pings or the rest of them
            int at = (int)(sent % pings.Length);
            int part = client.Socket.Send(pings.AsSpan(at), SocketFlags.None, out SocketError error);
            if (error is SocketError.Success)
            {
                sent += part;
                refused = 0;
                continue;
            }

            Assert.True(error is SocketError.WouldBlock, $"{error}");
            refused++;
            await Task.Delay(5);
        }

        Grew($"{sent / MiB} MiB of pings", victim, before, limitMiB: 32);
        Assert.Equal("Hello", victim.Ask());

        client.Reset();
        await Eventually.Until(() => victim.Ask("/sockets") == "0 0", () => victim.Ask("/sockets"));
    }

    [LinuxFact]
    public async Task A_million_empty_fragments_hold_nothing()
    {
        using Victim victim = binary.Start();
        using Client client = await Open(victim);
        long before = victim.Resident;
        client.Send(Frame(0x01, "a"u8));
        byte[] empty = [.. Enumerable.Repeat(Frame(0x00, []), 1000).SelectMany(frame => frame)];
        for (int i = 0; i < 1000; i++) client.Send(empty);
        Grew("a million empty fragments", victim, before, limitMiB: 8);

        client.Send(Frame(0x80, "b"u8)).Send(Frame(0x88, [3, 232]));
        Assert.Equal([0x81, 2, (byte)'a', (byte)'b', 0x88, 2, 3, 232], ReadToEnd(client));
    }

    [LinuxFact]
    public async Task Half_handshakes_end_by_the_time_limit_of_heads()
    {
        using Victim victim = binary.Start("", ("HEAD_TIMEOUT", "2"));
        Assert.Equal("Hello", victim.Ask());
        string handshake = Handshake();
        List<Client> clients = [];
        for (int i = 0; i < 500; i++) clients.Add((await victim.ConnectAsync()).Send(handshake[..(1 + i % (handshake.Length - 1))]));

        foreach (Client client in clients) Assert.True(client.Drain() < 1000);
        clients.ForEach(client => client.Dispose());
        await victim.LetsGoAsync();
        Assert.Equal("0 0", victim.Ask("/sockets"));
    }

    [LinuxFact]
    public async Task Sockets_that_are_killed_at_every_point_leave_nothing_behind()
    {
        using Victim victim = binary.Start("", Victim.SmallBudget);
        using Client witness = await Open(victim);
        await Churn(victim, s_sockets / 4);
        victim.Ask("/collect");
        long before = victim.Resident;

        await Churn(victim, s_sockets);
        victim.Ask("/collect");
        Grew($"{s_sockets} sockets", victim, before, limitMiB: 8);
        await victim.LetsGoAsync(except: 1);

        // The one that stayed has had its messages all along, and nothing else
        witness.Send(Frame(0x88, [3, 232]));
        byte[] all = ReadToEnd(witness);
        Assert.Equal([0x88, 2, 3, 232], all[^4..]);
        Assert.True(all[..^4].Chunk(5).All(frame => frame.SequenceEqual((byte[])[0x81, 3, (byte)'a', (byte)'l', (byte)'l'])));

        victim.Signal("TERM");
        Assert.Equal(0, await victim.EndAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("", await victim.Errors);
    }

    // Fifty at a time, which end in many ways
    private static async Task Churn(Victim victim, int count)
    {
        for (int done = 0; done < count; done += 50)
        {
            List<Client> clients = [];
            for (int i = 0; i < 50; i++) clients.Add(await Open(victim));
            for (int i = 0; i < clients.Count; i++)
            {
                Client client = clients[i];
                switch (i % 8)
                {
                    case 0: break;
                    case 1: client.Send(Frame(0x88, [3, 232])); break;
                    case 2: client.Send(Frame(0x83, [])); break;
                    case 3: client.Send(Frame(0x01, "part"u8)); break;
                    case 4: client.Send(Frame(0x82, new byte[70_000]).AsSpan(0, 50_000)); break;
                    case 5: client.Send(Frame(0x82, new byte[300_000])); break;
                    case 6: client.Send(Frame(0xC1, [0xF2, 0x48])); break;
                    default: client.Send(Frame(0x81, "all"u8)); break;
                }

                if (i % 3 == 0) client.Dispose();
                else client.Reset();
            }
        }

        await Eventually.Until(() => victim.Ask("/sockets") == "1 1", () => $"sockets and subscribers: {victim.Ask("/sockets")}");
    }

    private void Grew(string what, Victim victim, long before, double limitMiB)
    {
        double grown = (victim.Resident - before) / (double)MiB;
        output.WriteLine($"{what}: {grown:0.0} MiB (limit {limitMiB})");
        Assert.True(grown < limitMiB, $"{what}: {grown:0.0} MiB, and {limitMiB} are allowed");
    }

    private static string Handshake() =>
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";

    private static async Task<Client> Open(Victim victim, int receiveBuffer = 0)
    {
        Client client = await victim.ConnectAsync();
        if (receiveBuffer > 0) client.Socket.ReceiveBufferSize = receiveBuffer;
        Assert.Equal(101, client.Send(Handshake()).Receive().Status);
        return client;
    }

    private static byte[] Frame(int first, ReadOnlySpan<byte> payload)
    {
        List<byte> frame = [(byte)first];
        if (payload.Length < 126) frame.Add((byte)(0x80 | payload.Length));
        else if (payload.Length < 65536) frame.AddRange([0xFE, (byte)(payload.Length >> 8), (byte)payload.Length]);
        else frame.AddRange([0xFF, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length]);

        // A mask of zeros changes nothing
        return [.. frame, 0, 0, 0, 0, .. payload];
    }

    private static byte[] Bomb(long length)
    {
        var to = new MemoryStream();
        using var deflate = new DeflateStream(to, CompressionLevel.SmallestSize);
        byte[] zeros = new byte[MiB];
        for (long written = 0; written < length; written += zeros.Length) deflate.Write(zeros);
        deflate.Flush();
        return to.ToArray()[..^4];
    }

    private static int CodeAtTheEnd(Client client)
    {
        byte[] all = ReadToEnd(client);
        Assert.True(all.Length >= 4 && all[0] == 0x88, Convert.ToHexString(all));
        return all[2] << 8 | all[3];
    }

    private static byte[] ReadToEnd(Client client)
    {
        var all = new MemoryStream();
        byte[] buffer = new byte[64 << 10];
        for (int count; (count = client.Socket.Receive(buffer)) > 0;) all.Write(buffer, 0, count);
        return all.ToArray();
    }
}
