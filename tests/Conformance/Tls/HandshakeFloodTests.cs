using System.Diagnostics;
using System.Net.Sockets;

namespace Prebake.Conformance.Tls;

/// <summary>Handshakes that are broken off, in great numbers: nothing is left of them, and others do not notice.</summary>
[Collection(nameof(Alone))]
public sealed class HandshakeFloodTests
{
    public static TheoryData<Over> Transports => new(Servers.TlsTransports);

    [Theory, MemberData(nameof(Transports))]
    public async Task Thousands_of_broken_handshakes_leave_neither_memory_nor_descriptors(Over transport)
    {
        await using Server server = HandshakeTests.Start(transport, Servers.Tls);
        byte[] hello = await HelloAsync();
        await Break(server, hello, 1000);               // until everything that is kept has been made
        await Settled(server);
        (long memory, int descriptors) before = (ResidentBytes(), Descriptors());

        await Break(server, hello, 3000);
        await Settled(server);
        (long memory, int descriptors) after = (ResidentBytes(), Descriptors());

        // A single SSL object is some 10 KiB, so 3,000 that leaked would be 30 MiB
        Assert.InRange(after.memory - before.memory, long.MinValue, 16 << 20);
        Assert.InRange(after.descriptors - before.descriptors, int.MinValue, 200);      // other tests run meanwhile
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Handshakes_that_stall_keep_nobody_out_and_hold_up_no_answer(Over transport)
    {
        await using Server server = HandshakeTests.Start(transport, Servers.Tls);
        byte[] hello = await HelloAsync();
        using TlsClient old = new TlsClient(server).ShakeHands();
        List<Socket> stalled = [];
        try
        {
            for (int i = 0; i < 2000; i++)
            {
                Socket socket = HandshakeTests.Connect(server);
                stalled.Add(socket);
                if (i % 2 == 0) await socket.SendAsync(hello.AsMemory(0, 20));
                else await socket.SendAsync(hello);
                if (i % 50 == 0) old.AskForHome();
            }

            old.AskForHome();

            using var client = new TlsClient(server);
            Assert.EndsWith("hello", client.ShakeHands().Get("/"));
        }
        finally
        {
            foreach (Socket socket in stalled) socket.Dispose();
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Clients_that_say_nothing_take_no_place_of_those_that_shake_hands(Over transport)
    {
        await using Server server = HandshakeTests.Start(transport, Servers.Tls);
        List<Socket> silent = [];
        try
        {
            // More than a loop shakes hands with at a time, and all of them are let in
            for (int i = 0; i < 1500; i++) silent.Add(HandshakeTests.Connect(server));
            await Eventually.Until(() => server.Transport.Loops.Sum(loop => loop.Connections.Count) == silent.Count, "some wait outside");

            using var client = new TlsClient(server);
            Assert.EndsWith("hello", client.ShakeHands().Get("/"));
        }
        finally
        {
            foreach (Socket socket in silent) socket.Dispose();
        }
    }

    // Nor does the place of a handshake begin before its hello has come
    [Theory, MemberData(nameof(Transports))]
    public async Task Clients_that_stall_within_their_hello_take_no_place_of_those_that_shake_hands(Over transport)
    {
        await using Server server = HandshakeTests.Start(transport, Servers.Tls);
        byte[] hello = await HelloAsync();
        List<Socket> stalled = [];
        try
        {
            // More than twice what a loop shakes hands with at a time, so that somebody would have to go
            for (int i = 0; i < 1500; i++)
            {
                stalled.Add(HandshakeTests.Connect(server));
                await stalled[i].SendAsync(hello.AsMemory(0, hello.Length - 1));
            }

            await Eventually.Until(() => server.Transport.Loops.Sum(loop => loop.Connections.Count) == stalled.Count, "some wait outside");
            using (var client = new TlsClient(server)) client.ShakeHands().AskForHome();

            // Nobody has been sent away for it: the first may go on
            await stalled[0].SendAsync(hello.AsMemory(hello.Length - 1));
            var answer = new byte[1];
            Assert.Equal(1, await stalled[0].ReceiveAsync(answer));
            Assert.Equal(22, answer[0]);
        }
        finally
        {
            foreach (Socket socket in stalled) socket.Dispose();
        }
    }

    private static async Task Break(Server server, byte[] hello, int count)
    {
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            using Socket socket = HandshakeTests.Connect(server);
            await socket.SendAsync(hello.AsMemory(0, i % 3 == 0 ? hello.Length : 1 + (i % hello.Length)));
            if (i % 3 == 0) await socket.ReceiveAsync(new byte[4096]);
            socket.LingerState = new LingerOption(i % 2 == 0, 0);
        });
    }

    private static async Task Settled(Server server)
    {
        using var client = new TlsClient(server);
        Assert.EndsWith("hello", client.ShakeHands().Get("/"));
        await Eventually.Until(() => server.Transport.Loops.Sum(loop => loop.Connections.Count) == 0, "connections stay");
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    /// <summary>What .NET's client says first.</summary>
    internal static async Task<byte[]> HelloAsync()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        Task<Socket> accepted = listener.AcceptSocketAsync();
        using var client = new TcpClient();
        await client.ConnectAsync((System.Net.IPEndPoint)listener.LocalEndpoint);
        using Socket server = await accepted;
        using var stream = new System.Net.Security.SslStream(client.GetStream(), true, (_, _, _, _) => true);
        Task shaking = stream.AuthenticateAsClientAsync("localhost");
        var buffer = new byte[16 << 10];
        int count = await server.ReceiveAsync(buffer);
        server.Close();
        await Assert.ThrowsAnyAsync<Exception>(() => shaking);
        return buffer[..count];
    }

    private static long ResidentBytes()
    {
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
}
