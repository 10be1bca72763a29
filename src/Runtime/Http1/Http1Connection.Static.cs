using System.Buffers.Text;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Http1;

// Finished responses: which variant, whether at all, and which part of it (RFC 9110 section 13.2.2 gives the order).
internal sealed partial class Http1Connection
{
    // Which status was sent, for those who watch; most often nobody does
    private const int AsTheBlockSays = 0;

    // The hot path: no exchange begins, nothing is counted, nothing is allocated.
    private int WriteStatic(RouteTable table, int route, RequestHead head)
    {
        StaticBlock block = table.GetStatic(route);
        if (block.ClosesConnection || Worker.Service.IsDraining) head.KeepAlive = false;

        int status = WriteBlock(table, route, block, head);
        if (!head.KeepAlive) _connection.CloseAfterFlush(linger: !_connection.InputEnded);
        return status;
    }

    private void WriteStaticObserved(RouteTable table, int route, RequestHead head)
    {
        long started = Stopwatch.GetTimestamp(), before = _connection.BytesWritten;
        Activity? activity = Worker.Service.Observer!.StartActivity(head, table, route, RemoteEndPoint);
        int status = WriteStatic(table, route, head);
        if (status == AsTheBlockSays) status = StatusOf(table.GetStatic(route));
        Worker.Service.Observer!.Ended(head, table, route, status, started, _connection.BytesWritten - before, activity, error: null, RemoteEndPoint);
    }

    private static int StatusOf(in StaticBlock block) => Utf8Parser.TryParse(block.Response.Slice("HTTP/1.1 ".Length, 3), out int status, out _) ? status : 200;

    private void WriteStaticWithBody(Http1Exchange exchange, int route)
    {
        FieldFor(exchange);                                     // may decide to close, because of the body
        StaticBlock block = exchange.Table.GetStatic(route);
        if (block.ClosesConnection) exchange.Head.KeepAlive = false;

        int status = WriteBlock(exchange.Table, route, block, exchange.Head);
        exchange.Status = status == AsTheBlockSays ? StatusOf(block) : status;
        exchange.Route = route;
        exchange.IsAnswered = true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int WriteBlock(RouteTable table, int route, in StaticBlock block, RequestHead head)
    {
        ConnectionField connection = block.ClosesConnection ? ConnectionField.None : FieldFor(head);

        if (block.VariantCount > 0 && head.Has(KnownField.AcceptEncoding) && ChooseVariant(table, route, block, head) is >= 0 and int variant)
            return WriteChosen(table.GetVariant(route, variant), head, connection);

        return WriteChosen(block, head, connection);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int WriteChosen(in StaticBlock block, RequestHead head, ConnectionField connection)
    {
        bool headOnly = head.Method is HttpMethod.Head;
        if ((head.KnownFields & Preconditions.Fields) != 0 && (headOnly || head.Method is HttpMethod.Get) && block.IsOk)
            return WriteConditional(block, head, headOnly, connection);

        ResponseWriter.WriteStatic(Worker.Output, block, headOnly, connection, Worker.Date);
        return AsTheBlockSays;
    }

    /// <summary>The coding that the client likes best, of those the smallest; −1 for the identity.</summary>
    private static int ChooseVariant(RouteTable table, int route, in StaticBlock identity, RequestHead head)
    {
        CodingWeights weights = head.AcceptedCodings();
        int best = -1, weight = 0;
        for (int i = 0; i < identity.VariantCount; i++)
        {
            int own = weights.Of(table.GetVariant(route, i).Coding);
            if (own > weight) (best, weight) = (i, own);
        }

        return weights.Of(ContentCoding.Identity) > weight ? -1 : best;
    }

    private int WriteConditional(in StaticBlock block, RequestHead head, bool headOnly, ConnectionField connection)
    {
        Validators validators = Validators.Of(block, head);
        switch (block.NotModified.IsEmpty ? Precondition.Passed : Preconditions.Evaluate(head, validators))
        {
            case Precondition.NotModified:
                ResponseWriter.WriteFinishedHead(Worker.Output, block.NotModified, block.NotModifiedDateOffset, connection, Worker.Date);
                return 304;
            case Precondition.Failed:
                WriteBare(412, connection);
                return 412;
            default:
                return WriteRanges(block, head, validators, headOnly, connection);
        }
    }

    private int WriteRanges(in StaticBlock block, RequestHead head, in Validators validators, bool headOnly, ConnectionField connection)
    {
        Span<ByteSpanRange> parts = stackalloc ByteSpanRange[RangeField.Most];
        switch (Preconditions.EvaluateRange(head, validators, block.Body.Length, parts, out int count))
        {
            case RangeVerdict.Unsatisfiable:
                ResponseWriter.WriteUnsatisfiable(Worker.Output, block.Body.Length, connection, Worker.Date);
                return 416;
            case RangeVerdict.Parts when count == 1:
                ResponseWriter.WritePart(Worker.Output, block, parts[0], headOnly, connection, Worker.Date);
                return 206;
            case RangeVerdict.Parts:
                ResponseWriter.WriteParts(Worker.Output, block, parts[..count], headOnly, connection, Worker.Date);
                return 206;
            default:
                ResponseWriter.WriteStatic(Worker.Output, block, headOnly, connection, Worker.Date);
                return AsTheBlockSays;
        }
    }
}
