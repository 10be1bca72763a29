using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Prebake.Tls;

/// <summary>
/// Counts the handshakes that each address has in progress, on all loops of a server. An address that has none is not
/// in it, so it is as large as there are handshakes.
/// </summary>
internal sealed class HandshakesOfAddresses(int most)
{
    private readonly Lock _counting = new();
    private readonly Dictionary<UInt128, int> _counts = [];

    /// <summary>One more; false when the address has its share.</summary>
    public bool TryAdd(IPAddress address)
    {
        lock (_counting)
        {
            ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, KeyOf(address), out _);
            if (count >= most) return false;

            count++;
            return true;
        }
    }

    /// <summary>One that was added has ended.</summary>
    public void Remove(IPAddress address)
    {
        lock (_counting)
        {
            UInt128 key = KeyOf(address);
            if (_counts[key] == 1) _counts.Remove(key);
            else _counts[key]--;
        }
    }

    // Of IPv6 what a subscriber is given, 64 bits; IPv4 in either of its forms whole
    private static UInt128 KeyOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        IPAddress wide = address.AddressFamily is AddressFamily.InterNetworkV6 ? address : address.MapToIPv6();
        wide.TryWriteBytes(bytes, out _);
        if (!wide.IsIPv4MappedToIPv6) bytes[8..].Clear();
        return MemoryMarshal.Read<UInt128>(bytes);
    }
}
