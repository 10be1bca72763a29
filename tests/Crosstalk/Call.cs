using System.Text;

namespace Prebake.Crosstalk;

/// <summary>One request, and what its answer must be.</summary>
internal sealed class Call
{
    private readonly List<(string Name, string Value)> _headers = [];

    public Call(string shape, Secret secret, string target, string method = "GET")
    {
        Shape = shape;
        Secret = secret;
        Target = target;
        Method = method;
    }

    public string Shape { get; }
    public Secret Secret { get; }
    public string Method { get; }
    public string Target { get; }
    public byte[]? Body { get; set; }
    public bool IsChunked { get; set; }
    public int MinorVersion { get; set; } = 1;

    /// <summary>What is wrong with an answer that came whole, or null.</summary>
    public Func<Answer, Wire, string?> Check { get; set; } = (_, _) => null;

    /// <summary>The connection may be cut instead of an answer, or within it.</summary>
    public bool MayBeCut { get; set; }

    /// <summary>It hears of a client that has finished sending as if the client had left.</summary>
    public bool HasToken { get; set; }

    /// <summary>A server that stops ends it: what came until then is right.</summary>
    public bool EndsWithTheServer { get; set; }

    /// <summary>It never ends by itself: its client leaves.</summary>
    public bool IsEndless { get; set; }

    /// <summary>Nothing can follow on its connection.</summary>
    public bool EndsConnection { get; set; }

    /// <summary>Headers that its answer may have beside those that any may have.</summary>
    public string[] Headers { get; set; } = [];

    /// <summary>The key by which its request is kept, once it has been answered.</summary>
    public string? Keeps { get; set; }

    public Call With(string name, string value)
    {
        _headers.Add((name, value));
        return this;
    }

    /// <summary>The bytes of the request; a body in chunks is cut where the numbers say.</summary>
    public byte[] Serialize(Random random)
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.{MinorVersion}\r\nHost: a\r\n");
        head.Append($"X-Secret: {Secret.Header}\r\nCookie: a=1; secret={Secret.Cookie}\r\n");
        foreach ((string name, string value) in _headers) head.Append($"{name}: {value}\r\n");
        if (Body is null) return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());

        head.Append(IsChunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {Body.Length}\r\n\r\n");
        var bytes = new MemoryStream();
        bytes.Write(Encoding.UTF8.GetBytes(head.ToString()));
        if (!IsChunked) bytes.Write(Body);
        else
        {
            for (int at = 0, count; at < Body.Length; at += count)
            {
                count = Math.Min(random.Next(1, Math.Max(2, Body.Length)), Body.Length - at);
                bytes.Write(Encoding.UTF8.GetBytes($"{count:x}\r\n"));
                bytes.Write(Body.AsSpan(at, count));
                bytes.Write("\r\n"u8);
            }

            bytes.Write("0\r\n\r\n"u8);
        }

        return bytes.ToArray();
    }

    public override string ToString() =>
        $"{Method} {Target}{(Body is null ? "" : $" with {Body.Length} bytes{(IsChunked ? " in chunks" : "")}")}";
}
