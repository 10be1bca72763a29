using System.Text;
using System.Text.Unicode;
using Prebake.WebSockets;

namespace Prebake.Tests.WebSockets;

public sealed class Utf8StateTests
{
    /// <summary>The slow reference: text is the beginning of some UTF-8 if one of a few ends makes it whole.</summary>
    private static bool IsBeginning(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes)) return true;

        foreach (byte[] end in s_ends)
            if (Utf8.IsValid((byte[])[.. bytes, .. end])) return true;
        return false;
    }

    // After any lead byte and what may follow it, one of these completes the character
    private static readonly byte[][] s_ends =
        [.. from count in Enumerable.Range(1, 3) from second in (byte[])[0x80, 0x90, 0xA0] select (byte[])[second, .. Enumerable.Repeat((byte)0x80, count - 1)]];

    [Fact]
    public void All_pairs_and_interesting_triples_are_judged_at_the_first_wrong_byte()
    {
        byte[] interesting = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF];
        byte[] bytes = new byte[4];
        foreach (byte a in interesting)
        {
            foreach (byte b in interesting)
            {
                foreach (byte c in interesting)
                {
                    foreach (byte d in interesting)
                    {
                        (bytes[0], bytes[1], bytes[2], bytes[3]) = (a, b, c, d);
                        Check(bytes);
                    }
                }
            }
        }
    }

    [Fact]
    public void Random_bytes_and_random_text_in_random_parts()
    {
        var random = new Random(3);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            if (round % 2 == 0)
            {
                var text = new StringBuilder();
                while (text.Length < 12)
                {
                    int next = random.Next(4) switch { 0 => random.Next(0x80), 1 => random.Next(0x80, 0x800), 2 => random.Next(0x800, 0xD800), _ => random.Next(0x10000, 0x110000) };
                    text.Append(new Rune(next).ToString());
                }

                bytes = Encoding.UTF8.GetBytes(text.ToString());
                if (round % 4 == 0) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            Check(bytes, random);
        }
    }

    // Byte by byte, so that the verdict comes with the very byte; and in parts, which must come to the same
    private static void Check(byte[] bytes, Random? random = null)
    {
        var state = new Utf8State();
        int wrongAt = bytes.Length;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (state.TryAdvance(bytes.AsSpan(i, 1))) continue;
            wrongAt = i;
            break;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            if (i > wrongAt) break;
            Assert.True(IsBeginning(bytes.AsSpan(0, i + 1)) == (i < wrongAt), $"{Convert.ToHexString(bytes)} at {i}, wrong at {wrongAt}");
        }

        bool isValid = wrongAt == bytes.Length && state.IsComplete;
        Assert.Equal(Utf8.IsValid(bytes), isValid);

        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            int second = random is null ? bytes.Length : random.Next(cut, bytes.Length + 1);
            state = default;
            bool goes = state.TryAdvance(bytes.AsSpan(0, cut)) && state.TryAdvance(bytes.AsSpan(cut, second - cut)) && state.TryAdvance(bytes.AsSpan(second));
            Assert.Equal(wrongAt == bytes.Length, goes);
            Assert.Equal(isValid, goes && state.IsComplete);
        }
    }
}
