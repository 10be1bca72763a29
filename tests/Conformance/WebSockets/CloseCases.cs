using static Prebake.Conformance.WebSockets.Frames;

namespace Prebake.Conformance.WebSockets;

/// <summary>The closing handshake (RFC 6455 sections 5.5.1 and 7), after group 7 of Autobahn|Testsuite: one Close frame, then the end, and nothing else.</summary>
internal static class CloseCases
{
    public static IEnumerable<SocketCase> All()
    {
        yield return Answered("without a payload", [Frame.Masked(0x88, "")], [], []);
        foreach (int code in (int[])[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3001, 3999, 4000, 4001, 4999])
        {
            yield return Answered($"code {code}", [Frame.Masked(0x88, Status(code))], [], Status(code));
            yield return Answered($"code {code} with a reason", [Frame.Masked(0x88, Status(code, "Größe"u8))], [], Status(code));
        }

        foreach (int code in (int[])[0, 1, 2, 999, 1004, 1005, 1006, 1015, 1016, 1099, 1100, 1999, 2000, 2999, 5000, 5001, 9999, 32768, 65535])
        {
            yield return new($"code {code}", [Frame.Masked(0x88, Status(code))], [], 1002);
            yield return new($"code {code} with a reason", [Frame.Masked(0x81, "a"), Frame.Masked(0x88, Status(code, "reason"u8))], Bare(0x81, "a"), 1002);
        }

        foreach (int single in (int[])[0, 3, 255])
            yield return new($"one byte, {single}", [Frame.Masked(0x88, [(byte)single])], [], 1002);
        foreach (int length in (int[])[1, 2, 122, 123])
            yield return Answered($"a reason of {length}", [Frame.Masked(0x88, Status(1000, Letters(length)))], [], Status(1000));
        yield return new("a reason of 124", [Frame.Masked(0x88, Status(1000, Letters(124)))], [], 1002);
        foreach (string hex in (string[])["FF", "80", "C2", "C0 80", "E4 B8", "ED A0 80", "F4 90 80 80", "CE BA E1 BD B9 CF 83 CE BC CE B5 ED A0 80", "61 F0 9F 99"])
            yield return new($"reason {hex}", [Frame.Masked(0x88, Status(1000, Hex(hex)))], [], 1007);
        foreach (string hex in (string[])["C2 80", "E4 B8 96", "F0 9F 99 82", "EF BF BF", "00"])
            yield return Answered($"reason {hex}", [Frame.Masked(0x88, Status(1000, Hex(hex)))], [], Status(1000));

        byte[] close = Frame.CloseOf(1000, "bye");
        yield return Answered("after a message", [Frame.Masked(0x81, "a"), close], Bare(0x81, "a"), Status(1000));
        yield return Answered("a message behind it", [close, Frame.Masked(0x81, "a")], [], Status(1000));
        yield return Answered("a ping behind it", [close, Frame.Masked(0x89, "a")], [], Status(1000));
        yield return Answered("a second one", [close, Frame.CloseOf(1001)], [], Status(1000));
        yield return Answered("garbage behind it", [close, [0xFF, 0xFF, 0xFF], Bytes(3000)], [], Status(1000));
        yield return Answered("256 KiB before it", [Frame.Masked(0x82, Bytes(1 << 18)), Frame.Masked(0x89, "p"), close], [.. Bare(0x82, Bytes(1 << 18)), .. Bare(0x8A, "p")], Status(1000));
        yield return Answered("256 KiB behind it", [close, Frame.Masked(0x82, Bytes(1 << 18))], [], Status(1000));
        yield return Answered("in a message that goes on", [Frame.Masked(0x01, "a"), close, Frame.Masked(0x80, "b")], [], Status(1000));
        yield return new("garbage after a violation", [Frame.Masked(0x83, ""), Bytes(5000), close], [], 1002);

        // The server's own Close: the client's next Close is its answer, and no further one comes
        foreach (byte[][] more in (byte[][][])[[Frame.CloseOf(4000)], [Frame.CloseOf(1000, "other")], [Frame.Masked(0x88, "")], [Frame.Masked(0x81, "x"), Frame.CloseOf(4000)], [Frame.Masked(0x83, "x")], [Frame.CloseOf(999)], [Frame.Masked(0x81, [0xFF])]])
            yield return new($"the server's own, then {string.Join(' ', more.Select(Convert.ToHexString))}", [Frame.Masked(0x81, "close"), .. more], [], 4000) { Path = "/told", Close = Bare(0x88, Status(4000, "as asked"u8)) };
    }

    private static SocketCase Answered(string name, byte[][] frames, byte[] answers, byte[] status) => new(name, frames, answers, 1000) { Close = Bare(0x88, status) };
}
