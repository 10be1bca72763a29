using System.Globalization;
using System.IO.Compression;
using System.Text;
using Prebake.Transports;

namespace Prebake.Conformance.WebSockets;

/// <summary>
/// Damaged streams of frames: however their bytes are cut, the same is answered to the last byte, and it is what a slow reading of the
/// standard expects. The same streams in each run; <c>PREBAKE_FUZZ_SEED</c> begins with others, <c>PREBAKE_FUZZ_COUNT</c> sets their number.
/// </summary>
public sealed class SocketMutationTests
{
    private static int Setting(string name, int usual) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : usual;

    [Theory]
    [InlineData("/small")]
    [InlineData("/inflates")]
    [InlineData("/later")]
    public async Task A_damaged_stream_is_answered_the_same_however_it_is_cut(string path)
    {
        await using Server server = Servers.StartApp(Servers.Transports[0], new SocketApp());
        Loop loop = server.Transport.Loops[0];
        byte[] handshake = Encoding.ASCII.GetBytes(SocketClient.HandshakeFor(
            path, path == "/inflates" ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : ""));

        int first = Setting("PREBAKE_FUZZ_SEED", 1), count = Setting("PREBAKE_FUZZ_COUNT", 1000);
        for (int seed = first; seed < first + count; seed++)
        {
            var random = new Random(seed);
            byte[] stream = StreamOf(random, compresses: path == "/inflates");
            for (int damages = random.Next(4); damages > 0; damages--) stream = Damaged(stream, random);

            (byte[] whole, bool isReset) = await RunAsync(loop, [handshake, stream]);
            Check(await RunAsync(loop, [handshake, .. stream.Select(each => (byte[])[each])]), "byte by byte");
            Check(await RunAsync(loop, [[.. handshake, .. stream]]), "with the handshake");
            for (int round = 0; round < 2; round++) Check(await RunAsync(loop, [handshake, .. Cut(stream, random)]), "in pieces");

            if (path != "/small") continue;
            byte[] expected = SocketFuzz.AnswerTo(stream, whole);
            Assert.True(expected.AsSpan().SequenceEqual(whole), $"seed {seed}: {Convert.ToHexString(whole)}, expected {Convert.ToHexString(expected)}");

            void Check((byte[] Output, bool IsReset) other, string how) => Assert.True(
                other.Output.AsSpan().SequenceEqual(whole) && other.IsReset == isReset,
                $"PREBAKE_FUZZ_SEED={seed}, {path} {how}: {Convert.ToHexString(other.Output)} {other.IsReset}, "
                    + $"whole {Convert.ToHexString(whole)} {isReset}, of {Convert.ToHexString(stream)}");
        }
    }

    private static async Task<(byte[] Output, bool IsReset)> RunAsync(Loop loop, IReadOnlyList<byte[]> pieces)
    {
        (byte[] output, bool isReset) = await ScriptedConnection.RunAsync(loop, pieces);
        int head = output.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        Assert.StartsWith("HTTP/1.1 101 ", Encoding.ASCII.GetString(output, 0, Math.Max(head, 0)));
        return (output[head..], isReset);
    }

    private static byte[] StreamOf(Random random, bool compresses)
    {
        var stream = new MemoryStream();
        for (int frames = random.Next(1, 8); frames > 0; frames--)
        {
            if (!compresses || random.Next(3) == 0)
            {
                stream.Write(SocketFuzz.RandomFrame(random));
                continue;
            }

            byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("aü世🙂", random.Next(1, 60))));
            byte[] payload = DeflateCases.Compressed([text], (CompressionLevel)random.Next(4))[0];
            int cut = random.Next(payload.Length + 1);
            if (random.Next(2) == 0) stream.Write(Frame.Masked(0xC1, payload, (uint)random.Next()));
            else stream.Write([.. Frame.Masked(0x41, payload[..cut], (uint)random.Next()), .. Frame.Masked(0x80, payload[cut..], (uint)random.Next())]);
        }

        return stream.ToArray();
    }

    private static byte[] Damaged(byte[] stream, Random random)
    {
        if (stream.Length == 0) return [(byte)random.Next(256)];

        int at = random.Next(stream.Length), length = random.Next(1, Math.Min(20, stream.Length - at) + 1);
        switch (random.Next(6))
        {
            case 0:
                byte[] flipped = [.. stream];
                flipped[at] ^= (byte)(1 << random.Next(8));
                return flipped;
            case 1:
                return [.. stream[..at], (byte)random.Next(256), .. stream[at..]];
            case 2:
                return [.. stream[..at], .. stream[(at + length)..]];
            case 3:
                return [.. stream[..(at + length)], .. stream[at..]];
            case 4:
                return stream[..at];
            default:
                byte[] noise = new byte[length];
                random.NextBytes(noise);
                return [.. stream[..at], .. noise, .. stream[(at + length)..]];
        }
    }

    private static IEnumerable<byte[]> Cut(byte[] stream, Random random)
    {
        for (int at = 0, part; at < stream.Length; at += part)
        {
            part = Math.Min(stream.Length - at, random.Next(3) == 0 ? random.Next(1, 4) : random.Next(1, 200));
            yield return stream[at..(at + part)];
        }
    }
}
