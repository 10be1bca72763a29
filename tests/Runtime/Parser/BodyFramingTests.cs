using System.Text;
using Prebake.Http;
using Prebake.Http1;

namespace Prebake.Tests.Parser;

/// <summary>Where a body ends, and when it is too long.</summary>
public sealed class BodyFramingTests
{
    private const string Chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Theory]
    [InlineData("a\r\n", 9, BodyStatus.TooLong)]
    [InlineData("a\r\n", 10, BodyStatus.NeedMore)]
    [InlineData("a\r\n01", 9, BodyStatus.TooLong)]
    [InlineData("7fffffffffffffff\r\n", 1 << 20, BodyStatus.TooLong)]
    [InlineData("7fffffffffffffff;a=b\r\n", 1 << 20, BodyStatus.TooLong)]
    [InlineData("7fffffffffffffff", 1 << 20, BodyStatus.NeedMore)]
    [InlineData("8000000000000000", 1 << 20, BodyStatus.Malformed)]
    [InlineData("5\r\nhello\r\n5\r\n", 9, BodyStatus.TooLong)]
    [InlineData("5\r\nhello\r\n5\r\n", 10, BodyStatus.NeedMore)]
    [InlineData("5\r\nhello\r\n5x", 9, BodyStatus.Malformed)]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", 5, BodyStatus.Complete)]
    public void A_chunk_that_is_too_long_is_known_by_its_size_line_however_it_is_cut(string body, long limit, object expected)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(body);
        Assert.Equal(expected, Decode(bytes, limit, bytes.Length));
        Assert.Equal(expected, Decode(bytes, limit, 1));
        for (int step = 2; step < bytes.Length; step++) Assert.Equal(expected, Decode(bytes, limit, step));
    }

    [Fact]
    public void No_byte_of_a_body_that_is_too_long_is_given_out()
    {
        BodyFraming framing = Start(limit: 4);
        Assert.Equal(BodyStatus.TooLong, framing.Decode("5\r\nhello\r\n"u8, out _, out _));
    }

    [Theory]
    [InlineData("X: ", ChunkStatus.NeedMore)]
    [InlineData("X: \r\n\r\n", ChunkStatus.Complete)]
    [InlineData("X: \r\nY: z\r\n\r\n", ChunkStatus.Complete)]
    [InlineData("X: \rY", ChunkStatus.Error)]
    public void What_trailers_took_is_given_back_at_the_end_of_the_body(string trailers, object expected)
    {
        byte[] body = Encoding.Latin1.GetBytes("0\r\n" + trailers.Replace("X: ", "X: " + new string('x', 8_000)));
        var decoder = new ChunkedDecoder();
        decoder.Reset();

        Assert.Equal(expected, decoder.Decode(body, out _, out _));
        if (expected is ChunkStatus.NeedMore) Assert.InRange(decoder.KeptBytes, 8_000, 16_000);
        else Assert.Equal(0, decoder.KeptBytes);
    }

    [Fact]
    public void Trailers_that_nobody_will_ask_for_are_checked_and_forgotten()
    {
        BodyFraming framing = Start(limit: 10);
        framing.Decode("0\r\nX: 1\r\n"u8, out _, out _);
        framing.Limit(10);
        Assert.Equal(BodyStatus.Complete, framing.Decode("Y: 2\r\n\r\n"u8, out _, out _));
        Assert.Null(framing.Trailers);

        framing = Start(limit: 10);
        framing.Limit(10);
        Assert.Equal(BodyStatus.Malformed, framing.Decode("0\r\nno colon\r\n\r\n"u8, out _, out _));
    }

    private static BodyFraming Start(long limit)
    {
        (ParseStatus _, Http1RequestHead head, int _) = HeadText.Parse(Chunked);
        var framing = new BodyFraming();
        framing.Start(head, limit);
        return framing;
    }

    private static BodyStatus Decode(byte[] bytes, long limit, int step)
    {
        BodyFraming framing = Start(limit);
        for (int from = 0; from < bytes.Length;)
        {
            int to = Math.Min(from + step, bytes.Length);
            while (from < to)
            {
                BodyStatus status = framing.Decode(bytes.AsSpan(from, to - from), out int used, out _);
                if (status is not BodyStatus.NeedMore) return status;
                from += used;
            }
        }

        return BodyStatus.NeedMore;
    }
}
