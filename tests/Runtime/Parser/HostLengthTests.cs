using System.Text;
using Prebake.Grammar;

namespace Prebake.Tests.Parser;

/// <summary>Sixteen octets at once say the same as one after the other.</summary>
public sealed class HostLengthTests
{
    [Fact]
    public void Every_octet_at_every_place_of_every_length_ends_a_name_or_does_not()
    {
        for (int length = 1; length <= 50; length++)
            for (int at = 0; at < length; at++)
                for (int octet = 0; octet < 256; octet++)
                {
                    byte[] name = new byte[length];
                    Array.Fill(name, (byte)'a');
                    name[at] = (byte)octet;
                    Agree(name);
                }
    }

    [Fact]
    public void Dots_and_what_may_follow_them_are_seen_wherever_they_lie()
    {
        Assert.Equal(0, Characters.HostLength([]));

        const string alphabet = "aZ9.-_.:";
        var random = new Random(1);
        for (int i = 0; i < 100_000; i++)
        {
            byte[] name = new byte[random.Next(1, 70)];
            foreach (ref byte octet in name.AsSpan())
                octet = random.Next(8) < 5 ? (byte)'x' : (byte)alphabet[random.Next(alphabet.Length)];
            Agree(name);
        }
    }

    private static void Agree(byte[] name)
    {
        int expected = Slowly(name), actual = Characters.HostLength(name);
        if (expected != actual) Assert.Fail($"'{Encoding.Latin1.GetString(name)}': {actual} instead of {expected}");
    }

    private static int Slowly(byte[] name)
    {
        if (name[0] == '.') return 0;
        for (int i = 0; i < name.Length; i++)
        {
            char c = (char)name[i];
            bool begins = char.IsAsciiLetterOrDigit(c);
            bool fits = i > 0 && name[i - 1] == '.' ? begins : begins || c is '.' or '-' or '_';
            if (!fits) return i;
        }

        return name.Length;
    }
}
