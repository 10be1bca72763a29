using System.Text;
using Prebake.Grammar;

namespace Prebake.Http;

/// <summary>The whole address of a request.</summary>
internal static class RequestUrl
{
    /// <summary>
    /// Of a head that the parser has accepted. Its path is canonical, which is what <see cref="Uri"/> makes of a path
    /// too, so that nobody who asks <see cref="Uri.AbsolutePath"/> gets another than the one that was routed.
    /// </summary>
    public static Uri Of(RequestHead head, string scheme)
    {
        // HTTP/1.0 needs no Host
        string authority = head.Authority.IsEmpty ? "localhost" : Encoding.ASCII.GetString(head[head.Authority]);
        return Make(scheme, authority, head.Path, head[head.Query]);
    }

    /// <summary>Of a target in origin form, canonical or not.</summary>
    public static Uri Of(string authority, string target)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(target);
        int question = bytes.AsSpan().IndexOf((byte)'?');
        ReadOnlySpan<byte> path = question < 0 ? bytes : bytes.AsSpan(0, question);
        ReadOnlySpan<byte> query = question < 0 ? default : bytes.AsSpan(question + 1);

        var canonical = new byte[PathForm.RoomFor(path)];
        return PathForm.Canonicalize(path, canonical, out int length) is PathStatus.Valid
            ? Make("http", authority, canonical.AsSpan(0, length), query)
            : new Uri($"http://{authority}{target}");
    }

    private static Uri Make(string scheme, string authority, ReadOnlySpan<byte> path, ReadOnlySpan<byte> query)
    {
        var url = new StringBuilder(scheme.Length + authority.Length + path.Length + query.Length + 4);
        // An empty port is the scheme's own (RFC 3986 section 6.2.3)
        url.Append(scheme).Append("://").Append(authority.EndsWith(':') ? authority[..^1] : authority).Append(Encoding.ASCII.GetString(path));
        if (!query.IsEmpty) url.Append('?').Append(Encoding.ASCII.GetString(query));
        return new Uri(url.ToString());
    }
}
