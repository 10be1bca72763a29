using System.Text;
using static Prebake.Conformance.WebSockets.Frames;

namespace Prebake.Conformance.WebSockets;

/// <summary>Framing, control frames, reserved bits, opcodes, fragments and limits (RFC 6455 section 5), after groups 1 to 5, 9 and 10 of Autobahn|Testsuite.</summary>
internal static class FrameCases
{
    private static readonly byte[] s_greeting = Bare(0x81, "first");

    public static IEnumerable<SocketCase> All() => [.. Framing(), .. Pings(), .. ReservedBits(), .. Opcodes(), .. Fragments(), .. Limits()];

    private static IEnumerable<SocketCase> Framing()
    {
        foreach (int length in (int[])[0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 124, 125, 126, 127, 128, 255, 256, 1000, 4096, 65534, 65535, 65536, 65537])
        {
            yield return Echo($"text of {length}", 0x81, Letters(length));
            yield return Echo($"binary of {length}", 0x82, Bytes(length));
        }

        foreach (uint key in (uint[])[0, 1, 0xFF, 0x80000000, 0xFFFFFFFF, 0x00FF00FF])
            yield return new($"mask {key:X8}", [Frame.Masked(0x81, Letters(77), key), Frame.Masked(0x82, Bytes(300), key)], [.. Bare(0x81, Letters(77)), .. Bare(0x82, Bytes(300))]);

        foreach (int first in (int[])[0x81, 0x82, 0x01, 0x02, 0x88, 0x89, 0x8A])
        {
            yield return new($"not masked {first:X2}", [Bare(first, first == 0x88 ? Status(1000) : Letters(5))], [], 1002);
            yield return new($"not masked and empty {first:X2}, later", [Frame.Masked(0x81, "first"), [(byte)first, 0]], s_greeting, 1002);
        }

        // Section 5.2: the minimal number of bytes, and the most significant bit is 0
        foreach (int length in (int[])[0, 1, 125])
            yield return new($"16 bits for {length}", [[0x82, 0xFE, 0, (byte)length, 0, 0, 0, 0]], [], 1002);
        foreach (int length in (int[])[0, 1, 125, 126, 65535])
            yield return new($"64 bits for {length}", [[0x82, 0xFF, 0, 0, 0, 0, 0, 0, (byte)(length >> 8), (byte)length, 0, 0, 0, 0]], [], 1002);
        yield return new("the highest bit of the length", [[0x82, 0xFF, 0x80]], [], 1002);
        yield return new("a length of 2^63-1", [[0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]], [], 1009);
        yield return new("a length of 2^32", [[0x82, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]], [], 1009);
    }

    private static IEnumerable<SocketCase> Pings()
    {
        foreach (int length in (int[])[0, 1, 5, 124, 125])
            yield return new($"ping of {length}", [Frame.Masked(0x89, Bytes(length))], Bare(0x8A, Bytes(length)));
        yield return new("ping of bytes that are no text", [Frame.Masked(0x89, Hex("00FFFEFDFCFB00FF"))], Bare(0x8A, Hex("00FFFEFDFCFB00FF")));
        foreach (int length in (int[])[126, 127])
        {
            foreach (int first in (int[])[0x88, 0x89, 0x8A])
                yield return new($"control frame {first:X2} with length {length}", [[(byte)first, (byte)(0x80 | length)]], [], 1002);
        }

        yield return new("pong that nobody asked for", [Frame.Masked(0x8A, "")], []);
        yield return new("pong with a payload that nobody asked for", [Frame.Masked(0x8A, "unsolicited")], []);
        yield return new("pong, then ping", [Frame.Masked(0x8A, "unsolicited"), Frame.Masked(0x89, "p")], Bare(0x8A, "p"));
        yield return new("pong of 125", [Frame.Masked(0x8A, Bytes(125))], []);
        yield return new("ten pings", [.. Numbers(10).Select(i => Frame.Masked(0x89, $"{i}"))], [.. Numbers(10).SelectMany(i => Bare(0x8A, $"{i}"))]);
        yield return new("pings between messages", [Frame.Masked(0x89, "1"), Frame.Masked(0x81, "a"), Frame.Masked(0x89, "2"), Frame.Masked(0x82, "b")],
            [.. Bare(0x8A, "1"), .. Bare(0x81, "a"), .. Bare(0x8A, "2"), .. Bare(0x82, "b")]);
    }

