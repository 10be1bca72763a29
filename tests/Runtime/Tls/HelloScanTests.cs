using Prebake.Tls;

namespace Prebake.Tests.Tls;

/// <summary>Where a hello ends: wherever its bytes are cut, and however they are spread over records.</summary>
public sealed class HelloScanTests
{
    [Fact]
    public void A_hello_is_whole_with_its_last_byte_wherever_it_is_cut()
    {
        var random = new Random(5);
        foreach (int length in (int[])[0, 1, 3, 200, 517, 2000, 12_000])
        {
            foreach (int most in (int[])[1, 2, 3, 5, 100, 16_000])
            {
                if (length > 2000 && most < 100) continue;          // longer than a hello may be, heads included
                byte[] hello = Records(Message(length), most);
                byte[] more = [.. hello, 23, 3, 3, 0, 1, 7];
                for (int round = 0; round < 20; round++)
                {
                    HelloScan scan = default;
                    int end = 0;
                    for (bool isWhole = false; !isWhole;)
                    {
                        Assert.True(end < hello.Length, $"{length} in {most}: not whole");
                        int next = round == 0 ? more.Length : round == 1 ? end + 1 : Math.Min(more.Length, end + random.Next(1, 700));
                        isWhole = scan.Read(more.AsSpan(end, next - end));
                        end = next;
                        Assert.Equal(end >= hello.Length, isWhole);
                    }
                }
            }
        }
    }

    [Fact]
    public void What_makes_no_sense_is_for_the_library_to_refuse()
    {
        foreach (byte[] bytes in (byte[][])
        [
            [23], [0x80], [(byte)'G'], [22, 2], [22, 3, 1, 0, 0], [22, 3, 1, 0xff, 0xff], [22, 3, 1, 0, 5, 2], [22, 3, 1, 0, 4, 1, 1, 0, 0],
            Records(Message(100), 50)[..55].Concat((byte[])[20]).ToArray(),
        ])
        {
            HelloScan scan = default;
            Assert.True(scan.Read(bytes), Convert.ToHexString(bytes));
        }
    }

    [Fact]
    public void A_hello_that_is_longer_than_any_is_not_waited_for()
    {
        // Records of a byte each
        byte[] hello = Records(Message(15_000), 1);
        HelloScan scan = default;
        int read = 0;
        while (!scan.Read(hello.AsSpan(read, 1))) read++;
        Assert.InRange(read, 16_000, 17_000);
    }

    // RFC 8446 section 4: its type, three bytes of length
    private static byte[] Message(int length)
    {
        var body = new byte[length];
        new Random(length).NextBytes(body);
        return [1, (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. body];
    }

    private static byte[] Records(byte[] message, int most) =>
        [.. message.Chunk(most).SelectMany(part => (byte[])[22, 3, 1, (byte)(part.Length >> 8), (byte)part.Length, .. part])];
}
