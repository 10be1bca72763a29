using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;

namespace Prebake.Conformance.WebSockets;

/// <summary>
/// Many sockets at once, each with a secret that all its messages are made of: no byte of another's comes in either direction, nothing is heard after
/// Close, and Close is heard once, however it ends.
/// </summary>
public sealed partial class SocketCrosstalkTests
{
    internal sealed partial class App
    {
        public ConcurrentBag<string> Faults { get; } = [];

        public int Opened, Closed;

        [WebSocket("/keep/{secret}", Compress = Deflate.Shared, Decompress = Deflate.Shared)] internal Keeper Keep(string secret) => new(this, secret);
    }

    /// <summary>Answers each message with itself, in the way that its first letter says.</summary>
    internal sealed class Keeper(App app, string secret) : WebSocketHandler
    {
        private int _isClosed;

        protected override void Open() => Interlocked.Increment(ref app.Opened);

        protected override async ValueTask Message(string text)
        {
            if (!Consists(text, secret)) app.Faults.Add($"{secret} is told {text[..Math.Min(50, text.Length)]}");
            if (Volatile.Read(ref _isClosed) != 0) app.Faults.Add("a message after Close");
            switch (text[0])
            {
                case 'l':
                    _ = Task.Run(() => Send(text, compress: true));
                    break;
                case 'a':
                    await Task.Yield();
                    Send(text, compress: true);
                    break;
                case 'c':
                    Send(text);
                    CloseSocket(4000, secret);
                    break;
                case 't':
                    _ = Task.Run(Terminate);
                    break;
                default:
                    Send(text, compress: true);
                    break;
            }
        }

        protected override void Close(int code, string reason)
        {
            if (Interlocked.Exchange(ref _isClosed, 1) != 0) app.Faults.Add("Close twice");
            if (reason.Length > 0 && code == 4000 && reason != secret) app.Faults.Add($"{secret} closes with {reason}");
            Interlocked.Increment(ref app.Closed);
        }
    }

    public static TheoryData<Over> Each => new(Servers.Transports);

    [Theory, MemberData(nameof(Each))]
    public async Task No_socket_sees_anything_of_another(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 12 }, seed =>
        {
            try
            {
                Converse(server, new Random(seed), $"{seed:x4}");
            }
            catch (Exception e)
            {
                app.Faults.Add($"seed {seed}: {e.GetType().Name} {e.Message}");
            }
        });

        Assert.Empty(app.Faults);
        await Eventually.Until(() => Volatile.Read(ref app.Closed) == app.Opened, () => $"{app.Closed} of {app.Opened} have heard of their end");
        Assert.Equal(400, app.Opened);
        Assert.Empty(app.Faults);
    }

    private static void Converse(Server server, Random random, string number)
    {
        string secret = $"<{number}{random.NextInt64():x16}>";
        bool compresses = random.Next(2) == 0;
        using SocketClient client = SocketClient.Open(server, $"/keep/{secret}", compresses ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "");
        var inflation = new Inflation(15, remembers: false);

        for (int batch = random.Next(1, 5); batch > 0; batch--)
        {
            string[] messages = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => "nnla"[random.Next(4)] + string.Concat(Enumerable.Repeat(secret, random.Next(8) == 0 ? random.Next(4000) : random.Next(1, 30))))];
            byte[] input = [.. messages.SelectMany(message => Write(random, message, compresses))];
            for (int at = 0; at < input.Length;)
            {
                int part = random.Next(3) == 0 ? Math.Min(input.Length - at, random.Next(1, 2000)) : input.Length - at;
                client.Send(input.AsSpan(at, part));
                at += part;
            }

            // Those that are sent from elsewhere come in any order
            List<string> ordered = [.. messages.Where(message => message[0] != 'l')], others = [.. messages.Where(message => message[0] == 'l')];
            for (int i = 0; i < messages.Length; i++)
            {
                Frame frame = client.Receive() ?? throw new EndOfStreamException("cut");
                string text = Encoding.UTF8.GetString(frame.IsCompressed ? inflation.Read(frame.Payload) : frame.Payload);
                if (ordered.Count > 0 && ordered[0] == text) ordered.RemoveAt(0);
                else Assert.True(others.Remove(text), $"{secret} gets {text[..Math.Min(50, text.Length)]}");
            }
        }

        switch (random.Next(6))
        {
            case 0:
                client.Send([.. Frame.Masked(0x81, $"c{secret}"), .. Frame.Masked(0x81, $"n{secret}"), .. Frame.CloseOf(4000)]);
                client.ExpectText($"c{secret}");
                Frame close = client.Receive()!;
                Assert.Equal((0x88, 4000, secret), (close.First, close.Code, close.Reason));
                client.ExpectEnd();
                break;
            case 1:
                client.Send([.. Frame.CloseOf(1000), .. Frame.Masked(0x81, $"n{secret}")]);
                client.ExpectClose(1000);
                break;
            case 2:
                client.SendText($"t{secret}");
                Assert.Null(client.Receive());
                break;
            case 3:
                client.Send([.. Frame.Masked(0x83, "x"), .. Frame.Masked(0x81, $"n{secret}")]);
                client.ExpectClose(1002);
                break;
            case 4:
                client.Send(Frame.Masked(0x81, $"n{secret}{secret}")[..^5]);
                break;
        }
    }

    private static byte[] Write(Random random, string message, bool compresses)
    {
        byte[] payload = Encoding.UTF8.GetBytes(message);
        int first = 0x01;
        if (compresses && random.Next(2) == 0)
        {
            payload = DeflateCases.Compressed([payload], CompressionLevel.Fastest)[0];
            first = 0x41;
        }

        if (random.Next(3) > 0) return Frame.Masked(first | 0x80, payload, (uint)random.Next());

        int cut = random.Next(payload.Length + 1);
        return [.. Frame.Masked(first, payload[..cut], (uint)random.Next()), .. Frame.Masked(0x8A, "between"), .. Frame.Masked(0x80, payload[cut..], (uint)random.Next())];
    }

    private static bool Consists(string text, string secret)
    {
        if ((text.Length - 1) % secret.Length != 0) return false;
        for (int at = 1; at < text.Length; at += secret.Length)
            if (!text.AsSpan(at, secret.Length).SequenceEqual(secret)) return false;

        return true;
    }
}
