using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Prebake.WebSockets;

namespace Prebake.Conformance.WebSockets;

/// <summary>
/// Every combination of parameters that a client may offer (RFC 7692 section 7.1), after groups 12 and 13 of Autobahn|Testsuite. What the server compresses
/// is read by a slow inflater that knows what was agreed upon.
/// </summary>
public sealed class DeflateTermsTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new SocketApp()));

    public static TheoryData<Over> Each => new(Servers.Transports);

    private static IEnumerable<(string Path, string Offer)> Combinations =>
        from path in (string[])["/shared", "/dedicated", "/own"]
        from serverForgets in (string[])["", "; server_no_context_takeover"]
        from clientForgets in (string[])["", "; client_no_context_takeover"]
        from serverBits in (string[])["", "; server_max_window_bits=8", "; server_max_window_bits=9", "; server_max_window_bits=12", "; server_max_window_bits=15"]
        from clientBits in (string[])["", "; client_max_window_bits", "; client_max_window_bits=8", "; client_max_window_bits=9", "; client_max_window_bits=12", "; client_max_window_bits=15"]
        select (path, $"permessage-deflate{serverForgets}{clientForgets}{serverBits}{clientBits}");

    [Theory, MemberData(nameof(Each))]
    public void Whatever_a_client_offers_is_kept(Over transport)
    {
        var failures = new ConcurrentBag<string>();
        Parallel.ForEach(Combinations, new ParallelOptions { MaxDegreeOfParallelism = 8 }, test =>
        {
            try
            {
                Converse(transport, test.Path, test.Offer);
            }
            catch (Exception e)
            {
                failures.Add($"{test}: {e.GetType().Name} {e.Message}");
            }
        });

        Assert.True(failures.IsEmpty, $"{failures.Count} failed:\n{string.Join("\n", failures.Order())}");
    }

    private static void Converse(Over transport, string path, string offer)
    {
        using SocketClient client = SocketClient.Open(s_servers.Of(transport), path, $"Sec-WebSocket-Extensions: {offer}\r\n");
        string answer = client.Head.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Extensions: ", StringComparison.Ordinal))[26..];
        Dictionary<string, int?> offered = Parameters(offer), agreed = Parameters(answer);

        // Sections 7.1.1 and 7.1.2: what may not be missing, and what may not be there
        int serverBits = agreed.GetValueOrDefault("server_max_window_bits") ?? 15, clientBits = agreed.GetValueOrDefault("client_max_window_bits") ?? 15;
        Assert.True(!offered.ContainsKey("server_no_context_takeover") || agreed.ContainsKey("server_no_context_takeover"), answer);
        Assert.True(!offered.TryGetValue("server_max_window_bits", out int? most) || serverBits <= most, answer);
        Assert.True(!agreed.ContainsKey("client_max_window_bits") || offered.ContainsKey("client_max_window_bits"), answer);
        Assert.True(clientBits <= (offered.GetValueOrDefault("client_max_window_bits") ?? 15) || !agreed.ContainsKey("client_max_window_bits"), answer);

        bool remembers = !agreed.ContainsKey("client_no_context_takeover");
        var inflation = new Inflation(serverBits, !agreed.ContainsKey("server_no_context_takeover"));
        using var compression = new Compression(clientBits);
        var random = new Random(7);
        for (int i = 0; i < 6; i++)
        {
            string text = i == 3 ? "" : string.Concat(Enumerable.Range(0, i * 60).Select(_ => $"{{\"id\":{random.Next(100)},\"word\":\"ü{random.Next(9)}\"}},"));
            byte[] payload = compression.Next(Encoding.UTF8.GetBytes(text), remembers);
            client.Send(i % 2 == 0 ? Frame.Masked(0xC1, payload) : [.. Frame.Masked(0x41, payload[..1]), .. Frame.Masked(0x00, ""), .. Frame.Masked(0x80, payload[1..])]);
            Frame frame = client.Receive()!;
            Assert.Equal(0xC1, frame.First);
            Assert.Equal(text, Encoding.UTF8.GetString(inflation.Read(frame.Payload)));
        }

        client.Send(Frame.CloseOf(1000));
        client.ExpectClose(1000);
    }

    private static Dictionary<string, int?> Parameters(string extension) =>
        extension.Split("; ").Skip(1).Select(part => part.Split('=')).ToDictionary(part => part[0], part => part.Length < 2 ? (int?)null : int.Parse(part[1]));

    /// <summary>The client's half: the base library's where the window is the largest, else ours.</summary>
    private sealed class Compression(int bits) : IDisposable
    {
        private readonly MemoryStream _to = new();
        private readonly Deflater _small = new(bits);
        private DeflateStream? _deflate;

        public byte[] Next(byte[] message, bool remembers)
        {
            if (message.Length == 0) return [0];

            if (bits < 15)
            {
                var to = new Scratch();
                return remembers ? _small.CompressNext(message, to).ToArray() : _small.Compress(message, default, to).ToArray();
            }

            if (!remembers) _deflate = null;
            _to.SetLength(0);
            _deflate ??= new DeflateStream(_to, CompressionLevel.Optimal, leaveOpen: true);
            _deflate.Write(message);
            _deflate.Flush();
            return _to.ToArray()[..^4];
        }

        public void Dispose() => _small.Dispose();
    }
}
