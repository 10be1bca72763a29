using Prebake.WebSockets;

namespace Prebake.Tests.WebSockets;

public sealed class FrameHeadTests
{
    [Theory]
    [InlineData("81 80 01020304", FrameStatus.Complete, 6, 0)]
    [InlineData("82 FD 01020304", FrameStatus.Complete, 6, 125)]
    [InlineData("82 FE 007E 01020304", FrameStatus.Complete, 8, 126)]
    [InlineData("82 FE FFFF 01020304", FrameStatus.Complete, 8, 65535)]
    [InlineData("82 FF 0000000000010000 01020304", FrameStatus.Complete, 14, 65536)]
    [InlineData("82 FF 7FFFFFFFFFFFFFFF 01020304", FrameStatus.Complete, 14, long.MaxValue)]
    [InlineData("82 FE 007D 01020304", FrameStatus.BadLength)]
    [InlineData("82 FF 000000000000FFFF 01020304", FrameStatus.BadLength)]
    [InlineData("82 FF 80", FrameStatus.BadLength)]
    [InlineData("82 00", FrameStatus.NotMasked)]
    [InlineData("89 7D", FrameStatus.NotMasked)]
    [InlineData("C1", FrameStatus.ReservedBit)]
    [InlineData("A1", FrameStatus.ReservedBit)]
    [InlineData("91", FrameStatus.ReservedBit)]
    [InlineData("83", FrameStatus.UnknownOpcode)]
    [InlineData("87", FrameStatus.UnknownOpcode)]
    [InlineData("8B", FrameStatus.UnknownOpcode)]
    [InlineData("8F", FrameStatus.UnknownOpcode)]
    [InlineData("08", FrameStatus.BadControlFrame)]
    [InlineData("09", FrameStatus.BadControlFrame)]
    [InlineData("89 FE", FrameStatus.BadControlFrame)]
    [InlineData("8A FF", FrameStatus.BadControlFrame)]
    [InlineData("80", FrameStatus.NothingToContinue)]
    [InlineData("00", FrameStatus.NothingToContinue)]
    public void A_head_is_judged_as_soon_as_the_wrong_byte_is_there(string hex, object status, int size = 0, long length = 0)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal((FrameStatus)status, FrameHead.Parse(bytes, isInMessage: false, mayCompress: false, out FrameHead head));
        if (head.Size != size || head.Length != length) Assert.Fail($"{head.Size} bytes of head and {head.Length} of payload");

        for (int cut = 0; cut < bytes.Length; cut++)
            Assert.Equal(FrameStatus.NeedMore, FrameHead.Parse(bytes.AsSpan(0, cut), isInMessage: false, mayCompress: false, out _));
    }

    [Theory]
    [InlineData(0x81, FrameStatus.ExpectedContinuation)]
    [InlineData(0x02, FrameStatus.ExpectedContinuation)]
    [InlineData(0x00, FrameStatus.NeedMore)]
    [InlineData(0x80, FrameStatus.NeedMore)]
    [InlineData(0x89, FrameStatus.NeedMore)]
    [InlineData(0xC0, FrameStatus.ReservedBit)]
    [InlineData(0xC9, FrameStatus.ReservedBit)]
    public void Inside_a_message_only_more_of_it_and_control_frames_may_come(int first, object status) =>
        Assert.Equal((FrameStatus)status, FrameHead.Parse([(byte)first], isInMessage: true, mayCompress: true, out _));

    [Theory]
    [InlineData(0xC1, FrameStatus.NeedMore)]
    [InlineData(0x42, FrameStatus.NeedMore)]
    [InlineData(0xE1, FrameStatus.ReservedBit)]
    [InlineData(0xC8, FrameStatus.ReservedBit)]
    [InlineData(0xC9, FrameStatus.ReservedBit)]
    [InlineData(0xCA, FrameStatus.ReservedBit)]
    public void With_compression_the_first_reserved_bit_means_something_on_a_first_frame(int first, object status) =>
        Assert.Equal((FrameStatus)status, FrameHead.Parse([(byte)first], isInMessage: false, mayCompress: true, out _));

    [Fact]
    public void What_the_server_writes_has_the_shortest_head()
    {
        Span<byte> to = new byte[FrameWriter.MaxHead];
        foreach ((int length, int head) in ((int, int)[])[(0, 2), (125, 2), (126, 4), (65535, 4), (65536, 10), (int.MaxValue, 10)])
        {
            Assert.Equal(head, FrameWriter.WriteHead(to, Opcode.Binary, length));
            Assert.Equal(head, FrameWriter.HeadOf(length));
            Assert.Equal(head, FrameWriter.HeadIn(to));
        }
    }
}
