using System.Globalization;

namespace Prebake.Shared;

/// <summary>How browsers write the origin of a page: scheme, host and port, as RFC 6454 section 6.2 has it.</summary>
internal static class OriginSyntax
{
    /// <summary>
    /// Why a browser never sends this as the origin of a page (RFC 6454 section 6.2), or null. It is compared as bytes, so
    /// it must be written as it is sent.
    /// </summary>
    public static string? ReasonAgainst(string text)
    {
        if (text == "*") return null;
        if (text == "null") return "sandboxed pages of anybody have it; list the origins that you know";

        int colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon <= 0) return "it has no scheme; write for example 'https://a.example', or '*' for every page";

        string scheme = text.Substring(0, colon), rest = text.Substring(colon + 3);
        if (!IsScheme(scheme)) return "its scheme must be in small letters, such as 'https'";
        if (scheme == "ws") return "it is that of a page, so its scheme is 'http'";
        if (scheme == "wss") return "it is that of a page, so its scheme is 'https'";

        int end = rest.IndexOfAny(['/', '?', '#']);
        if (end >= 0) return $"it ends with the host or the port; write '{scheme}://{rest.Substring(0, end)}'";
        if (rest.IndexOf('@') >= 0) return "it has no user; remove what is before the '@'";
        if (rest.IndexOf('*') >= 0)
            return "a part of it cannot be '*'; list each origin, or write '*' alone for every page";

        int portColon = rest.LastIndexOf(':') is var at && at > rest.LastIndexOf(']') ? at : -1;
        string host = portColon < 0 ? rest : rest.Substring(0, portColon);
        if (host.Any(c => c is >= 'A' and <= 'Z')) return "its host must be in small letters";
        if (!IsHost(host))
            return "its host must be a name in ASCII (xn--… for others) or an address, without spaces";
        if (portColon < 0) return null;

        string port = rest.Substring(portColon + 1);
        bool isPort = port.Length is > 0 and <= 5 && port.All(c => c is >= '0' and <= '9') && port[0] != '0'
            && int.Parse(port, CultureInfo.InvariantCulture) <= 65535;
        if (!isPort) return "its port must be 1 to 65535";

        return (scheme, port) is ("http", "80") or ("https", "443")
            ? $"the scheme's own port is left out; write '{scheme}://{host}'"
            : null;
    }

    private static bool IsScheme(string text) =>
        text[0] is >= 'a' and <= 'z' && text.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '+' or '-' or '.');

    private static bool IsHost(string host)
    {
        if (host.StartsWith("[", StringComparison.Ordinal))
            return host.EndsWith("]", StringComparison.Ordinal) && host.Length > 4
                && host.Substring(1, host.Length - 2).All(c => c is >= '0' and <= '9' or >= 'a' and <= 'f' or ':' or '.');

        return host.Length > 0 && host.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-' or '.' or '_');
    }
}