    private static IEnumerable<SocketCase> ReservedBits()
    {
        for (int bits = 1; bits < 8; bits++)
        {
            foreach (int opcode in (int[])[0x1, 0x2, 0x8, 0x9, 0xA])
            {
                int first = 0x80 | bits << 4 | opcode;
                yield return new($"reserved bits {bits} of opcode {opcode}", [[(byte)first]], [], 1002);
                yield return new($"reserved bits {bits} of opcode {opcode}, later and with a payload", [Frame.Masked(0x81, "first"), Frame.Masked(first, Status(1000))], s_greeting, 1002);
            }

            yield return new($"reserved bits {bits} of a continuation", [Frame.Masked(0x01, "a"), Frame.Masked(0x80 | bits << 4, "b")], [], 1002);
        }
    }

    private static IEnumerable<SocketCase> Opcodes()
    {
        foreach (int opcode in (int[])[3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF])
        {
            yield return new($"opcode {opcode}", [[(byte)(0x80 | opcode)]], [], 1002);
            yield return new($"opcode {opcode}, not final", [Frame.Masked(opcode, "")], [], 1002);
            yield return new($"opcode {opcode}, later and with a payload", [Frame.Masked(0x81, "first"), Frame.Masked(0x80 | opcode, "x"), Frame.Masked(0x89, "")], s_greeting, 1002);
            yield return new($"opcode {opcode} in a message", [Frame.Masked(0x01, "a"), Frame.Masked(0x80 | opcode, "x")], [], 1002);
        }
    }

    private static IEnumerable<SocketCase> Fragments()
    {
        foreach (int first in (int[])[0x08, 0x09, 0x0A])
        {
            yield return new($"fragmented control frame {first:X2}", [[(byte)first]], [], 1002);
            yield return new($"fragmented control frame {first:X2} in a message", [Frame.Masked(0x01, "a"), Frame.Masked(first, ""), Frame.Masked(0x80, "")], [], 1002);
        }

        foreach (int kind in (int[])[1, 2])
        {
            byte[] answer = Bare(0x80 | kind, "onetwothree");
            byte[] one = Frame.Masked(kind, "one"), two = Frame.Masked(0, "two"), three = Frame.Masked(0x80, "three"), ping = Frame.Masked(0x89, "p"), pong = Bare(0x8A, "p");
            yield return new($"two fragments of {kind}", [Frame.Masked(kind, "onetwo"), three], answer);
            yield return new($"three fragments of {kind}", [one, two, three], answer);
            yield return new($"fragments of {kind}, a ping between", [one, ping, two, three], [.. pong, .. answer]);
            yield return new($"fragments of {kind}, pings between all", [ping, one, ping, two, ping, three, ping], [.. pong, .. pong, .. pong, .. answer, .. pong]);
            yield return new($"fragments of {kind}, a pong between", [one, Frame.Masked(0x8A, "x"), two, three], answer);
            yield return new($"empty fragments of {kind}", [Frame.Masked(kind, ""), Frame.Masked(0, ""), Frame.Masked(0x80, "")], Bare(0x80 | kind));
            yield return new($"empty fragments around {kind}", [Frame.Masked(kind, ""), Frame.Masked(0, "x"), Frame.Masked(0, ""), Frame.Masked(0x80, "")], Bare(0x80 | kind, "x"));
            yield return new($"{kind} in single bytes", [Frame.Masked(kind, ""), .. Letters(200).Select(b => Frame.Masked(0, [b], b)), Frame.Masked(0x80, "")], Bare(0x80 | kind, Letters(200)));
            yield return new($"two fragmented messages of {kind}", [one, two, three, one, two, three], [.. answer, .. answer]);
            yield return new($"two hundred empty fragments of {kind}", [Frame.Masked(kind, ""), .. Numbers(200).Select(_ => Frame.Masked(0, "")), Frame.Masked(0x80, "x")], Bare(0x80 | kind, "x"));

            foreach (int other in (int[])[1, 2])
            {
                yield return new($"message {other} in {kind}", [one, Frame.Masked(0x80 | other, "x")], [], 1002);
                yield return new($"fragment {other} in {kind}", [one, two, Frame.Masked(other, "x"), Frame.Masked(0x80, "")], [], 1002);
            }

            yield return new($"a close between fragments of {kind}", [one, Frame.Masked(0x88, Status(1000)), three], [], 1000) { Close = Bare(0x88, Status(1000)) };
        }

        foreach (int first in (int[])[0x00, 0x80])
        {
            yield return new($"continuation {first:X2} of nothing", [[(byte)first]], [], 1002);
            yield return new($"continuation {first:X2} after a message", [Frame.Masked(0x81, "first"), Frame.Masked(first, "x")], s_greeting, 1002);
            yield return new($"continuation {first:X2} after a fragmented message", [Frame.Masked(0x01, "fir"), Frame.Masked(0x80, "st"), Frame.Masked(first, "")], s_greeting, 1002);
            yield return new($"continuation {first:X2} after a ping", [Frame.Masked(0x89, ""), Frame.Masked(first, "x")], Bare(0x8A), 1002);
        }
    }

