using System.IO.Pipelines;
namespace Prebake;
/// <summary>STUB.</summary>
public sealed class Response { internal int StatusOr(int f)=>f; internal ResponseBodyKind BodyKind=>0; internal string? TextBody=>null; internal ReadOnlyMemory<byte> BytesBody=>default; internal string? ContentType=>null; internal Headers? HeadersOrNull=>null; internal Func<PipeWriter, CancellationToken, Task> TakeStream()=>null!;
/// <summary>S</summary>
public static Response Problem(int s, string t)=>new(); }
