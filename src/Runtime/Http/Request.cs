namespace Prebake;
/// <summary>STUB.</summary>
public sealed class Request { internal void Attach(Http.RequestContext c){} internal void Detach(){} internal Cookies? CookiesToSet => null; }
/// <summary>STUB.</summary>
public sealed class Cookies { internal IEnumerable<string> LinesToSet() => []; }
internal enum ResponseBodyKind { None, Text, Bytes, Stream }
internal static class MediaType { public static bool IsJson(ReadOnlySpan<byte> v) => true; }
