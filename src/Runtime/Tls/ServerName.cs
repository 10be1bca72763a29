using System.Globalization;
using System.Net;

namespace Prebake.Tls;

/// <summary>
/// A name that certificates are chosen by: lower case, without a dot at the end, and as it goes over the wire (RFC 6066
/// section 3), so that names compare as bytes.
/// </summary>
internal static class ServerName
{
    private const string Option = "\"TlsOptions.ServerName\"";

    // RFC 1035 section 2.3.4
    private const int LongestName = 253, LongestLabel = 63;

    /// <summary>The name of an option in that form.</summary>
    /// <exception cref="ArgumentException">No client can ask for it.</exception>
    public static string Normalize(string name)
    {
        if (IPAddress.TryParse(name.Trim('[', ']'), out _))
            throw Bad(name, "is an IP address, which clients do not ask for (RFC 6066): leave it out, or give a host "
                + "name");

        bool isWildcard = name.StartsWith("*.", StringComparison.Ordinal);
        string rest = isWildcard ? name[2..] : name;
        if (rest.Contains('*'))
            throw Bad(name, "has its asterisk in the wrong place: it stands for the whole first label, as in "
                + "*.example.com");

        if (rest.EndsWith('.')) rest = rest[..^1];
        if (rest.AsSpan().IndexOfAny(":/ ") >= 0 || rest.Length == 0)
            throw Bad(name, "is not a host name: give it without scheme, port and path, such as example.com");

        rest = ToAscii(rest) ?? throw Bad(name, "is not a host name that can be written in ASCII (RFC 5891)");
        foreach (string label in rest.Split('.'))
            if (label.Length is 0 or > LongestLabel || !label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                throw Bad(name, $"is not a host name: it has the label \"{label}\"");

        string full = isWildcard ? "*." + rest : rest;
        return full.Length <= LongestName ? full : throw Bad(name, "is not a host name: it has more than 253 "
            + "characters");
    }

    /// <summary>What a client has asked for, in that form; empty if it makes no sense.</summary>
    public static string FoldAsked(string name) =>
        ToAscii(name.EndsWith('.') ? name[..^1] : name) ?? "";

    private static string? ToAscii(string name)
    {
        if (System.Text.Ascii.IsValid(name)) return name.ToLowerInvariant();
        try
        {
            // Without ICU the mapping leaves capitals as they are
            return new IdnMapping().GetAscii(name.ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static ArgumentException Bad(string name, string why) => new($"The {Option} \"{name}\" {why}.");
}
