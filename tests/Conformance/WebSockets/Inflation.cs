namespace Prebake.Conformance.WebSockets;

/// <summary>
/// A slow reading of RFC 1951 as RFC 7692 uses it, which also knows how far back a stream may refer. One for all messages of a socket in one direction.
/// </summary>
internal sealed class Inflation(int windowBits, bool remembers)
{
    private static readonly int[] s_lengths = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    private static readonly int[] s_lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    private static readonly int[] s_order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private readonly List<byte> _out = [];
    private byte[] _in = [];
    private int _at;

    /// <summary>The message in a payload without its tail.</summary>
    public byte[] Read(byte[] payload)
    {
        if (!remembers) _out.Clear();
        int before = _out.Count;
        _in = [.. payload, 0, 0, 0xFF, 0xFF];
        _at = 0;
        while (_at < _in.Length * 8 - 2) ReadBlock();
        return [.. _out[before..]];
    }

    private void ReadBlock()
    {
        if (Bits(1) == 1) throw new InvalidDataException("A final block, which no zlib flush writes");
        switch (Bits(2))
        {
            case 0:
                _at = (_at + 7) / 8 * 8;
                int length = Bits(16);
                if ((Bits(16) ^ length) != 0xFFFF) throw new InvalidDataException("A stored block whose lengths differ");
                for (int i = 0; i < length; i++) _out.Add((byte)Bits(8));
                break;
            case 1:
                ReadCodes(new Codes([.. Enumerable.Range(0, 288).Select(i => i switch { < 144 => 8, < 256 => 9, < 280 => 7, _ => 8 })]), new Codes([.. Enumerable.Repeat(5, 30)]));
                break;
            case 2:
                (Codes literals, Codes distances) = ReadDescriptions();
                ReadCodes(literals, distances);
                break;
            default:
                throw new InvalidDataException("A block of an unknown type");
        }
    }

    private (Codes, Codes) ReadDescriptions()
    {
        int literals = Bits(5) + 257, distances = Bits(5) + 1, count = Bits(4) + 4;
        int[] sizes = new int[19];
        for (int i = 0; i < count; i++) sizes[s_order[i]] = Bits(3);
        var sizeCodes = new Codes(sizes);
        List<int> all = [];
        while (all.Count < literals + distances)
        {
            int symbol = Next(sizeCodes);
            if (symbol < 16) all.Add(symbol);
            else if (symbol == 16) all.AddRange(Enumerable.Repeat(all[^1], 3 + Bits(2)));
            else all.AddRange(Enumerable.Repeat(0, symbol == 17 ? 3 + Bits(3) : 11 + Bits(7)));
        }

        return (new Codes([.. all[..literals]]), new Codes([.. all[literals..]]));
    }

    private void ReadCodes(Codes literals, Codes distances)
    {
        while (true)
        {
            int symbol = Next(literals);
            if (symbol == 256) return;
            if (symbol < 256)
            {
                _out.Add((byte)symbol);
                continue;
            }

            int length = s_lengths[symbol - 257] + Bits(s_lengthBits[symbol - 257]), code = Next(distances);
            int distance = code < 2 ? code + 1 : (2 + (code & 1) << (code / 2) - 1) + 1 + Bits(code / 2 - 1);
            if (distance > 1 << windowBits) throw new InvalidDataException($"A distance of {distance} with a window of {windowBits} bits");
            if (distance > _out.Count) throw new InvalidDataException($"A distance of {distance} after {_out.Count} bytes");
            for (int i = 0; i < length; i++) _out.Add(_out[^distance]);
        }
    }

    private int Next(Codes codes)
    {
        int code = 0;
        for (int length = 1; length < 16; length++)
        {
            code = code << 1 | Bits(1);
            if (codes.Symbols.TryGetValue((length, code), out int symbol)) return symbol;
        }

        throw new InvalidDataException("A code that nobody has described");
    }

    private int Bits(int count)
    {
        int value = 0;
        for (int i = 0; i < count; i++, _at++)
        {
            if (_at >= _in.Length * 8) throw new InvalidDataException("The message ends in a block");
            value |= (_in[_at / 8] >> (_at & 7) & 1) << i;
        }

        return value;
    }

    /// <summary>Section 3.2.2.</summary>
    private sealed class Codes
    {
        public Codes(int[] lengths)
        {
            int code = 0;
            for (int length = 1; length < 16; length++, code <<= 1)
            {
                for (int symbol = 0; symbol < lengths.Length; symbol++)
                    if (lengths[symbol] == length) Symbols[(length, code++)] = symbol;
            }
        }

        public Dictionary<(int Length, int Code), int> Symbols { get; } = [];
    }
}
