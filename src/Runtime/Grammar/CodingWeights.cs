using System.Runtime.CompilerServices;

namespace Prebake.Grammar;

/// <summary>
/// What Accept-Encoding says about the codings that bodies are kept in, RFC 9110 section 12.5.3. Weights are in thousandths; an element that does not parse
/// says nothing.
/// </summary>
internal struct CodingWeights
{
    private const short Unsaid = -1;

    private short _identity = Unsaid, _gzip = Unsaid, _brotli = Unsaid, _zstandard = Unsaid, _others = Unsaid;

    public CodingWeights() { }

    /// <summary>Takes one field line; there may be several.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            short weight = TakeWeight(ref value, out ReadOnlySpan<byte> name);
            if (weight < 0) continue;

            switch (name.Length)
            {
                case 1 when name[0] == '*': _others = weight; break;
                case 2 when Is(name, "br"u8): _brotli = weight; break;
                case 4 when Is(name, "gzip"u8): _gzip = weight; break;
                case 4 when Is(name, "zstd"u8): _zstandard = weight; break;
                // RFC 9110 section 8.4.1.3
                case 6 when Is(name, "x-gzip"u8): _gzip = weight; break;
                case 8 when Is(name, "identity"u8): _identity = weight; break;
            }
        }
    }

    /// <summary>0 is "not acceptable". What nobody mentions is not acceptable, except for the identity, which then is the last choice.</summary>
    public readonly int Of(ContentCoding coding)
    {
        short own = coding switch
        {
            ContentCoding.Gzip => _gzip,
            ContentCoding.Brotli => _brotli,
            ContentCoding.Zstandard => _zstandard,
            _ => _identity,
        };

        return Of(own, _others, coding is ContentCoding.Identity);
    }

    /// <summary>The same for a coding of any name, of one field line.</summary>
    public static int Of(ReadOnlySpan<byte> value, string coding)
    {
        short own = Unsaid, others = Unsaid;
        while (!value.IsEmpty)
        {
            short weight = TakeWeight(ref value, out ReadOnlySpan<byte> name);
            if (weight < 0) continue;

            if (name is [(byte)'*']) others = weight;
            else if (System.Text.Ascii.EqualsIgnoreCase(name, coding)) own = weight;
            else if (coding is "gzip" && Is(name, "x-gzip"u8)) own = weight;
        }

        return Of(own, others, coding is "identity");
    }

    private static int Of(short own, short others, bool isIdentity) =>
        own != Unsaid ? own : others != Unsaid ? others : isIdentity ? 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static short TakeWeight(ref ReadOnlySpan<byte> value, out ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> element = FieldValue.TakeElement(ref value);
        int semicolon = element.IndexOf((byte)';');
        name = semicolon < 0 ? element : FieldValue.Trim(element[..semicolon]);
        return semicolon < 0 ? (short)1000 : WeightOf(FieldValue.Trim(element[(semicolon + 1)..]));
    }

    // q=0, q=0.123, q=1.000; -1 for anything else
    private static short WeightOf(ReadOnlySpan<byte> parameter)
    {
        if (parameter.Length is < 3 or > 7 || (parameter[0] | 0x20) != 'q' || parameter[1] != '=' || parameter[2] is not ((byte)'0' or (byte)'1')) return Unsaid;
        if (parameter.Length > 3 && parameter[3] != '.') return Unsaid;

        int weight = (parameter[2] - '0') * 1000, unit = 100;
        for (int i = 4; i < parameter.Length; i++, unit /= 10)
        {
            if (parameter[i] is < (byte)'0' or > (byte)'9') return Unsaid;
            weight += (parameter[i] - '0') * unit;
        }

        return weight > 1000 ? Unsaid : (short)weight;
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower) => System.Text.Ascii.EqualsIgnoreCase(name, lower);
}
