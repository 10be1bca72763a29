using System.Net.Http;
using Prebake.Grammar;

namespace Prebake.Http;

/// <summary>The fields of another server's answer that may be passed on: not those of its connection (RFC 9110 section 7.6.1).</summary>
internal static class UpstreamFields
{
    public static void Copy(HttpResponseMessage message, Headers to)
    {
        // Those that the other server names in Connection are its connection's too
        HashSet<string> named = new(StringComparer.OrdinalIgnoreCase);
        if (message.Headers.NonValidated.TryGetValues("Connection", out var options))
            foreach (string option in options) named.UnionWith(option.Split(',', StringSplitOptions.TrimEntries));

        foreach (var (name, values) in message.Headers.NonValidated) Add(to, name, values, named);
        foreach (var (name, values) in message.Content.Headers.NonValidated) Add(to, name, values, named);
    }

    /// <summary>What stood behind the other server's body; called when that has been read.</summary>
    public static void CopyTrailers(HttpResponseMessage message, Response to)
    {
        foreach (var (name, values) in message.TrailingHeaders.NonValidated)
            if (!TrailerField.IsForbidden(name)) foreach (string value in values) to.Trailers.Add(name, value.Trim());
    }

    private static void Add(Headers to, string name, IEnumerable<string> values, HashSet<string> named)
    {
        if (named.Contains(name) || name.ToLowerInvariant() is "connection" or "keep-alive" or "proxy-connection" or "proxy-authenticate"
            or "proxy-authentication-info" or "te" or "trailer" or "transfer-encoding" or "upgrade" or "content-length" or "date") return;

        foreach (string value in values) to.Add(name, value.Trim());
    }
}
