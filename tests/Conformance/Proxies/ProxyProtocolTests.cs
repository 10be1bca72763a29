using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Prebake.Conformance.Clients;

namespace Prebake.Conformance.Proxies;

/// <summary>Connections that begin with a PROXY header, over each transport, with TLS behind it and without.</summary>
public sealed class ProxyProtocolTests
{
    private const string Line = "PROXY TCP4 198.51.100.7 192.0.2.1 4711 443\r\n";
    private const string Request = "GET /peer HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private static readonly ServeOptions s_options = new()
    {
        ProxyProtocol = true, TrustedProxies = ["127.0.0.0/8"],
        IdleTimeout = TimeSpan.FromMinutes(1), HeadTimeout = TimeSpan.FromMinutes(1), LoggerFactory = NullLoggerFactory.Instance,
    };

    private static readonly ServerOfEach s_plain = new(over => Servers.StartApp(over, new ProxiedApp(), s_options));
    private static readonly ServerOfEach s_secured =
        new(over => Servers.StartApp(over, new ProxiedApp(), s_options with { Tls = [Servers.Tls] }));

    public static TheoryData<Over> Transports => [.. Servers.Transports];

    private static byte[] Binary(byte command = 0x21, bool isSecured = false)
    {
        byte[] block = [198, 51, 100, 7, 192, 0, 2, 1, 4711 >> 8, 4711 & 255, 1, 187];
        if (isSecured) block = [.. block, 0x20, 0, 5, 1, 0, 0, 0, 0];
        return [.. "\r\n\r\n\0\r\nQUIT\n"u8, command, 0x11, 0, (byte)block.Length, .. block];
    }

