using System.IO.Compression;
using System.Text;
using static Prebake.Conformance.WebSockets.Frames;

namespace Prebake.Conformance.WebSockets;

/// <summary>Compressed messages that come (RFC 7692), to an echo that compresses nothing.</summary>
internal static class DeflateCases
{
    private static readonly byte[] s_hello = Hex("F2 48 CD C9 C9 07 00");

    public static IEnumerable<SocketCase> All()
    {
        byte[] answer = Bare(0x81, "Hello");
        yield return Case("Hello (7.2.3.1)", [Frame.Masked(0xC1, s_hello)], answer);
        for (int cut = 0; cut <= s_hello.Length; cut++)
            yield return Case($"Hello in two frames, cut at {cut}", [Frame.Masked(0x41, s_hello[..cut]), Frame.Masked(0x89, "p"), Frame.Masked(0x80, s_hello[cut..])], [.. Bare(0x8A, "p"), .. answer]);
        yield return Case("Hello in single bytes", [Frame.Masked(0x41, ""), .. s_hello.Select(b => Frame.Masked(0, [b])), Frame.Masked(0x80, "")], answer);
        yield return Case("Hello twice, nothing remembered", [Frame.Masked(0xC1, s_hello), Frame.Masked(0xC1, s_hello)], [.. answer, .. answer]);
        yield return Own("Hello twice, the second refers to the first (7.2.3.2)", [Frame.Masked(0xC1, s_hello), Frame.Masked(0xC1, Hex("F2 00 11 00 00"))], [.. answer, .. answer]);
        yield return Own("a message that is not compressed is not remembered", [Frame.Masked(0xC1, s_hello), Frame.Masked(0x81, "other"), Frame.Masked(0xC1, Hex("F2 00 11 00 00"))], [.. answer, .. Bare(0x81, "other"), .. answer]);
        yield return Case("a stored block (7.2.3.3)", [Frame.Masked(0xC1, Hex("00 05 00 FA FF 48 65 6C 6C 6F 00"))], answer);
        yield return Case("a final block (7.2.3.4)", [Frame.Masked(0xC1, Hex("F3 48 CD C9 C9 07 00 00"))], answer);
        yield return Own("a final block, and then one that refers to it", [Frame.Masked(0xC1, Hex("F3 48 CD C9 C9 07 00 00")), Frame.Masked(0xC1, Hex("F2 00 11 00 00"))], [.. answer, .. answer]);
        yield return Case("two blocks (7.2.3.5)", [Frame.Masked(0xC1, Hex("F2 48 05 00 00 00 FF FF CA C9 C9 07 00"))], answer);
        yield return Case("an empty message (7.2.3.6)", [Frame.Masked(0xC1, [0])], Bare(0x81));
        yield return Case("an empty message in two frames", [Frame.Masked(0x42, ""), Frame.Masked(0x80, [0])], Bare(0x82));
        yield return Case("an empty fixed block", [Frame.Masked(0xC2, Hex("02 00"))], Bare(0x82));
        yield return Case("not compressed, though it may be", [Frame.Masked(0x81, "Hello"), Frame.Masked(0x01, "Hel"), Frame.Masked(0x80, "lo")], [.. answer, .. answer]);

        foreach (CompressionLevel level in Enum.GetValues<CompressionLevel>())
        {
            foreach (int length in (int[])[1, 16, 125, 126, 127, 900])
                yield return Case($"{length} bytes, {level}", [Frame.Masked(0xC2, Compressed([Letters(length)], level)[0]), Frame.Masked(0xC2, Compressed([Bytes(length)], level)[0])], [.. Bare(0x82, Letters(length)), .. Bare(0x82, Bytes(length))]);
            foreach (int length in (int[])[16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072])
            {
                byte[][] messages = [.. Enumerable.Range(0, 5).Select(i => Texts(length, i))];
                yield return Own($"five remembered messages of {length}, {level}", [.. Compressed(messages, level).Select(payload => Frame.Masked(0xC1, payload))], [.. messages.SelectMany(message => Bare(0x81, message))]);
                yield return Own($"{length} bytes in fragments, {level}", Fragments(Compressed([Texts(length, 7)], level)[0], 256), Bare(0x81, Texts(length, 7)));
            }
        }

        foreach (int first in (int[])[0xC0, 0x40])
            yield return Case($"the bit in a continuation {first:X2}", [Frame.Masked(0x41, s_hello[..3]), Frame.Masked(first, s_hello[3..])], [], 1002);
        foreach (int first in (int[])[0xC8, 0xC9, 0xCA])
        {
            yield return Case($"the bit in a control frame {first:X2}", [[(byte)first]], [], 1002);
            yield return Case($"the bit in a control frame {first:X2} in a message", [Frame.Masked(0x41, s_hello[..3]), Frame.Masked(first, "")], [], 1002);
        }

        foreach (int first in (int[])[0xE1, 0xD1, 0xF2, 0xA1, 0x91])
            yield return Case($"other bits, too, {first:X2}", [[(byte)first]], [], 1002);
        yield return Case("the bit in a continuation of a message that is not compressed", [Frame.Masked(0x01, "a"), Frame.Masked(0xC0, "b")], [], 1002);

        foreach (string hex in (string[])["06", "07 FF FF", "FF", "00 05 00 00 00 48 65 6C 6C 6F 00", "00 14 00 EB FF 48 65", "F2 00 11 00 00", "63 60", "05 E0 81 08", "ED FD", "F2 48 CD C9 C9 07 00 06", "0A C0", "F2 48 CD", "F2 48 CD C9 C9", "00 05 00 FA FF 48 65 6C 6C 6F"])
            yield return Case($"garbage {hex}", [Frame.Masked(0xC2, Hex(hex))], [], 1007);
        yield return Own("a distance beyond what was sent", [Frame.Masked(0xC1, s_hello), Frame.Masked(0xC1, Hex("F2 48 CD C9 C9 87 1B 00"))], answer, 1007);
        yield return Case("garbage after a message", [Frame.Masked(0xC1, s_hello), Frame.Masked(0xC1, [0xFF]), Frame.Masked(0xC1, s_hello)], answer, 1007);

        foreach (string hex in (string[])["FF", "61 80", "C0 80", "ED A0 80", "F4 90 80 80", "E4 B8"])
        {
            byte[] payload = Compressed([Hex(hex)], CompressionLevel.Optimal)[0];
            yield return Case($"compressed text {hex}", [Frame.Masked(0xC1, payload)], [], 1007);
            yield return Case($"compressed text {hex} in fragments", [Frame.Masked(0x41, payload[..1]), Frame.Masked(0x80, payload[1..])], [], 1007);
            yield return Case($"compressed binary {hex}", [Frame.Masked(0xC2, payload)], Bare(0x82, Hex(hex)));
        }

        yield return Case("1001 bytes of at most 1000", [Frame.Masked(0xC2, Compressed([Letters(1001)], CompressionLevel.Optimal)[0])], [], 1009);
        yield return Case("a million bytes of at most 1000", [Frame.Masked(0xC2, Compressed([new byte[1_000_000]], CompressionLevel.Optimal)[0])], [], 1009);
        yield return Case("too long compressed already", [Frame.Masked(0xC2, new byte[1001])[..8]], [], 1009);
        yield return Case("a million bytes in fragments", Fragments(Compressed([new byte[1_000_000]], CompressionLevel.Optimal)[0], 100), [], 1009);
        yield return new("compressed, and nobody has agreed to that", [Frame.Masked(0xC1, s_hello)], [], 1002) { Path = "/inflates" };
    }

