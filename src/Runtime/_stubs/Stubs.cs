using System.IO.Pipelines;
using Prebake.Http; using Prebake.Routing;
namespace Prebake.Grammar {
 internal static class HttpDate { public static void Format(DateTime t, Span<byte> to) { System.Text.Encoding.ASCII.GetBytes(t.ToString("r"), to);} }
 internal static class EntityTags { public static bool Matches(ReadOnlySpan<byte> f, ReadOnlySpan<byte> tag, bool strong) => false; }
}
namespace Prebake.Http1 {
 internal enum ChunkStatus { NeedMore, Complete, Error }
 internal sealed class ChunkedDecoder { public void Reset(){} public Headers? TakeTrailers()=>null; public ChunkStatus Decode(ReadOnlySpan<byte> i, out int used, out ReadOnlySpan<byte> d){used=0;d=default;return ChunkStatus.Error;} }
 internal readonly ref struct Refusal { public ReadOnlySpan<byte> Response {get;init;} public int DateOffset{get;init;} public static Refusal Of(ParseStatus s)=>new(){Response="HTTP/1.1 400 Bad Request\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8, DateOffset=32}; }
 internal static class RequestParser { public static ParseStatus Parse(RequestHead h, byte[] b, int o, int l, in Http1Limits lim, out int used){ used=0; int e=b.AsSpan(o,l).IndexOf("\r\n\r\n"u8); if(e<0) return ParseStatus.NeedMore; used=e+4; h.Buffer=b;h.Offset=o;h.Length=used;h.Method=HttpMethod.Get; var s=b.AsSpan(o,l); int a=s.IndexOf((byte)' ')+1; int z=s[a..].IndexOf((byte)' '); h.RawPath=new ByteRange(a,z); h.MinorVersion=1;h.KeepAlive=true;h.ContentLength=-1;h.IsChunked=false; return ParseStatus.Complete; } }
}
