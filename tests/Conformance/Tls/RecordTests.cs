using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Prebake.Conformance.Tls;

/// <summary>Records as nobody cuts them who means well: of a byte each, without end, without sense.</summary>
public sealed class RecordTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(
        transport, new TestApp(), TlsServers.Patient with { Tls = [Servers.Tls] }));

    public static TheoryData<Over> Transports => new(Servers.TlsTransports);

    [Theory, MemberData(nameof(Transports))]
    public void A_request_may_come_in_records_of_a_byte_each(Over transport)
    {
        foreach (SslProtocols version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            using TlsClient client = new TlsClient(s_servers.Of(transport)).ShakeHands(protocols: version);
            byte[] body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 2000)));
            byte[] request =
                [.. Encoding.ASCII.GetBytes($"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), .. body];

            // Each Write is a record
            for (int i = 0; i < request.Length; i++) client.Stream.Write(request.AsSpan(i, 1));
            string answer = new StreamReader(client.Stream).ReadToEnd();
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
            Assert.EndsWith(Encoding.ASCII.GetString(body), answer);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_hello_may_come_in_records_of_a_byte_each(Over transport)
    {
        byte[] hello = await HandshakeFloodTests.HelloAsync();

        // Behind the head of its own record
        byte[] cut = [.. hello.Skip(5).SelectMany(each => (byte[])[22, 3, 1, 0, 1, each])];
        using Socket socket = HandshakeTests.Connect(s_servers.Of(transport));
        await socket.SendAsync(cut);
        var answer = new byte[1];
        Assert.Equal(1, await socket.ReceiveAsync(answer));
        Assert.Equal(22, answer[0]);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Records_that_mean_nothing_are_not_taken_without_end(Over transport)
    {
        Server server = s_servers.Of(transport);
        using TlsClient other = new TlsClient(server).ShakeHands();
        byte[] hello = await HandshakeFloodTests.HelloAsync();

        // Change of cipher, which is nothing in TLS 1.3; a warning; an empty piece of a handshake
        foreach (byte[] record in (byte[][])[[20, 3, 3, 0, 1, 1], [21, 3, 3, 0, 2, 1, 90], [22, 3, 3, 0, 0]])
        {
            byte[] flood = [.. Enumerable.Repeat(record, 10_000).SelectMany(each => each)];
            foreach (byte[] before in (byte[][])[[], hello])
            {
                using Socket socket = HandshakeTests.Connect(server);
                try
                {
                    await socket.SendAsync(before);
                    for (int round = 0; round < 20; round++) await socket.SendAsync(flood);
                }
                catch (SocketException)
                {
                    // It has been let go already
                }

                // By now at the latest, and whatever it has been told: to its end
                HandshakeTests.ReadToEnd(socket);
            }
        }

        Assert.Contains("handler answer", other.Get("/text"));
    }

    // A handshake's record, and a body's: the peer's own, and not a byte of it is taken for a request's
    [Theory, MemberData(nameof(Transports))]
    public void A_record_that_has_been_changed_ends_its_connection(Over transport)
    {
        Server server = s_servers.Of(transport);
        using TlsClient other = new TlsClient(server).ShakeHands();
        using TlsClient client = new TlsClient(server).ShakeHands();
        client.Stream.Write("GET /text HTTP/1.1\r\nHost: a\r\n"u8);
        client.Socket.Send([23, 3, 3, 0, 32, .. new byte[32]]);
        Assert.DoesNotContain("HTTP/1.1", HandshakeTests.ReadToEnd(client.Socket));
        Assert.Contains("handler answer", other.Get("/text"));
    }
}
