using System.Net;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Prebake.Routing;
using Prebake.Serving;
using Prebake.Transports;

namespace Prebake.Http1;

/// <summary>One request and its response on an HTTP/1.1 connection: how the response looks on the wire.</summary>
internal sealed class Http1Exchange(Http1Worker worker, Http1RequestHead head) : ServedExchange(worker, head)
{
    private static readonly Action<object?> s_kept = static exchange => ((Http1Exchange)exchange!).Connection.TakeUp((Http1Exchange)exchange);

    /// <summary>How the body that is being written ends (RFC 9112 section 6).</summary>
    private enum Framing : byte { Counted, Chunked, UntilClose }

    private Framing _framing;
    private long _headAt = -1;              // where in the connection's output the head of the response starts; −1 while there is none

    public new Http1RequestHead Head => (Http1RequestHead)base.Head;

    /// <summary>The connection that the request came on. One that has ended is asked no more.</summary>
    public Http1Connection Connection { get; private set; } = null!;

    public override long BytesWritten => Connection.Transport.BytesWritten;

    public override IPEndPoint? RemoteEndPoint => Connection.RemoteEndPoint;
    public override bool IsSecuredAtProxy => Connection.Transport.Proxied is { IsSecured: true };
    public override PeerCertificate? PeerCertificate => Connection.Transport.PeerCertificate;

    private OutputBuffer Output => Worker.Output;

    public void Begin(Http1Connection connection, RouteTable table)
    {
        Connection = connection;
        _headAt = -1;
        Begin(table);
    }

    // ---- the response -----------------------------------------------------------------------------------------------

    protected override void WritePlainText(string text)
    {
        if (IsObserved) CountBody(Encoding.UTF8.GetByteCount(text));
        Connection.DecideFuture(this, fields: null);
        ResponseWriter.WritePlainText(Output, text, Head.Method is HttpMethod.Head,
            Http1Connection.FieldOf(Head, Worker), Worker.Date);
    }

    protected override void WritePlainText(ReadOnlySpan<byte> text)
    {
        if (IsObserved) CountBody(text.Length);
        Connection.DecideFuture(this, fields: null);
        ResponseWriter.WritePlainText(Output, text, Head.Method is HttpMethod.Head,
            Http1Connection.FieldOf(Head, Worker), Worker.Date);
    }

    protected override void WriteText(in ResponseHead head, string text)
    {
        if (IsObserved) CountBody(head, Encoding.UTF8.GetByteCount(text));
        Connection.DecideFuture(this, head.Fields);
        if (head.MayThrow) MarkHead();
        ResponseWriter.WriteText(Output, text, head, Http1Connection.FieldOf(Head, Worker), Worker.Date);
    }

    protected override void WriteWhole(in ResponseHead head, ReadOnlySpan<byte> body)
    {
        if (IsObserved) CountBody(head, body.Length);
        Connection.DecideFuture(this, head.Fields);
        if (head.MayThrow) MarkHead();
        ResponseWriter.WriteBytes(Output, body, head, Http1Connection.FieldOf(Head, Worker), Worker.Date);
    }

