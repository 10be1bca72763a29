using System.Text;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Http1;

// The four forms of a request target, RFC 9112 section 3.2.
internal static partial class RequestParser
{
    private static ParseStatus ReadTarget(RequestHead head, ReadOnlySpan<byte> target, int start, bool isSecure)
    {
        head.IsAsterisk = false;
        head.PathIsRewritten = false;
        head.Authority = default;
        head.Query = default;

        if (head.Method is HttpMethod.Connect)
        {
            // authority-form: host and port, nothing else, and no port is not one to connect to (RFC 9110 section 9.3.6)
            if (!HostField.IsValid(target) || !target.Contains((byte)':') || target[^1] is (byte)':' or (byte)']')
                return ParseStatus.BadTarget;
            head.Authority = new ByteRange(start, target.Length);
            head.RawPath = default;
            return ParseStatus.Complete;
        }

        if (target[0] == '/') return ReadPath(head, target, start);

        if (target is [(byte)'*'])
        {
            head.IsAsterisk = true;
            head.RawPath = default;
            return head.Method is HttpMethod.Options ? ParseStatus.Complete : ParseStatus.BadTarget;
        }

        return ReadAbsolute(head, target, start, isSecure);
    }

    private static ParseStatus ReadAbsolute(RequestHead head, ReadOnlySpan<byte> target, int start, bool isSecure)
    {
        const int Http = 7, Https = 8;
        int scheme = StartsWith(target, "http://"u8) ? Http : StartsWith(target, "https://"u8) ? Https : 0;
        if (scheme == 0) return ParseStatus.BadTarget;

        ReadOnlySpan<byte> rest = target[scheme..];
        int end = rest.IndexOfAny((byte)'/', (byte)'?');
        ReadOnlySpan<byte> authority = end < 0 ? rest : rest[..end];
        if (!HostField.IsValid(authority)) return ParseStatus.BadTarget;

        // RFC 9110 section 7.4: nobody may think that an answer for https came over a connection that was secured
        if (scheme != (isSecure ? Https : Http)) return ParseStatus.OtherScheme;

        head.Authority = new ByteRange(start + scheme, authority.Length);

        int pathStart = scheme + authority.Length;
        if (end >= 0 && rest[end] == '/') return ReadPath(head, target[pathStart..], start + pathStart);

        // An empty path means "/" (RFC 9110 section 4.2.3)
        head.RawPath = new ByteRange(start + pathStart, 0);
        if (end >= 0) head.Query = new ByteRange(start + pathStart + 1, target.Length - pathStart - 1);
        return Rewrite(head, "/"u8);
    }

    private static ParseStatus ReadPath(RequestHead head, ReadOnlySpan<byte> target, int start)
    {
        int question = target.IndexOf((byte)'?');
        ReadOnlySpan<byte> path = question < 0 ? target : target[..question];

        head.RawPath = new ByteRange(start, path.Length);
        if (question >= 0) head.Query = new ByteRange(start + question + 1, target.Length - question - 1);

        return PathForm.IsCanonical(path) ? ParseStatus.Complete : Rewrite(head, path);
    }

    private static ParseStatus Rewrite(RequestHead head, ReadOnlySpan<byte> path)
    {
        int room = PathForm.RoomFor(path);
        if (head.CanonicalPath is null || head.CanonicalPath.Length < room) head.CanonicalPath = new byte[Math.Max(256, room)];

        PathStatus status = PathForm.Canonicalize(path, head.CanonicalPath, out head.CanonicalPathLength);
        head.PathIsRewritten = true;

        return status switch
        {
            PathStatus.Valid => ParseStatus.Complete,
            PathStatus.AboveRoot => ParseStatus.PathAboveRoot,
            _ => ParseStatus.BadPathEscape,
        };
    }

    private static bool StartsWith(ReadOnlySpan<byte> target, ReadOnlySpan<byte> scheme) =>
        target.Length >= scheme.Length && Ascii.EqualsIgnoreCase(target[..scheme.Length], scheme);
}
