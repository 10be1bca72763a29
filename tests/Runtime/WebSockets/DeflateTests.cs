using System.IO.Compression;
using System.Text;
using Prebake.Routing;
using Prebake.WebSockets;

namespace Prebake.Tests.WebSockets;

public sealed class DeflateTests
{
    private static readonly WebSocketOptions s_shared = new() { Compress = Deflate.Shared, Decompress = Deflate.Shared };
    private static readonly WebSocketOptions s_large = new() { Compress = Deflate.Dedicated256KB, Decompress = Deflate.Dedicated256KB };
    private static readonly WebSocketOptions s_small = new() { Compress = Deflate.Dedicated8KB, Decompress = Deflate.Dedicated8KB };

    private const string Forget = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    [Theory]
    [InlineData("permessage-deflate", Forget, "permessage-deflate", "permessage-deflate; client_no_context_takeover")]
    [InlineData("permessage-deflate; client_max_window_bits", Forget, "permessage-deflate", "permessage-deflate; client_max_window_bits=10")]
    [InlineData("permessage-deflate; client_max_window_bits=9", Forget + "; client_max_window_bits=9", "permessage-deflate; client_max_window_bits=9", "permessage-deflate; client_max_window_bits=9")]
    [InlineData("permessage-deflate; client_max_window_bits=15", Forget, "permessage-deflate", "permessage-deflate; client_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=9", Forget + "; server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9", "permessage-deflate; client_no_context_takeover; server_max_window_bits=9")]
    [InlineData("permessage-deflate; server_max_window_bits=15", Forget + "; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=15", "permessage-deflate; client_no_context_takeover; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits=8", Forget + "; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=8", "permessage-deflate; client_no_context_takeover; server_max_window_bits=8")]
    [InlineData("permessage-deflate; server_no_context_takeover", Forget, "permessage-deflate; server_no_context_takeover", Forget)]
    [InlineData("permessage-deflate; client_no_context_takeover", Forget, "permessage-deflate; client_no_context_takeover", "permessage-deflate; client_no_context_takeover")]
    [InlineData("permessage-deflate; client_max_window_bits=\"10\"", Forget + "; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=10")]
    [InlineData("x-webkit-deflate-frame, permessage-deflate", Forget, "permessage-deflate", "permessage-deflate; client_no_context_takeover")]
    [InlineData("permessage-deflate; unknown, permessage-deflate", Forget, "permessage-deflate", "permessage-deflate; client_no_context_takeover")]
    [InlineData("permessage-deflate; unknown=\"a,b\"; c, permessage-deflate; server_no_context_takeover", Forget, "permessage-deflate; server_no_context_takeover", Forget)]
    [InlineData("", null, null, null)]
    [InlineData("permessage-deflate; unknown", null, null, null)]
    [InlineData("permessage-deflate; server_max_window_bits", null, null, null)]
    [InlineData("permessage-deflate; server_max_window_bits=7", null, null, null)]
    [InlineData("permessage-deflate; server_max_window_bits=16", null, null, null)]
    [InlineData("permessage-deflate; server_max_window_bits=08", null, null, null)]
    [InlineData("permessage-deflate; server_max_window_bits=", null, null, null)]
    [InlineData("permessage-deflate; client_max_window_bits=7", null, null, null)]
    [InlineData("permessage-deflate; client_max_window_bits=abc", null, null, null)]
    [InlineData("permessage-deflate; client_max_window_bits; client_max_window_bits=10", null, null, null)]
    [InlineData("permessage-deflate; server_max_window_bits=9; server_max_window_bits=9", null, null, null)]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover", null, null, null)]
    [InlineData("permessage-deflate; server_no_context_takeover=1", null, null, null)]
    [InlineData("permessage-deflate; client_no_context_takeover=\"\"", null, null, null)]
    [InlineData("permessage-deflate;", null, null, null)]
    [InlineData("permessage-deflate; ;", null, null, null)]
    [InlineData("permessage-bzip2", null, null, null)]
    public void An_offer_is_answered_or_declined(string offers, string? shared, string? large, string? small)
    {
        Assert.Equal(shared, Answer(offers, s_shared));
        Assert.Equal(large, Answer(offers, s_large));
        Assert.Equal(small, Answer(offers, s_small));
        Assert.Null(Answer(offers, new WebSocketOptions()));
    }

    private static string? Answer(string offers, WebSocketOptions options) => DeflateTerms.NegotiateValue(Encoding.ASCII.GetBytes(offers), options)?.ToString();

