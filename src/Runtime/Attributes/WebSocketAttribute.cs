using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// The method upgrades a GET request to a WebSocket (RFC 6455) and returns the handler of that one connection.
/// </summary>
/// <remarks>
/// It is a handler like any other: parameters are bound, it may await, and it may throw <see cref="HttpException"/>. A null
/// is 403. A request that does not ask for a WebSocket is 426, and one from a page of another origin 403, before the method
/// is called. Headers and cookies for the 101 are set on <see cref="Request.UpgradeHeaders"/> and
/// <see cref="Request.Cookies"/>.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [WebSocket("/echo")] Echo Connect() => new();
/// }
///
/// sealed class Echo : WebSocketHandler
/// {
///     protected override ValueTask Message(string text)
///     {
///         Send(text);
///         return default;
///     }
/// }
/// </code></example>
/// <param name="path">The pattern; starts with <c>/</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class WebSocketAttribute([StringSyntax("Route")] string path) : Attribute
{
    /// <summary>The pattern as written.</summary>
    public string Path { get; } = path;

    /// <summary>The longest message that is taken, in bytes after decompression. Default: 16 MiB. A longer one closes with 1009.</summary>
    public int MaxPayloadLength { get; set; } = 16 << 20;

    /// <summary>How many bytes may wait for a slow client. Default: 16 MiB. What does not fit is dropped, and <see cref="SendStatus"/> says so.</summary>
    public int BackpressureLimit { get; set; } = 16 << 20;

    /// <summary>Whether a message that does not fit into <see cref="BackpressureLimit"/> ends the connection. Default: false.</summary>
    public bool CloseOnBackpressureLimit { get; set; }

    /// <summary>How messages to the client are compressed if it agrees (RFC 7692). Default: not at all.</summary>
    public Deflate Compress { get; set; }

    /// <summary>How messages from the client may be compressed (RFC 7692). Default: not at all.</summary>
    public Deflate Decompress { get; set; }

    /// <summary>Whether a client that is silent is asked with a ping whether it is still there. Default: true.</summary>
    public bool SendPings { get; set; } = true;

    /// <summary>Whether <see cref="WebSocketHandler.Publish(string, string, bool)"/> reaches the sender, too. Default: false.</summary>
    public bool PublishToSelf { get; set; }

    /// <summary>After how many seconds of silence the connection ends, 0 to 960; 0 for never. Default: 120.</summary>
    public int IdleTimeout { get; set; } = 120;

    /// <summary>After how many seconds the connection is closed however busy it is; 0 for never, the default.</summary>
    public int MaxLifetime { get; set; }

    /// <summary>
    /// The origins whose pages may connect, such as <c>https://a.example</c>; <c>*</c> for all. Default: only pages of the
    /// server's own origin. Clients that are not browsers send none and are let in.
    /// </summary>
    public string[] Origins { get; set; } = [];

    /// <summary>The subprotocols that are spoken, best first (RFC 6455 section 1.9). Default: none.</summary>
    public string[] Protocols { get; set; } = [];
}
