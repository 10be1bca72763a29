using System.Diagnostics;
using System.Globalization;
using Prebake.Logging;
using Prebake.Serving;
using Prebake.Telemetry;

namespace Prebake.WebSockets;

/// <summary>
/// Shows sockets to whoever wants to know: a meter's listener, a trace, the access log. Each has a span of its own, a
/// child of the handshake's, and a line in the log when it has closed. Nothing here throws.
/// </summary>
internal sealed class WebSocketObserver(Service service)
{
    private static readonly KeyValuePair<string, object?>
        s_in = new("network.io.direction", "receive"), s_out = new("network.io.direction", "transmit"),
        s_text = new("prebake.websocket.type", "text"), s_binary = new("prebake.websocket.type", "binary");

    private static readonly Dictionary<int, object> s_codes =
        Enumerable.Range(1000, 16).ToDictionary(code => code, code => (object)code);

    /// <summary>Somebody wants to know of messages.</summary>
    public bool IsOn =>
        SocketInstruments.Messages.Enabled || SocketInstruments.Bytes.Enabled || service.Observer is { IsOn: true };

    public void Opened(WebSocketProtocol socket)
    {
        if (socket.Record is { } record) Guard(static (_, record, _) => Open(record), socket, record, code: 0);
    }

    /// <summary>With the code that the handler's <c>Close</c> is given.</summary>
    public void Closed(WebSocketProtocol socket, int code)
    {
        if (socket.Record is { } record) Guard(Close, socket, record, code);
    }

    /// <summary>A message has come; its bytes after decompression.</summary>
    public void Received(WebSocketProtocol socket, MessageKind kind, int bytes)
    {
        socket.Record?.CountReceived(bytes);
        Count(s_in, kind, bytes);
    }

    /// <summary>A message has been accepted; the bytes of its payload. From the thread that sends.</summary>
    public void Sent(WebSocketProtocol socket, MessageKind kind, int bytes)
    {
        socket.Record?.CountSent(bytes);
        Count(s_out, kind, bytes);
    }

    private static void Open(SocketRecord record)
    {
        if (SocketInstruments.Active.Enabled)
        {
            SocketInstruments.Active.Add(1, new KeyValuePair<string, object?>("http.route", record.Route));
            record.IsCounted = true;
        }

        if (!Instruments.Source.HasListeners()) return;
        record.Activity = Instruments.Source.StartActivity(
            $"WEBSOCKET {record.Route}", ActivityKind.Server, record.Request,
            [new("http.route", record.Route), new("network.protocol.name", "websocket")]);
    }

    private static void Close(WebSocketProtocol socket, SocketRecord record, int code)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(record.Started);
        var route = new KeyValuePair<string, object?>("http.route", record.Route);
        object boxed = s_codes.TryGetValue(code, out object? known) ? known : code;

        if (record.IsCounted) SocketInstruments.Active.Add(-1, route);
        SocketInstruments.Duration.Record(elapsed.TotalSeconds, route, new("prebake.websocket.close_code", boxed));

        if (record.Activity is { } activity)
        {
            activity.SetTag("prebake.websocket.close_code", boxed);
            activity.SetTag("prebake.websocket.messages_received", record.Received);
            activity.SetTag("prebake.websocket.messages_sent", record.Sent);
            if (code is CloseCode.ProtocolError or CloseCode.NotUtf8 or CloseCode.InternalError or CloseCode.TooBig)
                activity.SetTag("error.type", code.ToString(CultureInfo.InvariantCulture))
                    .SetStatus(ActivityStatusCode.Error);
            activity.Dispose();
        }

        socket.Worker.Worker.Service.Observer?.AccessLog?.Write(new AccessEntry(
            "WEBSOCKET", record.Target, "HTTP/1.1", code, record.BytesSent, elapsed.TotalSeconds,
            socket.RemoteEndPoint?.Address, record.Route, record.Activity?.TraceId.ToString(), RequestId: null));
    }

    private static void Count(KeyValuePair<string, object?> direction, MessageKind kind, int bytes)
    {
        try
        {
            KeyValuePair<string, object?> type = kind is MessageKind.Text ? s_text : s_binary;
            SocketInstruments.Messages.Add(1, direction, type);
            SocketInstruments.Bytes.Add(bytes, direction, type);
        }
        catch (Exception)
        {
            // A listener's trouble is not the message's
        }
    }

    // A listener's trouble is not the socket's, and the loop has others to serve
    private void Guard(
        Action<WebSocketProtocol, SocketRecord, int> tell, WebSocketProtocol socket, SocketRecord record, int code)
    {
        Activity? outer = Activity.Current;
        try
        {
            tell(socket, record, code);
        }
        catch (Exception e)
        {
            Log.ObserverFailed(service.Server.Logger, e);
        }
        finally
        {
            Activity.Current = outer;
        }
    }
}
