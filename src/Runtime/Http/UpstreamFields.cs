using System.Net.Http;

namespace Prebake.Http;

/// <summary>The fields of another server's answer that may be passed on: not those of its connection (RFC 9110 section 7.6.1).</summary>
internal static class UpstreamFields
{
    public static void Copy(HttpResponseMessage message, Headers to)
    {
        foreach (var (name, values) in message.Headers.NonValidated) Add(to, name, values);
        foreach (var (name, values) in message.Content.Headers.NonValidated) Add(to, name, values);
    }

    private static void Add(Headers to, string name, IEnumerable<string> values)
    {
        if (name.ToLowerInvariant() is "connection" or "keep-alive" or "proxy-connection" or "te" or "trailer" or "transfer-encoding" or "upgrade"
            or "content-length" or "date") return;

        foreach (string value in values) to.Add(name, value.Trim());
    }
}
