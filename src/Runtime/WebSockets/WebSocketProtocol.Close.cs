using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Prebake.Transports;

namespace Prebake.WebSockets;

// The end: by the client, by the server, by a fault, or by the loss of the connection. The handler hears of it once.
internal sealed partial class WebSocketProtocol
{
    // Section 5.5: a control frame has 125 bytes, and a close code takes two
    private const int MaxReason = 123;

    // A stop closes so many sockets of a loop in a millisecond, but takes no longer than this in all, in milliseconds
    private const int ClosedPerMillisecond = 10, LongestSpread = 2_000;

    private const string StopReason = "Server closed";

    // How long the client may take to answer our Close frame, in milliseconds
    private const int CloseTimeout = 5_000;

    private static readonly Ending s_abnormal = new(CloseCode.Abnormal, "");

    /// <summary>From any thread: the closing handshake begins when everything that was sent before has left.</summary>
    public void CloseSocket(int code, string reason)
    {
        // In this order: whoever sees the stage sees the reason for it
        if (Interlocked.CompareExchange(ref _ending, new Ending(code, reason), null) is not null) return;
#pragma warning disable CS0420 // volatile or not is the same to Interlocked
        if (Interlocked.CompareExchange(ref _stage, Stage.CloseWanted, Stage.Open) is not Stage.Open) return;
#pragma warning restore CS0420

        if (IsInTurn) SendClose();
        else if (Outbox.WantTurn()) PostTurn();
    }

    /// <summary>From any thread.</summary>
    public void Terminate()
    {
        if (IsInTurn) Cut();
        else
        {
            Loop.Post(static state =>
            {
                var socket = (WebSocketProtocol)state!;
                if (socket._connection.IsClosed) return;
                socket.Loop.BeginTurn(socket._connection);
                socket.Cut();
                socket._connection.EndTurn();
            }, this);
        }
    }

    // Without a Close frame; what was sent before may still arrive
    private void Cut()
    {
        if (_stage >= Stage.Lost) return;

        WriteOutbox();
        _connection.Flush();
        if (_connection.IsBlocked) _connection.Abort();
        else CloseAfterFlush(linger: false);
        FinishLost();
    }

    // Our Close frame; the client's will come. Nothing is accepted any more, so what leaves in front of it now is all:
    // also what another thread sent and published a moment ago, just before it asked for the close
    private void SendClose()
    {
        _handler.WritePublished();
        WriteOutbox();
        WriteClose(_ending!);
        if (_stage >= Stage.Lost) return;       // it broke while it was written

        _stage = Stage.CloseSent;
        _outbox?.Close();
        AwaitClose();
        if (!_isCalling) GoOn();
    }

    // The client can answer our Close frame when it has read what is in front of it. As long as it takes some of that, it
    // may
    private void AwaitClose()
    {
        _sentBefore = _connection.BytesSent;
        SetDeadline(_connection.IsBlocked ? OutputWindow : CloseTimeout);
    }

    private void WriteClose(Ending ending)
    {
        Span<byte> payload = stackalloc byte[2 + MaxReason];
        int length = 0;
        if (ending.Code is not CloseCode.NoStatus)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)ending.Code);

            // Cut between two characters
            Utf8.FromUtf16(ending.Reason, payload[2..], out _, out length,
                replaceInvalidSequences: true, isFinalBlock: true);
            length += 2;
        }

        FrameWriter.Write(Output, Opcode.Close, payload[..length]);
    }

    // The client's Close frame (section 5.5.1)
    private void TakeClose(ReadOnlySpan<byte> payload)
    {
        int code = CloseCode.NoStatus;
        string reason = "";
        if (!payload.IsEmpty)
        {
            code = payload.Length < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(payload);
            if (!CloseCode.IsSendable(code))
            {
                Fail(new Ending(CloseCode.ProtocolError, "Invalid close code"));
                return;
            }

            if (!Utf8.IsValid(payload[2..]))
            {
                Fail(new Ending(CloseCode.NotUtf8, "Close reason is not UTF-8"));
                return;
            }

            reason = Encoding.UTF8.GetString(payload[2..]);
        }

        // Section 7.1.5: the first one counts, so ours if the client answers it
        End(new Ending(code, reason), answer: new Ending(code, ""));
    }

    /// <summary>
    /// Something is wrong with what the client has sent, or with the handler: it is told why, and what it still sends
    /// is read and thrown
    /// away for a while, so that it gets to read that.
    /// </summary>
    private void Fail(Ending ending) => End(ending);

    // The last Close frame, unless we have sent one; then all has been said
    private void End(Ending ending, Ending? answer = null)
    {
        if (_stage >= Stage.Lost) return;

        if (_stage is Stage.CloseSent) ending = _ending!;
        else
        {
            WriteOutbox();
            WriteClose(answer ?? ending);
            if (_stage >= Stage.Lost) return;
        }

        CloseAfterFlush(linger: !_connection.InputEnded);
        Finish(ending);
    }

    // What is parked keeps the connection, whose client has to take some of it in each window. The only way to a close
    // behind output: none is without a deadline
    private void CloseAfterFlush(bool linger)
    {
        _connection.CloseAfterFlush(linger);
        _sentBefore = _connection.BytesSent;
        if (!_connection.IsClosed) SetDeadline(OutputWindow);
    }

    public override void Closed()
    {
        FinishLost();
        _outbox?.Close();
        Account();
    }

    // In the middle of a callback, Close comes when that has returned
    private void FinishLost()
    {
        if (_stage >= Stage.Lost) return;

        Ending ending = _stage is Stage.CloseSent ? _ending! : s_abnormal;
        if (_isCalling)
        {
            _ending = ending;
            _stage = Stage.Lost;
        }
        else Finish(ending);
    }

    /// <summary>The one end of every socket, on every path.</summary>
    private void Finish(Ending ending)
    {
        if (_stage is Stage.Over) return;
        _stage = Stage.Over;

        _worker.Worker.SwitchedEnded();
        _outbox?.Close();
        if (_partial is { } partial)
        {
            _partial = null;
            PutBack(partial);
        }

        _deflate?.Dispose();
        Account();              // what is parked stays held until the connection has closed
        _handler.LeaveTopics();
        _worker.Service.Observer.Closed(this, ending.Code);
        CallClose(ending);
        Owned?.Release();
    }

    /// <summary>
    /// The server stops. Its clients will all want to connect elsewhere, and not all in the same moment: the more there
    /// are, the longer
    /// the time over which their sockets close.
    /// </summary>
    public override void Drain()
    {
        if (_stage is not Stage.Open) return;

        int spread = Math.Min(LongestSpread, _worker.Worker.SwitchedConnections / ClosedPerMillisecond);
        if (spread == 0) CloseForStop();
        else
        {
            _isStopping = true;
            SetDeadline(Random.Shared.Next(spread));
        }
    }

    private void CloseForStop() => CloseSocket(CloseCode.GoingAway, StopReason);

    /// <summary>The server stops and waits no longer. A client that takes it is told so, unless it has been told something
    /// else already; that may still be on its way, and a reset would destroy it.</summary>
    public override void Abort(Connection connection)
    {
        if (connection.IsBlocked || _stage >= Stage.Lost)
        {
            connection.Abort();
            return;
        }

        Ending ending = _stage is Stage.CloseSent ? _ending! : new Ending(CloseCode.GoingAway, StopReason);
        if (_stage < Stage.CloseSent)
        {
            WriteOutbox();
            WriteClose(ending);
        }

        CloseAfterFlush(linger: false);
        if (_stage < Stage.Lost) Finish(ending);
    }
}
