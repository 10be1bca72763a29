using System.Net;

namespace Prebake.Grammar;

/// <summary>The value of Host, and the authority of a target: uri-host [ ":" port ], RFC 9110 section 7.2.</summary>
internal static class HostField
{
    // A name has the characters of RFC 3986's reg-name, without percent-escapes and the separators that no host name has: they only ever hide something
    public static bool IsValid(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return false;

        int end;
        if (value[0] == '[')
        {
            end = value.IndexOf((byte)']');
            if (end < 0 || value[1..end].Contains((byte)'%') || !IPAddress.IsValidUtf8(value[1..end]) || !value[1..end].Contains((byte)':')) return false;
            end++;
        }
        else
        {
            end = Characters.HostLength(value);
            if (end == 0) return false;
        }

        ReadOnlySpan<byte> port = value[end..];
        return port.IsEmpty || port[0] == ':' && Digits.TryParse(port[1..], out long number) && number <= 65535;
    }
}
