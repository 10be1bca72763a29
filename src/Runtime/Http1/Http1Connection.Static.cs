using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Routing;
using Prebake.Serving;

namespace Prebake.Http1;

// Finished responses: copied into the output, with the date in its hole.
internal sealed partial class Http1Connection
{
    // The hot path: no exchange begins, nothing is counted, nothing is allocated.
    private int WriteStatic(RouteTable table, int route, Http1RequestHead head)
    {
        StaticBlock block = table.GetStatic(route);
        if (block.ClosesConnection || _worker.Service.IsLeaving) head.KeepAlive = false;

        int status = WriteBlock(table, route, block, head);
        if (!head.KeepAlive) _connection.CloseAfterFlush(linger: !_connection.InputEnded);
        return status;
    }

    private void WriteStaticObserved(RouteTable table, int route, Http1RequestHead head)
    {
        long started = Stopwatch.GetTimestamp();
        IPEndPoint? client = _worker.ObservedClient(head, RemoteEndPoint);
        Activity? activity = _worker.Service.Observer!.StartActivity(head, table, route, client);
        int status = WriteStatic(table, route, head);
        _worker.Service.Observer!.Ended(head, table, route, status, started, BodyOf(table, route, head, status), activity, error: null, client, requestId: null);
    }

    /// <summary>How long the body was of the response that was written, for those who watch: found once more.</summary>
    public static long BodyOf(RouteTable table, int route, Http1RequestHead head, int status)
    {
        StaticBlock block = table.GetStatic(route);
        if (head.Method is HttpMethod.Head || status != block.Status && status != 206) return 0;

        if (block.VariantCount > 0 && head.Has(KnownField.AcceptEncoding) && StaticChoice.VariantOf(table, route, block, head) is { } variant)
            block = table.GetVariant(route, variant);
        if (status != 206 || block.Status == 206) return block.Body.Length;

        Span<ByteSpanRange> parts = stackalloc ByteSpanRange[RangeField.Most];
        return StaticChoice.Of(block, head, parts, out int count) is StaticReply.Part
            ? parts[0].Length
            : ResponseWriter.PartsLength(block, parts[..count]);
    }

    /// <summary>The same for a request with a body, which is nobody's.</summary>
    public int WriteFinished(Http1Exchange exchange, int route)
    {
        DecideFuture(exchange, fields: null);                   // may decide to close, because of the body
        StaticBlock block = exchange.Table.GetStatic(route);
        if (block.ClosesConnection) exchange.Head.KeepAlive = false;
        return WriteBlock(exchange.Table, route, block, exchange.Head);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int WriteBlock(RouteTable table, int route, in StaticBlock block, Http1RequestHead head)
    {
        ConnectionField connection = FieldOf(head, _worker);
        if (block.ClosesConnection) connection &= ~ConnectionField.Future;

        if (block.VariantCount > 0 && head.Has(KnownField.AcceptEncoding) && StaticChoice.VariantOf(table, route, block, head) is { } variant)
            return WriteChosen(table.GetVariant(route, variant), head, connection);

        return WriteChosen(block, head, connection);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int WriteChosen(in StaticBlock block, Http1RequestHead head, ConnectionField connection)
    {
        if (StaticChoice.IsAsked(block, head)) return WriteAsked(block, head, connection);

        ResponseWriter.WriteStatic(_worker.Output, block, head.Method is HttpMethod.Head, connection, _worker.Date);
        return block.Status;
    }

    private int WriteAsked(in StaticBlock block, Http1RequestHead head, ConnectionField connection)
    {
        Span<ByteSpanRange> parts = stackalloc ByteSpanRange[RangeField.Most];
        switch (StaticChoice.Of(block, head, parts, out int count))
        {
            case StaticReply.NotModified:
                ResponseWriter.WriteFinishedHead(_worker.Output, block.NotModified, block.NotModifiedDateOffset, connection, _worker.Date);
                return 304;
            case StaticReply.Failed:
                WriteBare(412, default, connection);
                return 412;
            case StaticReply.Unsatisfiable:
                ResponseWriter.WriteUnsatisfiable(_worker.Output, block.Body.Length, connection, _worker.Date);
                return 416;
            case StaticReply.Part:
                ResponseWriter.WritePart(_worker.Output, block, parts[0], connection, _worker.Date);
                return 206;
            case StaticReply.Parts:
                ResponseWriter.WriteParts(_worker.Output, block, parts[..count], connection, _worker.Date);
                return 206;
            default:
                ResponseWriter.WriteStatic(_worker.Output, block, head.Method is HttpMethod.Head, connection, _worker.Date);
                return block.Status;
        }
    }
}
