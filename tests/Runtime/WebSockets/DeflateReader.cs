namespace Prebake.Tests.WebSockets;

/// <summary>A slow reader of RFC 1951 that tells how far back the references lead: whether a compressor keeps to its window.</summary>
internal static class DeflateReader
{
    private static readonly int[] s_lengthBase = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
    private static readonly int[] s_lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    private static readonly int[] s_order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    public static int FarthestReference(byte[] data)
    {
        int at = 0, farthest = 0;
        while (at < data.Length * 8 - 3)
        {
            Bits(1);
            int type = Bits(2);
            if (type == 0)
            {
                at = (at + 7) / 8 * 8;
                int length = Bits(16);
                Bits(16);
                at += length * 8;
                if (at == data.Length * 8) break;
                continue;
            }

            (int[] literals, int[] distances) = type == 1 ? Fixed() : Dynamic();
            while (true)
            {
                int symbol = Decode(literals);
                if (symbol == 256) break;
                if (symbol < 256) continue;
                Bits(s_lengthExtra[symbol - 257]);
                _ = s_lengthBase[symbol - 257];
                int code = Decode(distances);
                int extra = Math.Max(0, (code / 2) - 1);
                int distance = code < 4 ? code + 1 : ((2 + (code & 1)) << extra) + 1 + Bits(extra);
                farthest = Math.Max(farthest, distance);
            }
        }

        return farthest;

        int Bits(int count)
        {
            int value = 0;
            for (int i = 0; i < count; i++, at++) value |= (data[at / 8] >> (at % 8) & 1) << i;
            return value;
        }

        // Lengths of codes to symbols, canonically; slow
        int Decode(int[] lengths)
        {
            int code = 0, first = 0;
            for (int length = 1; length <= 15; length++)
            {
                code = (code << 1) | Bits(1);
                first <<= 1;
                int count = lengths.Count(l => l == length);
                if (code - first < count)
                {
                    int index = code - first;
                    for (int symbol = 0; symbol < lengths.Length; symbol++)
                        if (lengths[symbol] == length && index-- == 0) return symbol;
                }

                first += count;
            }

            throw new FormatException("No such code.");
        }

        static (int[], int[]) Fixed() =>
            ([.. Enumerable.Range(0, 288).Select(symbol => symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)], [.. Enumerable.Repeat(5, 30)]);

        (int[], int[]) Dynamic()
        {
            int literals = Bits(5) + 257, distances = Bits(5) + 1, codes = Bits(4) + 4;
            int[] lengthCodes = new int[19];
            for (int i = 0; i < codes; i++) lengthCodes[s_order[i]] = Bits(3);

            List<int> lengths = [];
            while (lengths.Count < literals + distances)
            {
                int symbol = Decode(lengthCodes);
                if (symbol < 16) lengths.Add(symbol);
                else if (symbol == 16) lengths.AddRange(Enumerable.Repeat(lengths[^1], 3 + Bits(2)));
                else lengths.AddRange(Enumerable.Repeat(0, symbol == 17 ? 3 + Bits(3) : 11 + Bits(7)));
            }

            return ([.. lengths.Take(literals)], [.. lengths.Skip(literals)]);
        }
    }
}