    private static IEnumerable<SocketCase> Limits()
    {
        foreach (int kind in (int[])[1, 2])
        {
            byte[] large = Letters(1 << 20);
            yield return new($"1 MiB of {kind}", [Frame.Masked(0x80 | kind, large)], Bare(0x80 | kind, large));
            foreach (int part in (int[])[64, 256, 1300, 4096, 16384, 65536])
                yield return new($"64 KiB of {kind} in fragments of {part}", Split(kind, Letters(65536), part), Bare(0x80 | kind, Letters(65536)));

            yield return new($"1000 of at most 1000, {kind}", [Frame.Masked(0x80 | kind, Letters(1000))], Bare(0x80 | kind, Letters(1000))) { Path = "/small" };
            yield return new($"1001 of at most 1000, {kind}", [Frame.Masked(0x80 | kind, Letters(1001))[..8]], [], 1009) { Path = "/small" };
            yield return new($"1001 of at most 1000 in fragments, {kind}", [Frame.Masked(kind, Letters(1000)), Frame.Masked(0x80, "x")[..6]], [], 1009) { Path = "/small" };
            yield return new($"1000 of at most 1000 in fragments, {kind}", [Frame.Masked(kind, Letters(999)), Frame.Masked(0, ""), Frame.Masked(0x80, "x")], Bare(0x80 | kind, [.. Letters(999), (byte)'x'])) { Path = "/small" };
            yield return new($"a message behind one that is too long, {kind}", [Frame.Masked(0x81, "first"), Frame.Masked(0x80 | kind, Letters(70000)), Frame.Masked(0x81, "x")], s_greeting, 1009) { Path = "/small" };
        }

        yield return new("pings do not count", [Frame.Masked(0x02, Letters(999)), Frame.Masked(0x89, Letters(125)), Frame.Masked(0x80, "x")], [.. Bare(0x8A, Letters(125)), .. Bare(0x82, [.. Letters(999), (byte)'x'])]) { Path = "/small" };
        yield return new("a thousand messages", [.. Numbers(1000).Select(i => Frame.Masked(0x81, Encoding.UTF8.GetBytes($"message {i}"), (uint)i))], [.. Numbers(1000).SelectMany(i => Bare(0x81, $"message {i}"))]);
    }

    private static byte[][] Split(int kind, byte[] message, int part)
    {
        byte[][] parts = [.. message.Chunk(part)];
        return [.. parts.Select((bytes, i) => Frame.Masked((i == 0 ? kind : 0) | (i == parts.Length - 1 ? 0x80 : 0), bytes))];
    }

    private static SocketCase Echo(string name, int first, byte[] payload) => new(name, [Frame.Masked(first, payload)], Bare(first, payload));

    private static IEnumerable<int> Numbers(int count) => Enumerable.Range(0, count);
}