    /// <summary>Messages of one socket, each without its tail, which refer to earlier ones.</summary>
    public static byte[][] Compressed(byte[][] messages, CompressionLevel level)
    {
        var to = new MemoryStream();
        using var deflate = new DeflateStream(to, level);
        return [.. messages.Select(message =>
        {
            to.SetLength(0);
            deflate.Write(message);
            deflate.Flush();
            byte[] payload = to.ToArray();
            Assert.Equal([0, 0, 0xFF, 0xFF], payload[^4..]);
            return payload[..^4];
        })];
    }

    private static byte[] Texts(int length, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        while (text.Length < length) text.Append($"{{\"id\":{random.Next(1000)},\"name\":\"user {random.Next(20)}\"}},");
        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    private static byte[][] Fragments(byte[] payload, int part)
    {
        byte[][] parts = [.. payload.Chunk(part)];
        return [.. parts.Select((bytes, i) => Frame.Masked((i == 0 ? 0x41 : 0) | (i == parts.Length - 1 ? 0x80 : 0), bytes))];
    }

    private static SocketCase Case(string name, byte[][] frames, byte[] answers, int code = 0) =>
        new(name, frames, answers, code) { Path = "/inflates", Fields = "Sec-WebSocket-Extensions: permessage-deflate\r\n" };

    private static SocketCase Own(string name, byte[][] frames, byte[] answers, int code = 0) => Case(name, frames, answers, code) with { Path = "/inflates/own" };
}
