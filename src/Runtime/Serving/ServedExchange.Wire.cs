using System.Net;
using Prebake.Transports;

namespace Prebake.Serving;

// The seam to a protocol: how a response is put on the wire. Called on the loop, in the turn of the request's
// connection.
internal abstract partial class ServedExchange
{
    /// <summary>200 with text and nothing else to say, which is what most handlers reply.</summary>
    protected abstract void WritePlainText(string text);

    /// <summary>The same as UTF-8.</summary>
    protected abstract void WritePlainText(ReadOnlySpan<byte> text);

    /// <summary>Text with its head, at once.</summary>
    protected abstract void WriteText(in ResponseHead head, string text);

    /// <summary>A whole body with its head, copied.</summary>
    protected abstract void WriteWhole(in ResponseHead head, ReadOnlySpan<byte> body);

    /// <summary>
    /// A whole body with its head, sent from where it lies if it is large: it must not change until then.
    /// </summary>
    protected abstract void WriteWhole(in ResponseHead head, ReadOnlyMemory<byte> body);

    /// <summary>
    /// A finished response of the table: which of its variants, whether at all, and which part of it.
    /// </summary>
    protected abstract int WriteFinished(int route);

    /// <summary>101, after which the connection is another protocol's.</summary>
    protected abstract void WriteSwitch(in ResponseHead head, ProtocolSwitch next);

    /// <summary>Status and <c>Allow</c>, and no body.</summary>
    protected abstract void WriteAllow(int status, ReadOnlySpan<byte> allow, ReadOnlySpan<byte> fields);

    /// <summary>
    /// A head whose body follows in pieces, unless <see cref="ResponseHead.OmitsBody"/> says that there is none.
    /// </summary>
    public abstract void WriteHead(in ResponseHead head, BodyLength length);

    /// <summary>The next piece of the body, copied.</summary>
    public abstract void WritePiece(ReadOnlySpan<byte> piece);

    /// <summary>The same, sent from where it lies if it is large.</summary>
    public abstract void WritePiece(ReadOnlyMemory<byte> piece);

    /// <summary>The end of a body whose length was not known, and the fields behind it.</summary>
    public abstract void WriteEnd(Headers? trailers, Headers? moreTrailers);

    /// <summary>Fields can follow a body whose length is not known.</summary>
    public abstract bool TakesTrailers { get; }

    /// <summary>What the response has written so far is taken back; false when some of it has left already.</summary>
    protected abstract bool TryTakeBack();

    /// <summary>Sends what has been written so far.</summary>
    public abstract void Flush();

    /// <summary>The peer does not take more at the moment.</summary>
    public abstract bool IsBlocked { get; }

    /// <summary>The peer is gone.</summary>
    public abstract bool IsGone { get; }

    /// <summary>The kernel can send a file without its bytes passing through this process.</summary>
    public abstract bool CanSendFile { get; }

    /// <summary>Sends a part of a file; what the result means is said at <c>Connection.SendFile</c>.</summary>
    public abstract long SendFile(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, long count);

    /// <summary>The response cannot be completed, or must not be: the peer sees a cut.</summary>
    public abstract void Cut();

    public abstract long BytesWritten { get; }

    public abstract IPEndPoint? RemoteEndPoint { get; }

    /// <summary>A proxy in front of the connection has said that the client speaks TLS with it.</summary>
    public abstract bool IsSecuredAtProxy { get; }

    public abstract PeerCertificate? PeerCertificate { get; }

    // ---- what comes back from other threads, and what a body in pieces says -----------------------------------------

    /// <summary>From any thread: a reply has been kept.</summary>
    protected abstract void PostKept();

    /// <summary>From any thread: a handler has asked for the body.</summary>
    public abstract void PostBodyWanted(ReceivedBody body);

    /// <summary>From any thread: a handler that reads the body piece by piece has caught up.</summary>
    public abstract void PostBodyResumed(ReceivedBody body);

    /// <summary>From any thread: <c>request.Abort()</c>. No effect once this request is over.</summary>
    protected abstract void PostAbort(Request request);

    /// <summary>From any thread: <c>request.IdleTimeout</c> was set.</summary>
    protected abstract void PostIdleTimeoutChanged(Request request);

    /// <summary>The route's file is missing: the next route that fits is asked.</summary>
    private void FallThrough() => Dispatcher.FallThrough(this);

    /// <summary>A body that is sent piece by piece begins: nothing of it has been written.</summary>
    protected abstract void StartSender(BodySender sender);

    /// <summary>
    /// The last byte has been written, or the body has failed behind its head: then the peer must see a cut.
    /// </summary>
    public abstract void SenderEnded(bool failed);

    /// <summary>It failed before anything was written, so that the client can be told properly.</summary>
    public abstract void SenderFailedEarly(Exception error);

    /// <summary>It has written what there was and waits for its producer.</summary>
    public abstract void SenderWaits();

    /// <summary>The peer went away under it.</summary>
    public abstract void SenderAbandoned();

    /// <summary>On the loop, outside a turn: a sender has found out by itself that the peer is gone.</summary>
    public abstract void SettleLate();

    /// <summary>Back on the loop, in a turn of the connection; nothing happens when this request is over.</summary>
    public abstract void InTurn(Action<object> action, object state);

    /// <summary>A body goes out piece by piece from here on.</summary>
    public void BeginSending()
    {
        _mustNotReturn = true;
        StopDeadline();
        MoveTo(ExchangeState.Sending);
    }

    /// <summary>
    /// Whether that request is this exchange's now, and not one of the past. On the loop.
    /// </summary>
    public bool IsOf(Request request) => _request == request;
}
