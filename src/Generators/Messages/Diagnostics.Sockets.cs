using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Messages;

// WebSockets
internal static partial class Diagnostics
{
    public static readonly DiagnosticDescriptor SocketResult = new("PB0110",
        "A WebSocket without a handler",
        "'{0}' returns '{1}'; a method with [WebSocket] returns the handler of the connection: a class derived from "
            + "WebSocketHandler, or a Task or ValueTask of one",
        "WebSockets", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0110.md");

    public static readonly DiagnosticDescriptor SocketOption = new("PB0111",
        "An option of a WebSocket is out of range",
        "{0} cannot be {1}; use {2}",
        "WebSockets", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0111.md");

    public static readonly DiagnosticDescriptor SocketOrigin = new("PB0112",
        "Not an origin",
        "'{0}' is not an origin as browsers send it: {1}",
        "WebSockets", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0112.md");

    public static readonly DiagnosticDescriptor SocketProtocol = new("PB0113",
        "Not a subprotocol",
        "'{0}' {1}",
        "WebSockets", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0113.md");

    public static readonly DiagnosticDescriptor SocketAndGet = new("PB0114",
        "A WebSocket and a page on one path",
        "'{0}' is the path of the WebSocket '{1}' and of '{2}', and both answer GET; give one of them another path",
        "WebSockets", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0114.md");

    public static readonly DiagnosticDescriptor SocketBody = new("PB0115",
        "A WebSocket that asks for a body",
        "The parameter '{0}' of type '{1}' would be the body, and a WebSocket begins with a GET without one; read what "
            + "the client sends in Message of the handler{2}",
        "WebSockets", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0115.md");

    public static readonly DiagnosticDescriptor SocketIdleAttribute = new("PB0116",
        "An attribute without effect on a WebSocket",
        "[{0}] on '{1}' has no effect, since that is a WebSocket; {2}",
        "WebSockets", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0116.md");

    // ---- analyzers ----

    public static readonly DiagnosticDescriptor CloseCode = new("PB0120",
        "Not a close code that can be sent",
        "A Close frame cannot have the code {0}: {1}; use 1000 to 1003, 1007 to 1014, or 3000 to 4999",
        "WebSockets", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0120.md");

    public static readonly DiagnosticDescriptor CloseReason = new("PB0121",
        "A close reason that is too long",
        "The reason is {0} bytes of UTF-8, and a Close frame has room for 123, so its end is not sent; shorten it",
        "WebSockets", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0121.md");

    public static readonly DiagnosticDescriptor EmptyTopic = new("PB0122",
        "A topic without a name",
        "'{0}' needs the name of a topic, and \"\" is not one; give the topic a name",
        "WebSockets", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0122.md");

    public static readonly DiagnosticDescriptor UnknownTopic = new("PB0123",
        "A topic that nobody subscribes to",
        "Nothing in this program subscribes to the topic '{0}'; correct its name, or call Subscribe(\"{0}\") in a "
            + "handler",
        "WebSockets", DiagnosticSeverity.Info, true, helpLinkUri: Help + "PB0123.md",
        customTags: [WellKnownDiagnosticTags.CompilationEnd]);

    public static readonly DiagnosticDescriptor LongPing = new("PB0124",
        "A ping that is too long",
        "The {1} has {0} bytes, and a control frame has room for 125; shorten it, or send a message",
        "WebSockets", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0124.md");

    public static readonly DiagnosticDescriptor AsyncVoidCallback = new("PB0125",
        "A callback of a WebSocket is async void",
        "'{0}' is 'async void', so the next callback does not wait for it, and an exception in it ends the process; "
            + "{1}",
        "WebSockets", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0125.md");
}
