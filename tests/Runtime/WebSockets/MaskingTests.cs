using Prebake.WebSockets;

namespace Prebake.Tests.WebSockets;

public sealed class MaskingTests
{
    private static readonly uint s_key = Masking.ReadKey([0x37, 0xFA, 0x21, 0x3D]);

    [Fact]
    public void The_example_of_the_standard()
    {
        // RFC 6455 section 5.7
        byte[] data = [0x7F, 0x9F, 0x4D, 0x51, 0x58];
        Masking.Apply(data, s_key);
        Assert.Equal("Hello"u8, data);
    }

    [Fact]
    public void Every_length_at_every_place_is_as_byte_by_byte_and_touches_nothing_beside_it()
    {
        byte[] key = [0x37, 0xFA, 0x21, 0x3D];
        byte[] original = new byte[700];
        new Random(1).NextBytes(original);

        for (int start = 0; start < 67; start++)
        {
            for (int length = 0; length <= 600; length += length < 140 ? 1 : 13)
            {
                byte[] expected = [.. original];
                for (int i = 0; i < length; i++) expected[start + i] ^= key[i & 3];

                byte[] data = [.. original];
                Masking.Apply(data.AsSpan(start, length), s_key);
                Assert.True(expected.AsSpan().SequenceEqual(data), $"{length} bytes from {start}");
            }
        }
    }

    [Fact]
    public void A_payload_that_comes_in_parts_goes_on_with_the_right_byte_of_the_key()
    {
        byte[] original = new byte[300];
        new Random(2).NextBytes(original);
        byte[] whole = [.. original];
        Masking.Apply(whole, s_key);

        for (int first = 0; first < 40; first++)
        {
            for (int second = 0; second < 40; second++)
            {
                byte[] data = [.. original];
                uint key = s_key;
                foreach (Range part in new[] { ..first, first..(first + second), (first + second).. })
                {
                    Span<byte> bytes = data.AsSpan(part);
                    Masking.Apply(bytes, key);
                    key = Masking.Rotate(key, bytes.Length);
                }

                Assert.True(whole.AsSpan().SequenceEqual(data));
            }
        }
    }
}
