using System.Net.Sockets;

namespace Prebake.Conformance.WebSockets;

/// <summary>Where nothing is compressed any more: for clients that have gone, and where the route does not ask for
/// it.</summary>
public sealed partial class UnwantedCompressionTests
{
    internal sealed partial class App
    {
        public Ledger Ledger { get; } = new();

        public SemaphoreSlim Gone { get; } = new(0);

        [WebSocket("/crowded", Compress = Deflate.Dedicated256KB, Decompress = Deflate.Shared)]
        Crowded Crowd() => new(this);

        [WebSocket("/inflates/only", Decompress = Deflate.Shared)] Subscriber InflateOnly() => new();
    }

    /// <summary>Has more waiting for it than is sent at once, and only then looks up: the client has gone.</summary>
    internal sealed class Crowded(App app) : WebSocketHandler
    {
#pragma warning disable PB0090 // what is tested needs the loop to look elsewhere
        protected override void Message(ReadOnlySpan<byte> data, MessageKind kind)
        {
            bool publishes = data.SequenceEqual("publish"u8), sends = data.SequenceEqual("send"u8);
            if (publishes) Subscribe("crowd");

            var others = new Thread(() =>
            {
                byte[] noise = new byte[32 << 10];
                new Random(4).NextBytes(noise);
                for (int i = 0; i < 64; i++) Send(noise, compress: true);
                if (publishes) Publish("crowd", noise, compress: true);
            });
            others.Start();
            others.Join();
            app.Ledger.Add("full");
            Assert.True(app.Gone.Wait(TimeSpan.FromSeconds(30)));
            if (sends) Send("after all", compress: true);
        }
#pragma warning restore PB0090

        protected override void Close(int code, string reason) => app.Ledger.Add($"close {code}");
    }

    internal sealed class Subscriber : WebSocketHandler
    {
        protected override void Open() => Subscribe("news");

        protected override void Message(ReadOnlySpan<byte> data, MessageKind kind)
        {
            byte[] copy = data.ToArray();
            Send(copy, kind, compress: true);
            Send(data.Length.ToString(), compress: true);
            _ = Task.Run(() => Send(copy, kind, compress: true));
        }
    }

    [Fact]
    public async Task Nothing_is_compressed_for_a_client_that_has_gone_in_the_middle_of_what_waits()
    {
        foreach (Over transport in Servers.Transports)
        {
            var log = new TelemetryTests.Loggers();
            var app = new App();
            await using (Server server = Servers.StartApp(transport, app, new ServeOptions { LoggerFactory = log }))
            {
                foreach (string how in (string[])["wait", "send", "publish"])
                {
                    SocketClient client = SocketClient.Open(
                        server, "/crowded", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
                    client.SendText(how);
                    Assert.Equal("full", app.Ledger.Next());
                    client.Socket.LingerState = new LingerOption(true, 0);
                    client.Dispose();
                    app.Gone.Release();
                    Assert.Equal("close 1006", app.Ledger.Next());
                }
            }

            Assert.DoesNotContain(log.Entries, entry => entry.Error is not null);
        }
    }

    [Fact]
    public async Task What_is_sent_is_not_compressed_if_the_route_only_takes_compressed_messages()
    {
        var app = new App();
        await using Server server = Servers.StartApp(Servers.Transports[0], app);
        using SocketClient client = SocketClient.Open(
            server, "/inflates/only", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        Assert.Contains("permessage-deflate", client.Head);

        // "Hello" of RFC 7692 section 7.2.3.1
        client.Send(Frame.Masked(0xC1, Convert.FromHexString("F248CDC9C90700")));
        foreach (string text in (string[])["Hello", "5", "Hello"])
        {
            Frame frame = client.Receive()!;
            Assert.False(frame.IsCompressed);
            Assert.Equal(text, frame.Text);
        }

        server.Publish("news", "Hello to all of you");
        Frame published = client.Receive()!;
        Assert.False(published.IsCompressed);
        Assert.Equal("Hello to all of you", published.Text);
    }

    [Fact]
    public async Task Text_that_is_published_as_bytes_is_text()
    {
        await using Server server = Servers.StartApp(Servers.Transports[0], new App());
        Assert.Throws<ArgumentException>(() => server.Publish("news", [0xFF], MessageKind.Text));
        Assert.True(server.Publish("news", "nobody is there"u8, MessageKind.Text).Dropped);
        Assert.True(server.Publish("news", [0xFF], MessageKind.Binary).Dropped);
    }
}
