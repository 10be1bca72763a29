using System.Net;
using System.Runtime.CompilerServices;

namespace Prebake.Grammar;

/// <summary>
/// The value of Host, and the authority of a target: uri-host [ ":" port ], RFC 9110 section 7.2. Of the names that RFC
/// 3986 allows only those that a host can have: what is left out only ever hides something, and the base library's <see
/// cref="Uri"/> refuses it.
/// </summary>
internal static class HostField
{
    // RFC 1035 section 2.3.4; the dot that may end a name is not counted
    private const int MaxNameLength = 253, MaxLabelLength = 63;

    public static bool IsValid(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return false;

        int end = value[0] == '[' ? AddressLength(value) : NameLength(value);
        return end > 0 && (end == value.Length || value[end] == ':' && IsPort(value[(end + 1)..]));
    }

    // Labels with dots between them (RFC 1123 section 2.1), or an IPv4 address. Underscores, and a hyphen in front, are
    // in names that exist. 0 when it is neither.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NameLength(ReadOnlySpan<byte> value)
    {
        int length = Characters.HostLength(value);
        return length <= MaxLabelLength || HasFittingLabels(value[..length]) ? length : 0;
    }

    private static bool HasFittingLabels(ReadOnlySpan<byte> name)
    {
        if (name[^1] == '.') name = name[..^1];
        if (name.Length > MaxNameLength) return false;

        foreach (Range label in name.Split((byte)'.'))
            if (name[label].Length > MaxLabelLength) return false;

        return true;
    }

    // IP-literal, without a zone, which means something to its own host only (RFC 6874 section 3). 0 when it is none.
    private static int AddressLength(ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)']');
        if (end < 0) return 0;

        ReadOnlySpan<byte> address = value[1..end];
        bool isVersion6 = address.Contains((byte)':') && !address.Contains((byte)'%') && IPAddress.IsValidUtf8(address);
        return isVersion6 ? end + 1 : 0;
    }

    // It may be left empty, which means the scheme's own (RFC 3986 section 3.2.3)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPort(ReadOnlySpan<byte> port) =>
        port.IsEmpty || port.Length <= 5 && Digits.TryParse(port, out long number) && number <= 65535;
}