    [Fact]
    public void The_examples_of_the_standard_are_read()
    {
        var inflater = new Inflater();

        // RFC 7692 section 7.2.3: one block, a shared window, a block that is not compressed, a final block, two blocks
        Assert.Equal("Hello", Inflate(inflater, "F248CDC9C90700"));
        Assert.Equal("Hello", Inflate(inflater, "F200110000", before: "Hello"u8.ToArray()));
        Assert.Equal("Hello", Inflate(inflater, "000500FAFF48656C6C6F00"));
        Assert.Equal("Hello", Inflate(inflater, "F348CDC9C9070000"));
        Assert.Equal("Hello", Inflate(inflater, "F248050000 00FFFFCAC9C90700".Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal("", Inflate(inflater, "00"));
    }

    private static string Inflate(Inflater inflater, string hex, byte[]? before = null)
    {
        var to = new Scratch();
        Assert.Equal(InflateStatus.Complete, inflater.Inflate(Convert.FromHexString(hex), before, 1000, to));
        return Encoding.UTF8.GetString(to.Written);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(15)]
    public void What_is_compressed_is_read_by_others_with_that_window_and_alone(int bits)
    {
        using var deflater = new Deflater(bits);
        var to = new Scratch();
        foreach (byte[] message in Messages())
        {
            byte[] compressed = deflater.Compress(message, before: default, to).ToArray();
            to.Clear();
            Assert.True(message.AsSpan().SequenceEqual(ReadAlone(compressed)), $"{message.Length} bytes");
            Assert.True(FarthestIn(compressed) <= 1 << bits, "A reference leads out of the window.");
        }
    }

    [Theory]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(13)]
    public void What_refers_to_earlier_messages_is_read_by_who_remembers_them(int bits)
    {
        using var deflater = new Deflater(bits);
        var inflater = new Inflater();
        Window sent = new(bits), received = new(bits);
        Scratch to = new(), from = new();
        int shorter = 0;
        foreach (byte[] message in Messages())
        {
            byte[] alone = deflater.Compress(message, default, to).ToArray();
            to.Clear();
            byte[] compressed = deflater.Compress(message, sent.Bytes, to).ToArray();
            to.Clear();
            sent.Append(message);
            if (compressed.Length < alone.Length) shorter++;

            Assert.Equal(InflateStatus.Complete, inflater.Inflate(compressed, received.Bytes, 1 << 24, from));
            Assert.True(message.AsSpan().SequenceEqual(from.Written));
            received.Append(from.Written);
            from.Clear();
        }

        Assert.True(shorter > 5, "Nothing refers to an earlier message.");
    }

    [Fact]
    public void A_compressor_of_its_own_remembers_by_itself()
    {
        using var deflater = new Deflater(15);
        var inflater = new Inflater();
        var received = new Window(15);
        Scratch to = new(), from = new();
        foreach (byte[] message in Messages())
        {
            byte[] compressed = deflater.CompressNext(message, to).ToArray();
            to.Clear();
            Assert.Equal(InflateStatus.Complete, inflater.Inflate(compressed, received.Bytes, 1 << 24, from));
            Assert.True(message.AsSpan().SequenceEqual(from.Written));
            received.Append(from.Written);
            from.Clear();
        }
    }

    [Fact]
    public void A_bomb_is_not_inflated_beyond_what_a_message_may_be()
    {
        using var deflater = new Deflater(15);
        Scratch to = new(), from = new();
        byte[] bomb = deflater.Compress(new byte[100 << 20], default, to).ToArray();
        Assert.True(bomb.Length < 1 << 20);

        var inflater = new Inflater();
        Assert.Equal(InflateStatus.TooLong, inflater.Inflate(bomb, default, 100_000, from));
        Assert.True(from.Length <= 100_001);
        from.Clear();

        Assert.Equal(InflateStatus.TooLong, inflater.Inflate(bomb, default, (100 << 20) - 1, from));
        from.Clear();
        Assert.Equal(InflateStatus.Complete, inflater.Inflate(bomb, default, 100 << 20, from));
        Assert.Equal(100 << 20, from.Length);
    }

    [Fact]
    public void Garbage_is_refused_or_read_as_something_and_the_next_message_is_read_all_the_same()
    {
        var inflater = new Inflater();
        var random = new Random(5);
        var to = new Scratch();
        int malformed = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] garbage = new byte[random.Next(1, 60)];
            random.NextBytes(garbage);
            if (inflater.Inflate(garbage, default, 1 << 16, to) is InflateStatus.Malformed) malformed++;
            to.Clear();
        }

