using System.Text.Unicode;

namespace Prebake.WebSockets;

/// <summary>
/// Whether text that comes in parts is UTF-8 (RFC 3629), known with the first byte that is wrong and not only at the
/// end. Between two
/// parts a character may be open; everything else is judged by the base library's vectors.
/// </summary>
internal struct Utf8State
{
    // How many bytes of the open character are missing, and what the next one may be
    private byte _missing, _lowest, _highest;

    /// <summary>No character is open: the text may end here.</summary>
    public readonly bool IsComplete => _missing == 0;

    /// <summary>The next part. False: what has come so far is not the beginning of any UTF-8.</summary>
    public bool TryAdvance(ReadOnlySpan<byte> part)
    {
        while (_missing > 0)
        {
            if (part.IsEmpty) return true;
            if (part[0] < _lowest || part[0] > _highest) return false;
            _missing--;
            (_lowest, _highest) = (0x80, 0xBF);
            part = part[1..];
        }

        int whole = part.Length - OpenAtEnd(part);
        if (!Utf8.IsValid(part[..whole])) return false;
        return whole == part.Length || TryOpen(part[whole..]);
    }

    // How many bytes at the end belong to a character that goes on behind it: 0 to 3
    private static int OpenAtEnd(ReadOnlySpan<byte> part)
    {
        for (int back = 1; back <= Math.Min(3, part.Length); back++)
        {
            byte value = part[^back];
            if (value < 0x80) return 0;
            if (value >= 0xC0) return LengthOf(value) > back ? back : 0;
        }

        return 0;
    }

    // Table 3-7 of the Unicode Standard: after some first bytes the second has a range of its own
    private bool TryOpen(ReadOnlySpan<byte> start)
    {
        byte first = start[0];
        int length = LengthOf(first);
        if (length == 0) return false;

        _missing = (byte)(length - 1);
        (_lowest, _highest) = first switch
        {
            0xE0 => ((byte)0xA0, (byte)0xBF),
            0xED => ((byte)0x80, (byte)0x9F),
            0xF0 => ((byte)0x90, (byte)0xBF),
            0xF4 => ((byte)0x80, (byte)0x8F),
            _ => ((byte)0x80, (byte)0xBF),
        };

        foreach (byte next in start[1..])
        {
            if (next < _lowest || next > _highest) return false;
            _missing--;
            (_lowest, _highest) = (0x80, 0xBF);
        }

        return true;
    }

    // 0: no character starts with it. What is shorter than it looks does not get here as open
    private static int LengthOf(byte first) => first switch
    {
        >= 0xC2 and <= 0xDF => 2,
        >= 0xE0 and <= 0xEF => 3,
        >= 0xF0 and <= 0xF4 => 4,
        _ => 0,
    };
}
