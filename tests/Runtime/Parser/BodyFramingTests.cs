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

    [Fact]
    public void What_trailers_took_is_given_back_at_the_end_of_the_body()
    {
        var framings = new BodyFraming[64];
        string body = "0\r\nX: " + new string('x', 8_000) + "\r\n\r\n";
        byte[] bytes = Encoding.Latin1.GetBytes(body);

        Headers?[] trailers = new Headers?[framings.Length];
        for (int i = 0; i < framings.Length; i++) framings[i] = Start(limit: 10);

        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < framings.Length; i++)
        {
            Assert.Equal(BodyStatus.Complete, framings[i].Decode(bytes, out int used, out _));
            Assert.Equal(bytes.Length, used);
            // As the connection does, for a body that somebody wanted
            Assert.Equal(8_000, framings[i].Trailers!["X"]!.Length);
        }

        long kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(framings);
        Assert.True(kept < framings.Length * 1024, $"{kept} bytes are kept by {framings.Length} idle connections.");
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
        (ParseStatus _, RequestHead head, int _) = HeadText.Parse(Chunked);
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
