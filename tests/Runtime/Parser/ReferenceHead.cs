using System.Text;
using System.Text.RegularExpressions;

namespace Prebake.Tests.Parser;

/// <summary>
/// The head's grammar once more, as slowly and plainly as it can be written: lines first, then regular expressions taken from the RFCs. Says
/// whether a complete head is valid; which status an invalid one gets is not its business.
/// </summary>
internal static partial class ReferenceHead
{
    public static bool IsValid(string text)
    {
        while (text.StartsWith("\r\n", StringComparison.Ordinal)) text = text[2..];

        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;

        string[] lines = text[..end].Split("\r\n");
        if (lines.Any(line => line.Contains('\r') || line.Contains('\n'))) return false;

        Match request = RequestLine().Match(lines[0]);
        if (!request.Success) return false;
        string method = request.Groups[1].Value, target = request.Groups[2].Value;
        bool isHttp10 = request.Groups[3].Value == "0";

        var fields = new List<(string Name, string Value)>();
        foreach (string line in lines[1..])
        {
            Match field = FieldLine().Match(line);
            if (!field.Success) return false;
            fields.Add((field.Groups[1].Value.ToLowerInvariant(), field.Groups[2].Value.Trim(' ', '\t')));
        }

        string[] All(string name) => fields.Where(f => f.Name == name).Select(f => f.Value).ToArray();

        string[] hosts = All("host");
        if (hosts.Length > 1 || hosts.Length == 0 && !isHttp10 || hosts is [{ Length: > 0 } host] && !IsHost(host)) return false;

        string[] lengths = All("content-length"), codings = All("transfer-encoding");
        if (lengths.Length > 1 || lengths is [var length] && !(Digits().IsMatch(length) && System.Numerics.BigInteger.Parse(length) <= long.MaxValue)) return false;
        if (codings.Length > 1 || codings is [var coding] && !coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)) return false;
        if (codings.Length > 0 && (isHttp10 || lengths.Length > 0)) return false;
        if (!isHttp10 && All("expect").Any(e => e.Length > 0 && !e.Equals("100-continue", StringComparison.OrdinalIgnoreCase))) return false;

        return IsTarget(method, target);
    }

    private static bool IsTarget(string method, string target)
    {
        if (method == "CONNECT") return IsHost(target) && PortAtEnd().IsMatch(target);
        if (target == "*") return method == "OPTIONS";

        Match absolute = Absolute().Match(target);
        if (absolute.Success)
        {
            // On a plain connection, which is what is fuzzed
            if (target.StartsWith("https", StringComparison.OrdinalIgnoreCase) || !IsHost(absolute.Groups[1].Value)) return false;
            target = absolute.Groups[2].Value;
            if (target.Length == 0 || target[0] == '?') target = "/" + target;
        }

        return target[0] == '/' && IsPath(target.Split('?')[0]);
    }

    private static bool IsPath(string path)
    {
        if (!Escapes().IsMatch(path)) return false;

        var bytes = new List<byte>();
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] != '%') bytes.Add((byte)path[i]);
            else
            {
                bytes.Add(Convert.ToByte(path.Substring(i + 1, 2), 16));
                i += 2;
                if (bytes[^1] == 0) return false;
            }
        }

        try { new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]); }
        catch (DecoderFallbackException) { return false; }

        // '..' above the root, dots also when they are written as escapes
        int depth = 0;
        string dots = path.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase);
        string[] segments = dots.Split('/')[1..];
        for (int i = 0; i < segments.Length; i++)
        {
            if (segments[i] == "..") { if (--depth < 0) return false; }
            else if (segments[i] is not ("." or "")) depth++;
        }

        return true;
    }

    private static bool IsHost(string host)
    {
        Match match = Host().Match(host);
        if (!match.Success) return false;
        if (match.Groups[1].Success && !(System.Net.IPAddress.TryParse(match.Groups[1].Value, out System.Net.IPAddress? address) && address.AddressFamily is System.Net.Sockets.AddressFamily.InterNetworkV6)) return false;
        return !match.Groups[2].Success || match.Groups[2].Value.TrimStart('0').Length <= 5 && int.Parse("0" + match.Groups[2].Value.TrimStart('0')) <= 65535;
    }

    [GeneratedRegex(@"\A([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,32}) ([!""$-~]+) HTTP/1\.([01])\z")] private static partial Regex RequestLine();
    [GeneratedRegex(@"\A([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\x80-\xff]*)\z")] private static partial Regex FieldLine();
    [GeneratedRegex(@"\A[0-9]+\z")] private static partial Regex Digits();
    [GeneratedRegex(@"\Ahttps?://([^/?]*)(.*)\z", RegexOptions.IgnoreCase)] private static partial Regex Absolute();
    [GeneratedRegex(@":[0-9]+\z")] private static partial Regex PortAtEnd();
    [GeneratedRegex(@"\A(?:[^%]|%[0-9A-Fa-f]{2})*\z")] private static partial Regex Escapes();
    // RFC 1035 section 2.3.4 for the lengths; a label begins with a letter or a digit, but for the first
    [GeneratedRegex(@"\A(?:\[([0-9A-Fa-f:.]+)\]|(?=[^:]{1,254}(?::|\z))(?=[^:]{1,253}\.?(?::|\z))[0-9A-Za-z_\-]{1,63}(?:\.[0-9A-Za-z][0-9A-Za-z_\-]{0,62})*\.?)(?::([0-9]{0,5}))?\z")] private static partial Regex Host();
}