    protected override void WriteWhole(in ResponseHead head, ReadOnlyMemory<byte> body)
    {
        // Asked for before the head is written: the owner of the memory may throw
        ReadOnlySpan<byte> bytes = body.Span;
        if (IsObserved) CountBody(head, bytes.Length);
        Connection.DecideFuture(this, head.Fields);
        if (head.MayThrow) MarkHead();
        // And only an array can be trusted to be there still when the socket takes it
        if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray(body, out _))
            ResponseWriter.WriteMemory(Output, body, head, Http1Connection.FieldOf(Head, Worker), Worker.Date);
        else ResponseWriter.WriteBytes(Output, bytes, head, Http1Connection.FieldOf(Head, Worker), Worker.Date);
    }

    protected override int WriteFinished(int route)
    {
        int status = Connection.WriteFinished(this, route);
        if (IsObserved) CountBody(Http1Connection.BodyOf(Table, route, Head, status));
        return status;
    }

    protected override void WriteSwitch(in ResponseHead head, ProtocolSwitch next)
    {
        MarkHead();
        ResponseWriter.WriteHead(Output, head, BodyLength.None, isChunked: false, ConnectionField.Upgrade, Worker.Date);
        Connection.HandOverTo(next);
    }

    protected override void WriteAllow(int status, ReadOnlySpan<byte> allow, ReadOnlySpan<byte> fields)
    {
        Connection.DecideFuture(this, fields: null);
        ResponseWriter.WriteAllow(Output, status, allow, fields, Http1Connection.FieldOf(Head, Worker), Worker.Date);
    }

    public override void WriteHead(in ResponseHead head, BodyLength length)
    {
        CountBody(0);
        MarkHead();
        _framing = length.End is not BodyEnd.Unknown ? Framing.Counted : Head.MinorVersion > 0 ? Framing.Chunked : Framing.UntilClose;
        if (_framing is Framing.UntilClose) Head.KeepAlive = false;
        Connection.DecideFuture(this, head.Fields);
        ResponseWriter.WriteHead(Output, head, length, isChunked: _framing is Framing.Chunked,
            Http1Connection.FieldOf(Head, Worker), Worker.Date);
    }

    public override void WritePiece(ReadOnlySpan<byte> piece)
    {
        CountPiece(piece.Length);
        if (_framing is Framing.Chunked) ResponseWriter.WriteChunk(Output, piece);
        else Output.Write(piece);
    }

    public override void WritePiece(ReadOnlyMemory<byte> piece)
    {
        CountPiece(piece.Length);
        Output.WriteReference(piece);
    }

    public override void WriteEnd(Headers? trailers, Headers? moreTrailers)
    {
        if (_framing is Framing.Chunked) ResponseWriter.WriteLastChunk(Output, trailers, moreTrailers);
    }

    public override bool TakesTrailers => Head.MinorVersion > 0;

    public override void Flush() => Connection.Transport.Flush();

    public override bool IsBlocked => Connection.Transport.IsBlocked;

    public override bool IsGone => Connection.Transport.IsClosed;

    public override bool CanSendFile => _framing is Framing.Counted && Connection.Transport.CanSendFile;

    public override long SendFile(SafeFileHandle file, long offset, long count)
    {
        long sent = Connection.Transport.SendFile(file, offset, count);
        if (sent > 0) CountPiece(sent);
        return sent;
    }

    public override void Cut() => Connection.Cut();

    protected override bool TryTakeBack()
    {
        if (_headAt < 0) return true;

        long written = BytesWritten - _headAt;
        if (!Output.TryTakeBack(written)) return false;
        _headAt = -1;
        return true;
    }

    private void MarkHead() => _headAt = BytesWritten;

    // ---- from other threads, and what becomes of a body in pieces ---------------------------------------------------

    protected override void PostKept()
    {
        if (!Worker.Loop.Post(s_kept, this)) Abandon();
    }

    // The loop has ended with the server: nobody will take the reply up
    private void Abandon()
    {
        Worker.RequestEnded();
        End();
    }

    public override void PostBodyWanted(ReceivedBody body) => Worker.Loop.Post(static state =>
    {
        var (connection, body) = ((Http1Connection, ReceivedBody))state!;
        connection.BodyWanted(body);
    }, (Connection, body));

    public override void PostBodyResumed(ReceivedBody body) => Worker.Loop.Post(static state =>
    {
        var (connection, body) = ((Http1Connection, ReceivedBody))state!;
        connection.BodyResumed(body);
    }, (Connection, body));

    protected override void PostAbort(Request request)
    {
        // From the handler itself, while it runs on the loop: at once, before it can reply
        if (State is ExchangeState.Running && Worker.Loop.IsCurrent && IsOf(request))
        {
            Connection.Cut();
            return;
        }

        Worker.Loop.Post(static state =>
        {
            var (exchange, request) = ((Http1Exchange, Request))state!;
            if (exchange.IsOf(request)) exchange.Connection.CutInTurn(exchange);
        }, (this, request));
    }

    protected override void PostIdleTimeoutChanged(Request request) => Worker.Loop.Post(static state =>
    {
        var (exchange, request) = ((Http1Exchange, Request))state!;
        if (exchange.IsOf(request)) exchange.Connection.DeadlineChanged(exchange);
    }, (this, request));

    protected override void StartSender(BodySender sender) => Connection.StartSender(this, sender);

    public override void SenderEnded(bool failed) => Connection.SenderEnded(this, failed);

    public override void SenderFailedEarly(Exception error) => Connection.SenderFailedEarly(this, error);

    public override void SenderWaits() => Connection.SenderWaits();

    public override void SenderAbandoned() => Connection.SenderAbandoned(this);

    public override void SettleLate() => Connection.SettleLate(this);

    public override void InTurn(Action<object> action, object state) => Connection.InTurn(action, state);
}
