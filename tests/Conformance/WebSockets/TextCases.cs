using System.Text;
using static Prebake.Conformance.WebSockets.Frames;

namespace Prebake.Conformance.WebSockets;

/// <summary>Text (RFC 6455 section 8.1, RFC 3629), after group 6 of Autobahn|Testsuite: wrong bytes are refused as soon as they come.</summary>
internal static class TextCases
{
    private static readonly string[] s_right =
    [
        "48 65 6C 6C 6F", "CE BA E1 BD B9 CF 83 CE BC CE B5", "C2 80", "DF BF", "E0 A0 80", "ED 9F BF", "EE 80 80", "EF BF BD", "EF BF BF", "EF BB BF 61",
        "EF BF BE", "EF B7 90", "F0 90 80 80", "F0 9F BF BF", "F3 AF BF BF", "F4 8F BF BF", "00", "7F", "61 CC 88 E4 B8 96 F0 9F 99 82",
    ];

    // Up to the byte that no text can have there
    private static readonly string[] s_wrong =
    [
        // Bytes that never occur, and continuations of nothing
        "80", "BF", "C0", "C1", "F5", "F6", "F7", "F8", "FB", "FC", "FD", "FE", "FF", "61 80", "61 62 63 BF", "C2 80 80", "E4 B8 96 96", "F0 9F 99 82 82",
        // Too long for what they say
        "E0 80", "E0 9F", "F0 80", "F0 8F",
        // Surrogates, and beyond the last character
        "ED A0", "ED AF", "ED B0", "ED BF", "F4 90", "F4 BF", "CE BA ED A0",
        // Characters that do not go on
        "C2 41", "C2 C2", "DF 00", "E1 41", "E1 80 41", "E1 80 C2", "EF BF 7F", "F1 41", "F1 80 41", "F1 80 80 41", "F4 8F BF C0", "F0 9F 99 F0",
        "CE BA E1 BD B9 CF 83 CE BC CE B5 F4 90",
    ];

    private static readonly string[] s_incomplete = ["C2", "DF", "E0", "E0 A0", "E4 B8", "ED 9F", "EF BF", "F0", "F0 90", "F0 9F 99", "F4 8F BF", "CE BA E1 BD"];

    public static IEnumerable<SocketCase> All()
    {
        foreach (string hex in s_right)
        {
            byte[] text = Hex(hex);
            yield return new($"{hex}", [Frame.Masked(0x81, text)], Bare(0x81, text));
            yield return new($"{hex} in single bytes", [Frame.Masked(0x01, ""), .. text.Select(b => Frame.Masked(0, [b])), Frame.Masked(0x80, "")], Bare(0x81, text));
            for (int cut = 1; cut < text.Length; cut++)
                yield return new($"{hex} cut at {cut}", [Frame.Masked(0x01, text[..cut]), Frame.Masked(0x89, "p"), Frame.Masked(0x80, text[cut..])], [.. Bare(0x8A, "p"), .. Bare(0x81, text)]);
        }

        foreach (string hex in s_wrong)
        {
            byte[] text = Hex(hex);
            yield return new($"{hex} is wrong in a frame that goes on", [Unfinished(0x81, text, 5)], [], 1007);
            yield return new($"{hex} is wrong in a message that goes on", [Frame.Masked(0x81, "a"), Frame.Masked(0x01, text)], Bare(0x81, "a"), 1007);
            yield return new($"{hex} is wrong behind much", [Unfinished(0x81, [.. Letters(300), .. text], 300)], [], 1007);
            yield return new($"{hex} is wrong in a whole message", [Frame.Masked(0x81, [.. text, .. "and more"u8])], [], 1007);
            for (int cut = 1; cut < text.Length; cut++)
                yield return new($"{hex} is wrong, cut at {cut}", [Frame.Masked(0x01, text[..cut]), Frame.Masked(0x89, ""), Unfinished(0x00, text[cut..], 1)], Bare(0x8A), 1007);
        }

        foreach (string hex in s_incomplete)
        {
            byte[] text = Hex(hex);
            yield return new($"{hex} ends early", [Frame.Masked(0x81, text)], [], 1007);
            yield return new($"{hex} ends early in fragments", [Frame.Masked(0x01, text), Frame.Masked(0x80, "")], [], 1007);
            yield return new($"{hex} does not reach into the next message", [Frame.Masked(0x01, text), Frame.Masked(0x89, ""), Frame.Masked(0x80, ""), Frame.Masked(0x81, [0x80])], Bare(0x8A), 1007);
            yield return new($"{hex} is right in binary", [Frame.Masked(0x82, text), Frame.Masked(0x89, text), Frame.Masked(0x8A, text)], [.. Bare(0x82, text), .. Bare(0x8A, text)]);
        }

        string all = string.Concat(Enumerable.Range(1, 0x10FFFF / 0x101).Select(i => i * 0x101).Where(Rune.IsValid).Select(char.ConvertFromUtf32));
        yield return new("a bit of every plane", [Frame.Masked(0x81, all)], Bare(0x81, all));
    }
}