        Assert.True(malformed > 10_000);
        Assert.Equal("Hello", Inflate(inflater, "F248CDC9C90700"));
    }

    [Fact]
    public void Messages_of_a_final_block_and_more_behind_it_are_read_whole()
    {
        var inflater = new Inflater();
        var to = new Scratch();
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("A final block need not be the last. ", 2000)));

        byte[] final = Finished(text[..30_000]);
        byte[] payload = [.. final, .. Finished(text[30_000..]), 0];
        Assert.Equal(InflateStatus.Complete, inflater.Inflate(payload, default, 1 << 20, to));
        Assert.True(text.AsSpan().SequenceEqual(to.Written));

        static byte[] Finished(byte[] part)
        {
            var compressed = new MemoryStream();
            using (var stream = new DeflateStream(compressed, CompressionLevel.Optimal, leaveOpen: true)) stream.Write(part);
            return compressed.ToArray();
        }
    }

    [Fact]
    public void More_final_blocks_than_a_message_can_need_are_refused()
    {
        // After each the window is copied in again, so that two bytes would cost 32 KiB
        using var deflater = new Deflater(15);
        var inflater = new Inflater();
        Scratch to = new(), from = new();
        byte[] window = [.. deflater.Compress(new byte[32 << 10], default, to), 0x00, 0x00, 0xFF, 0xFF];
        foreach (int blocks in (int[])[1, 8, 16])
            Assert.Equal(InflateStatus.Complete, inflater.Inflate(Then(blocks), default, 1 << 20, from));
        foreach (int blocks in (int[])[18, 1000, 100_000])
            Assert.Equal(InflateStatus.Malformed, inflater.Inflate(Then(blocks), default, 1 << 20, from));

        // One for each 4 KiB that came costs no more than those bytes do
        byte[] noise = new byte[4 << 10];
        new Random(9).NextBytes(noise);
        byte[] stored = [0x01, 0x00, 0x10, 0xFF, 0xEF, .. noise];
        byte[] many = [.. Enumerable.Repeat(stored, 200).SelectMany(block => block), 0x00];
        Assert.Equal(InflateStatus.Complete, inflater.Inflate(many, default, 1 << 20, from));
        Assert.Equal(200 * noise.Length, from.Length);

        byte[] Then(int blocks) =>
            [.. window, .. Enumerable.Repeat((byte[])[0x03, 0x00], blocks).SelectMany(block => block), 0x00];
    }

    [Fact]
    public void What_an_earlier_message_has_left_behind_is_in_front_of_no_other()
    {
        // As an exception between use and Clear leaves it
        byte[] message = Encoding.UTF8.GetBytes("A message of somebody else's");
        using Deflater shared = new(15), own = new(15);
        Scratch to = new(), from = new();
        foreach (Func<byte[]> compress in (Func<byte[]>[])
            [() => shared.Compress(message, default, to).ToArray(), () => own.CompressNext(message, to).ToArray()])
        {
            to.Length = 100;
            byte[] compressed = compress();
            from.Length = 100;
            Assert.Equal(InflateStatus.Complete, new Inflater().Inflate(compressed, default, 1 << 16, from));
            Assert.True(message.AsSpan().SequenceEqual(from.Written));
        }

        Assert.Equal(InflateStatus.Complete, new Inflater().Inflate([], default, 1 << 16, from));
        Assert.Equal(0, from.Length);
    }

    [Fact]
    public void A_window_holds_the_last_bytes()
    {
        var random = new Random(6);
        var window = new Window(9);
        List<byte> all = [];
        for (int round = 0; round < 500; round++)
        {
            byte[] message = new byte[random.Next(10) switch { 0 => 600, 1 => 0, 2 => 512, _ => random.Next(80) }];
            random.NextBytes(message);
            window.Append(message);
            all.AddRange(message);
            Assert.True(all.TakeLast(512).SequenceEqual(window.Bytes.ToArray()));
        }
    }

    private static IEnumerable<byte[]> Messages()
    {
        var random = new Random(7);
        yield return [];
        yield return "Hello"u8.ToArray();
        for (int i = 0; i < 40; i++) yield return Encoding.UTF8.GetBytes($$"""{"id":{{random.Next()}},"name":"somebody","tags":["a","b","{{random.Next(10)}}"],"text":"{{new string('x', random.Next(500))}} and so on"}""");
        byte[] noise = new byte[200_000];
        random.NextBytes(noise);
        yield return noise;
        yield return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_000).Select(number => $"{number % 977} ")));
        yield return [];
        yield return "Hello"u8.ToArray();
    }

    private static byte[] ReadAlone(byte[] compressed)
    {
        using var stream = new DeflateStream(new MemoryStream([.. compressed, 0, 0, 0xFF, 0xFF, 1, 0, 0, 0xFF, 0xFF]), CompressionMode.Decompress);
        var whole = new MemoryStream();
        stream.CopyTo(whole);
        return whole.ToArray();
    }

    private static int FarthestIn(byte[] compressed) => DeflateReader.FarthestReference([.. compressed, 0, 0, 0xFF, 0xFF]);
}
