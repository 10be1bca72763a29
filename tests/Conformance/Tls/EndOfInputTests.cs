using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Prebake.Conformance.Tls;

/// <summary>
/// Clients that send a large body right behind their part of the handshake, and then say that they have finished: many at once, so that the
/// handshakes of some have to wait for their turn.
/// </summary>
public sealed partial class EndOfInputTests : IDisposable
{
    private const int Clients = 60;

    private readonly TestPki _pki = new();

    public static TheoryData<Over> Transports => [.. Servers.TlsTransports];

    internal sealed partial class App
    {
        // Without a look at the body
        [Post("/late")]
        private static async Task<Response> Late()
        {
            await Task.Delay(1);
            return new Response("late") { Status = 401 };
        }

        [Post("/length")] private static async Task<string> Length(Request request) => $"{(await request.BytesAsync()).Length}";
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_end_is_told_behind_all_that_came_before_it(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App(), TlsServers.Patient with { Tls = [TlsServers.OptionsFor(_pki)] });
        string[] answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(number => Task.Run(() => Ask(server, number))));
        for (int i = 0; i < Clients; i++)
        {
            string expected = i % 2 == 0 ? "HTTP/1.1 401 Unauthorized" : "HTTP/1.1 200 OK";
            Assert.StartsWith(expected, answers[i], StringComparison.Ordinal);
            Assert.EndsWith(i % 2 == 0 ? "late" : "105000", answers[i], StringComparison.Ordinal);
        }
    }

    private static async Task<string> Ask(Server server, int number)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Port!.Value, patience.Token);
        await using var stream = new SslStream(new NetworkStream(socket), false, (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, patience.Token);

        string path = number % 2 == 0 ? "/late" : "/length";
        string request = $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 105000\r\n\r\n" + new string('x', 105_000);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), patience.Token);
        await stream.ShutdownAsync();

        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(patience.Token);
    }

    public void Dispose() => _pki.Dispose();
}
