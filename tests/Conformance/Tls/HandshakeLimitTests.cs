using System.Net.Sockets;
using Prebake.Testing;

namespace Prebake.Conformance.Tls;

/// <summary><c>MaxHandshakesPerAddress</c>: handshakes in progress of one address, which is that of all clients here.</summary>
public sealed class HandshakeLimitTests
{
    private const int Limit = 3;

    public static TheoryData<Over> Transports => new(Servers.TlsTransports);

    [Theory, MemberData(nameof(Transports))]
    public async Task An_address_has_so_many_handshakes_in_progress_and_no_more(Over transport)
    {
        await using Server server = Servers.StartApp(
            transport, new TlsApp(),
            TlsServers.Patient with { Tls = [Servers.Tls], MaxHandshakesPerAddress = Limit, HandshakeTimeout = TimeSpan.FromMinutes(5) });
        byte[] hello = await HandshakeFloodTests.HelloAsync();
        List<Socket> stalled = [];
        try
        {
            // Those that have shaken hands do not count, and neither do those that have said nothing yet
            using TlsClient old = new TlsClient(server).ShakeHands();
            old.AskForHome();
            stalled.Add(HandshakeTests.Connect(server));
            for (int i = 0; i < Limit; i++)
            {
                Socket socket = HandshakeTests.Connect(server);
                stalled.Add(socket);
                await socket.SendAsync(hello);
                Assert.Equal(1, await socket.ReceiveAsync(new byte[1]));
            }

            using (Socket further = HandshakeTests.Connect(server))
            {
                await further.SendAsync(hello);
                Assert.Equal("", HandshakeTests.ReadToEnd(further));
            }

            old.AskForHome();

            // One leaves, and there is a place
            stalled[1].Dispose();
            await Eventually.Until(() => Answers(server), "nobody gets the place of one that has left");
        }
        finally
        {
            foreach (Socket socket in stalled) socket.Dispose();
        }
    }

    private static bool Answers(Server server)
    {
        try
        {
            using var client = new TlsClient(server);
            return client.ShakeHands().Get("/").EndsWith("hello", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return false;
        }
    }
}
