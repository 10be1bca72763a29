using System.Globalization;
using System.Net.Http;
using System.Net.Http.Headers;
using Prebake.Grammar;

namespace Prebake.Http;

/// <summary>
/// The headers of another server's response that may be passed on, byte for byte: not those of its connection (RFC 9110
/// section 7.6.1).
/// </summary>
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

    /// <summary>
    /// The length of the body as far as its head tells (RFC 9110 section 8.6), or null: the body may be decompressed on
    /// the way, be as long as it turns out, or end with trailers, which a counted body cannot have.
    /// </summary>
    public static long? LengthOf(HttpResponseMessage message)
    {
        if (message.Headers.NonValidated.Contains("Trailer")) return null;

        // A response to HEAD announces what it has not; content that says nothing counts itself, which would be 0 there
        if (message.Content.Headers.NonValidated.TryGetValues("Content-Length", out HeaderStringValues said))
            return said.Count == 1 && long.TryParse(said.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long length) ? length : null;
        return message.RequestMessage?.Method == System.Net.Http.HttpMethod.Head ? null : message.Content.Headers.ContentLength;
    }

    /// <summary>What stood behind the other server's body; called when that has been read.</summary>
    public static void CopyTrailers(HttpResponseMessage message, Response to)
    {
        foreach (var (name, values) in message.TrailingHeaders.NonValidated)
        {
            if (TrailerField.IsForbidden(name)) continue;
            foreach (string value in values) to.Trailers.AddReceived(name, AsItCame(name, value));
        }
    }

    private static void Add(Headers to, string name, IEnumerable<string> values, HashSet<string> named)
    {
        bool isOfTheConnection = named.Contains(name) || name.ToLowerInvariant() is "connection" or "keep-alive"
            or "proxy-connection" or "proxy-authenticate" or "proxy-authentication-info" or "te" or "trailer"
            or "transfer-encoding" or "upgrade";
        if (isOfTheConnection || name.ToLowerInvariant() is "content-length" or "date") return;

        foreach (string value in values) to.AddReceived(name, AsItCame(name, value));
    }

    /// <summary>The bytes that were received, as the Latin-1 characters that will be sent as the same bytes.</summary>
    private static string AsItCame(string name, string value)
    {
        // HttpClient reads values as Latin-1, which keeps every byte; but Location as UTF-8 if it is that, and all of
        // them as a handler's ResponseHeaderEncodingSelector says, which then is UTF-8, too
        bool wasUtf8 = name.Equals("Location", StringComparison.OrdinalIgnoreCase)
            || value.AsSpan().ContainsAnyExceptInRange('\0', '\xff');
        if (wasUtf8) value = FieldText.AsUtf8Bytes(value);

        // RFC 9110 section 5.5: these three are dangerous, and are replaced or refused; other control characters are
        // passed on
        if (value.AsSpan().ContainsAny('\r', '\n', '\0'))
            value = value.Replace('\r', ' ').Replace('\n', ' ').Replace('\0', ' ');

        return value.Trim(' ', '\t');
    }
}
