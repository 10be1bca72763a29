using System.Text;
using Prebake.Grammar;

namespace Prebake.Http;

/// <summary>What a request made with a constructor consists of, until it is written as the bytes that a client would send.</summary>
internal sealed class OutgoingRequest(string method, string target)
{
    public string Method { get; } = Token.IsValid(Encoding.UTF8.GetBytes(method)) ? method : throw new ArgumentException($"'{method}' is no method: letters, digits and !#$%&'*+-.^_`|~ are allowed.", nameof(method));
    public string Target { get; } = target;
    public ReadOnlyMemory<byte> Content { get; set; }

    /// <summary>The request on the wire. Fields that frame it are its own business; a missing Host is added.</summary>
    public byte[] Serialize(Headers headers)
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\n");
        if (!headers.Contains("Host")) head.Append("Host: localhost\r\n");

        foreach ((string name, string value) in headers)
        {
            if (name.ToLowerInvariant() is "content-length" or "transfer-encoding" or "connection") continue;
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (Content.Length > 0 || Method is "POST" or "PUT" or "PATCH") head.Append("Content-Length: ").Append(Content.Length).Append("\r\n");
        head.Append("Connection: close\r\n\r\n");

        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. Content.Span];
    }
}
