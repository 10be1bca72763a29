using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Security.Authentication;
using System.Text;
using Prebake.Testing;

namespace Prebake.Conformance.Tls;

/// <summary>
/// Clients that say what they have to say and leave without reading (openssl/openssl#6904, #7948). Who closes a socket
/// with something unread in it resets the connection, and takes back what has not arrived yet; so nothing may come before
/// the response, not even a ticket.
/// </summary>
public sealed partial class HastyClientTests
{
    private const int Length = 4 << 20;

    public static TheoryData<Over> Loops => new(Servers.TlsTransports.Where(transport => transport is not Over.Sockets));

    internal sealed partial class Register
    {
        public static ConcurrentDictionary<string, long> Arrived { get; } = new();

        [Post("/tell/{name}")]
        private static async Task<string> Tell(string name, Request request)
        {
            long length = 0;
            for (ReadResult read = default; !read.IsCompleted;)
            {
                read = await request.Body.ReadAsync();
                length += read.Buffer.Length;
                request.Body.AdvanceTo(read.Buffer.End);
                await Task.Yield();
            }

            Arrived[name] = length;
            return "thanks";
        }
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task What_they_have_said_arrives(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Register(), TlsServers.Patient with { Tls = [Servers.Tls] });
        foreach (SslProtocols version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            string name = $"{transport}{version}";
            using (TlsClient client = new TlsClient(server).ShakeHands(protocols: version, resumes: false))
            {
                client.Stream.Write(Encoding.ASCII.GetBytes($"POST /tell/{name} HTTP/1.1\r\nHost: a\r\nContent-Length: {Length}\r\n\r\n"));
                client.Stream.Write(new byte[Length]);
                client.Socket.Close();
            }

            await Eventually.Until(() => Register.Arrived.ContainsKey(name), $"{name} has not arrived");
            Assert.Equal(Length, Register.Arrived[name]);
        }
    }
}
