using Microsoft.CodeAnalysis;

namespace Prebake.Generators;

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
            + "the client sends in Message of the handler; if it is a service, {2}",
        "WebSockets", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0115.md");

    public static readonly DiagnosticDescriptor SocketIdleAttribute = new("PB0116",
        "An attribute without effect on a WebSocket",
        "[{0}] on '{1}' has no effect, since that is a WebSocket; {2}",
        "WebSockets", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0116.md");
}
