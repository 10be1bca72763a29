using System.Text;
using Prebake.WebSockets;

namespace Prebake.Conformance.WebSockets;

/// <summary>Compressed messages both ways, over each transport (RFC 7692).</summary>
public sealed class SocketDeflateTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new SocketApp()));

    public static TheoryData<Over, string, string, string> Cases
    {
        get
        {
            var cases = new TheoryData<Over, string, string, string>();
            foreach (Over transport in Servers.Transports)
            {
                cases.Add(transport, "/shared", "permessage-deflate", "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
                cases.Add(transport, "/shared", "permessage-deflate; server_max_window_bits=9", "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9");
                cases.Add(transport, "/dedicated", "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=11");
                cases.Add(transport, "/dedicated", "permessage-deflate; client_max_window_bits=9; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=10; client_max_window_bits=9");
                cases.Add(transport, "/own", "permessage-deflate", "permessage-deflate");
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Messages_come_back_compressed(Over transport, string path, string offer, string answer)
    {
        using SocketClient client = SocketClient.Open(s_servers.Of(transport), path, $"Sec-WebSocket-Extensions: {offer}\r\n");
        Assert.Contains($"\r\nSec-WebSocket-Extensions: {answer}\r\n", client.Head);

        var terms = new Terms(answer);
        var random = new Random(8);
        for (int i = 0; i < 60; i++)
        {
            string start = (i % 5) switch { 0 => "plain", 1 => "text", 2 => "later", _ => "" };
            string text = i == 4 ? "" : start + string.Concat(Enumerable.Range(0, random.Next(300)).Select(_ => $"word{random.Next(30)} ü "));
            byte[] message = Encoding.UTF8.GetBytes(text);

            byte[] payload = terms.Compress(message);
            byte[] frames = i % 3 == 0 && payload.Length > 2
                ? [.. Frame.Masked(0x41, payload.AsSpan(0, payload.Length / 2)), .. Frame.Masked(0x89, "between"), .. Frame.Masked(0x80, payload.AsSpan(payload.Length / 2))]
                : Frame.Masked(0xC1, payload);
            client.Send(frames);

            Frame frame = client.Receive()!;
            if (frame.Opcode == 10) frame = client.Receive()!;
            Assert.Equal(start != "plain", frame.IsCompressed);
            Assert.Equal(1, frame.Opcode);
            Assert.Equal(text, Encoding.UTF8.GetString(frame.IsCompressed ? terms.Inflate(frame.Payload) : frame.Payload));
        }

        client.SendText("not compressed, which is allowed");
        Assert.True(client.Receive()!.IsCompressed);
        client.Send(Frame.CloseOf(1000));
        client.ExpectClose(1000);
    }

    [Fact]
    public void What_is_wrong_ends_with_its_code()
    {
        foreach (Over transport in Servers.Transports)
        {
            Expect(1009, Frame.Masked(0xC2, new Terms("").Compress(new byte[(1 << 20) + 1])));
            Expect(1007, Frame.Masked(0xC1, new Terms("").Compress([0xFF])));
            Expect(1007, Frame.Masked(0xC1, [0x07, 0xFF, 0xFF]));
            Expect(1002, [.. Frame.Masked(0x41, [0]), .. Frame.Masked(0xC0, [0])]);
            Expect(1002, Frame.Masked(0xC9, [0]));

            void Expect(int code, byte[] bytes)
            {
                using SocketClient client = SocketClient.Open(s_servers.Of(transport), "/shared", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
                client.Send(bytes);
                client.ExpectClose(code);
            }
        }
    }

    [Fact]
    public void A_route_without_compression_agrees_to_none()
    {
        using SocketClient client = SocketClient.Open(s_servers.Of(Servers.Transports[0]), "/echo", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        Assert.DoesNotContain("Extensions", client.Head);
        client.Send(Frame.Masked(0xC1, [0]));
        client.ExpectClose(1002);
    }

    /// <summary>A client's half of what was agreed upon.</summary>
    private sealed class Terms
    {
        private readonly Deflater _deflater;
        private readonly Inflater _inflater = new();
        private readonly Window? _sent, _received;
        private readonly Scratch _to = new(), _from = new();

        public Terms(string answer)
        {
            int BitsOf(string name) => answer.Split("; ").FirstOrDefault(part => part.StartsWith(name + "=", StringComparison.Ordinal)) is { } found ? int.Parse(found.Split('=')[1]) : 15;
            int own = BitsOf("client_max_window_bits");
            _deflater = new Deflater(own);
            if (!answer.Contains("client_no_context_takeover", StringComparison.Ordinal)) _sent = new Window(own);
            if (!answer.Contains("server_no_context_takeover", StringComparison.Ordinal)) _received = new Window(BitsOf("server_max_window_bits"));
        }

        public byte[] Compress(byte[] message)
        {
            byte[] payload = _deflater.Compress(message, _sent is null ? default : _sent.Bytes, _to).ToArray();
            _to.Clear();
            _sent?.Append(message);
            return payload;
        }

        public byte[] Inflate(byte[] payload)
        {
            Assert.Equal(InflateStatus.Complete, _inflater.Inflate(payload, _received is null ? default : _received.Bytes, 1 << 24, _from));
            byte[] message = _from.Written.ToArray();
            _from.Clear();
            _received?.Append(message);
            return message;
        }
    }
}