    [Theory, MemberData(nameof(Transports))]
    public void The_address_in_the_header_is_the_peers(Over over)
    {
        foreach (byte[] header in new[] { Encoding.Latin1.GetBytes(Line), Binary() })
        {
            using var client = new RawClient(s_plain.Of(over));
            client.Send([.. header, .. Encoding.Latin1.GetBytes(Request)]);
            Assert.Equal("198.51.100.7:4711 http://a/peer", client.Receive()!.Text);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_header_in_pieces_is_the_same(Over over)
    {
        foreach (byte[] header in new[] { Encoding.Latin1.GetBytes(Line), Binary() })
        {
            byte[] all = [.. header, .. Encoding.Latin1.GetBytes(Request)];
            using var client = new RawClient(s_plain.Of(over));
            client.Send(all, Enumerable.Range(1, all.Length - 1));
            Assert.Equal("198.51.100.7:4711 http://a/peer", client.Receive()!.Text);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void It_counts_for_every_request_of_the_connection(Over over)
    {
        using var client = new RawClient(s_plain.Of(over));
        client.Send(Line);
        for (int i = 0; i < 3; i++)
        {
            client.Send("GET /client HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("198.51.100.7 http a", client.Receive()!.Text);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_proxy_that_looks_for_the_server_is_itself(Over over)
    {
        foreach (byte[] header in new[] { "PROXY UNKNOWN\r\n"u8.ToArray(), Binary(command: 0x20) })
        {
            using var client = new RawClient(s_plain.Of(over));
            client.Send([.. header, .. Encoding.Latin1.GetBytes(Request)]);
            Assert.StartsWith("127.0.0.1:", client.Receive()!.Text);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_client_that_speaks_tls_with_the_proxy_uses_https(Over over)
    {
        using var client = new RawClient(s_plain.Of(over));
        client.Send([.. Binary(isSecured: true), .. Encoding.Latin1.GetBytes("GET /client HTTP/1.1\r\nHost: a\r\n\r\n")]);
        Assert.Equal("198.51.100.7 https a", client.Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Without_a_header_the_connection_is_cut(Over over)
    {
        foreach (string first in new[] { Request, "PROXY TCP4 x y 1 2\r\n" + Request, "\r\n\r\n\0\r\nQUIT!" + Request, "P" + Request })
        {
            using var client = new RawClient(s_plain.Of(over));
            client.Send(first);
            Assert.True(client.IsClosed(), first);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_connection_that_comes_and_goes_leaves_nothing_behind(Over over)
    {
        foreach (string first in new[] { "", "PROXY TCP4 198" })
        {
            using var client = new RawClient(s_plain.Of(over));
            client.Send(first).FinishSending();
            Assert.True(client.IsClosed());
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Others_than_proxies_cannot_connect(Over over)
    {
        await using Server server = Servers.StartApp(over, new ProxiedApp(), s_options with { TrustedProxies = ["10.0.0.0/8"] });
        using var client = new RawClient(server);
        try
        {
            client.Send(Line + Request);
        }
        catch (SocketException)
        {
            // It was cut before
        }

        Assert.True(client.IsClosed());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_header_that_does_not_come_ends_the_connection(Over over)
    {
        await using Server server =
            Servers.StartApp(over, new ProxiedApp(), s_options with { HeadTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = new RawClient(server);
        client.Send("PROXY ");
        Assert.True(client.IsClosed());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task In_front_of_tls_it_is_the_same(Over over)
    {
        foreach (byte[] header in new[] { Encoding.Latin1.GetBytes(Line), Binary() })
        {
            // Alone, together with the hello, and in pieces with it
            await AssertSecuredAsync(over, header, cut: null);
            await AssertSecuredAsync(over, header, cut: header.Length);
            await AssertSecuredAsync(over, header, cut: 5);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_is_not_a_hello_behind_the_header_is_cut(Over over)
    {
        using var client = new PlainClient(s_secured.Of(over));
        client.Send(Line + Request);
        await client.EndAsync();
    }

    [ToolTheory("haproxy"), MemberData(nameof(FrontLines))]
    public async Task HAProxy_names_its_client(Over over, string line)
    {
        await using FrontServer front = await FrontServer.HAProxyAsync(s_plain.Of(over), line);
        using var http = new HttpClient();

        Assert.Equal($"127.0.0.1 http 127.0.0.1:{front.Port}", await http.GetStringAsync($"http://127.0.0.1:{front.Port}/client"));
        string peer = await http.GetStringAsync($"http://127.0.0.1:{front.Port}/peer");
        Assert.StartsWith("127.0.0.1:", peer);
    }

    public static TheoryData<Over, string> FrontLines
    {
        get
        {
            var lines = new TheoryData<Over, string>();
            foreach (Over over in Servers.Transports)
                foreach (string line in new[] { "send-proxy", "send-proxy-v2", "send-proxy-v2-ssl", "send-proxy-v2 proxy-v2-options crc32c" })
                    lines.Add(over, line);
            return lines;
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_program_itself_needs_no_header(Over over)
    {
        await using Server server = Servers.StartApp(over, new ProxiedApp(), s_options);
        Response response = await server.FetchAsync("/client");
        Assert.Equal(" http localhost", response.BodyText);

        await using WebSocketClient socket = await server.ConnectAsync("/socket");
        Assert.Equal("", (await socket.ReceiveAsync())?.Text);
    }

    private static async Task AssertSecuredAsync(Over over, byte[] header, int? cut)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, s_secured.Of(over).Port!.Value);
        using var prefixed = new PrefixedStream(new NetworkStream(socket), header, cut);
        using var tls = new SslStream(prefixed, leaveInnerStreamOpen: true, (_, _, _, _) => true);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, patience.Token);

        await tls.WriteAsync(Encoding.Latin1.GetBytes(Request), patience.Token);
        using var reader = new StreamReader(tls);
        string response = await reader.ReadToEndAsync(patience.Token);
        Assert.EndsWith("198.51.100.7:4711 https://a/peer", response);
    }

    /// <summary>Writes a header in front of the first bytes, and both in one piece, unless they are to be
    /// cut.</summary>
    private sealed class PrefixedStream(Stream inner, byte[] prefix, int? cut) : Stream
    {
        private byte[]? _prefix = prefix;

        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() => inner.Flush();
        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => inner.Write(Joined(buffer.AsSpan(offset, count)));

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[] bytes = Joined(buffer.Span);
            if (cut is { } first && bytes.Length > buffer.Length)
            {
                await inner.WriteAsync(bytes.AsMemory(0, first), cancellationToken);
                bytes = bytes[first..];
            }

            await inner.WriteAsync(bytes, cancellationToken);
        }

        private byte[] Joined(ReadOnlySpan<byte> bytes)
        {
            byte[] joined = [.. _prefix ?? [], .. bytes];
            _prefix = null;
            return joined;
        }
    }

    /// <summary>Plain bytes to a server that expects TLS.</summary>
    private sealed class PlainClient : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        public PlainClient(Server server) => _socket.Connect(IPAddress.Loopback, server.Port!.Value);

        public void Send(string text) => _socket.Send(Encoding.Latin1.GetBytes(text));

        public async Task EndAsync()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            byte[] buffer = new byte[1000];
            try
            {
                while (await _socket.ReceiveAsync(buffer, patience.Token) > 0)
                {
                    // An alert, perhaps
                }
            }
            catch (SocketException)
            {
                // Cut, which is an end, too
            }
        }

        public void Dispose() => _socket.Dispose();
    }
}
