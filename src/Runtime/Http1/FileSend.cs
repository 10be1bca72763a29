using System.Buffers;
using Prebake.Files;
using Prebake.Transports;

namespace Prebake.Http1;

/// <summary>
/// Sends a body from a file: by the kernel where the connection can (row A136), else through a buffer. What is not in the page cache is read by the thread
/// pool first, so that a slow disk stops this answer and no other.
/// </summary>
internal sealed class FileSend : BodySender
{
    // What is asked of a disk at once, and may be in memory for one download
    private const int Window = 1 << 20, BufferSize = 128 << 10;

    // What one turn sends while the peer keeps up; then the other connections of the loop have theirs
    private const long TurnLimit = 4 << 20;

    private enum State : byte { Idle, Reading, Ended }

    private readonly Http1Connection _connection;
    private readonly Http1Exchange _exchange;
    private readonly FileAnswer _answer;
    private readonly Action<object?> _resume;
    private State _state;
    private bool _peerLeft;
    private int _part = -1;
    private long _offset, _left;
    private long _warmUntil;                // in the current part: up to here the pool has read
    private byte[]? _buffer;
    private int _read;
    private long _sentInTurn;
    private bool _yielded;
    private Exception? _fault;

    public FileSend(Http1Connection connection, Http1Exchange exchange, FileAnswer answer)
    {
        _connection = connection;
        _exchange = exchange;
        _answer = answer;
        _resume = static state => ((FileSend)state!).Resume();
    }

    private Connection Transport => _connection.Transport;

    public override void Pump()
    {
        _sentInTurn = 0;
        while (_state is State.Idle)
        {
            if (_peerLeft || Transport.IsClosed) { Abandon(); return; }
            if (Transport.IsBlocked) return;                    // OutputDrained comes back

            if (_left == 0 && !NextPart())
            {
                Finish(failed: false);
                return;
            }

            if (_left == 0) continue;                           // a part that is only a lead
            if (Transport.CanSendFile) SendByKernel();
            else SendByBuffer();
        }
    }

    public override void PeerLeft()
    {
        _peerLeft = true;
        if (_state is State.Idle) Abandon();
    }

    private bool NextPart()
    {
        if (++_part == _answer.Parts.Count) return false;

        FilePart part = _answer.Parts[_part];
        (_offset, _left, _warmUntil) = (part.Offset, part.Length, 0);
        _connection.Worker.Output.Write(part.Lead);
        return true;
    }

    private void SendByKernel()
    {
        // What was written before goes first
        Transport.Flush();
        if (Transport.IsBlocked || Transport.IsClosed) return;

        long count = Math.Min(_left, Window);
        if (_offset + count > _warmUntil && !_answer.File!.IsCached(_offset, count))
        {
            Read(warmOnly: true);
            return;
        }

        if (_sentInTurn >= TurnLimit)
        {
            (_state, _yielded) = (State.Reading, true);
            _connection.Worker.Loop.Post(_resume, this);
            return;
        }

        long sent = Transport.SendFile(_answer.File!.Handle, _offset, count);
        if (sent < 0) { Abandon(); return; }

        _offset += sent;
        _left -= sent;
        _sentInTurn += sent;
        // The file ends before it should: a client must see that, and never other bytes in its place
        if (sent < count && !Transport.IsBlocked) Finish(failed: true);
    }

    private void SendByBuffer()
    {
        if (_read == 0)
        {
            Read(warmOnly: false);
            return;
        }

        _connection.Worker.Output.WriteReference(_buffer.AsMemory(0, _read));
        _offset += _read;
        _left -= _read;
        _read = 0;
        Transport.Flush();                                      // the buffer is used again once it has left
    }

    private void Read(bool warmOnly)
    {
        _state = State.Reading;
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
        ThreadPool.UnsafeQueueUserWorkItem(static state =>
        {
            (FileSend send, bool warmOnly) = state;
            try
            {
                if (warmOnly) send.Warm();
                else send._read = RandomAccess.Read(send._answer.File!.Handle, send._buffer.AsSpan(0, (int)Math.Min(send._left, BufferSize)), send._offset);
            }
            catch (Exception e)
            {
                send._fault = e;
            }

            send._connection.Worker.Loop.Post(send._resume, send);
        }, (this, warmOnly), preferLocal: false);
    }

    private void Warm()
    {
        long until = _offset + Math.Min(_left, Window);
        for (long at = _offset; at < until;)
        {
            int read = RandomAccess.Read(_answer.File!.Handle, _buffer.AsSpan(0, (int)Math.Min(until - at, BufferSize)), at);
            if (read == 0) break;                               // it has become shorter: the sending finds out
            at += read;
        }

        _warmUntil = until;
    }

    private void Resume()
    {
        _state = State.Idle;
        if (_peerLeft || Transport.IsClosed) { Abandon(); return; }

        _connection.Worker.Loop.BeginTurn(Transport);
        bool yielded = _yielded;
        _yielded = false;
        if (_fault is { } fault)
        {
            _connection.Worker.Settings.LogError(fault, "a file");
            Finish(failed: true);
        }
        else if (!yielded && _warmUntil <= _offset && _read == 0) Finish(failed: true);
        else Pump();
        Transport.EndTurn();
    }

    private void Finish(bool failed)
    {
        _state = State.Ended;
        Release();
        _connection.StreamEnded(_exchange, failed);
    }

    private void Abandon()
    {
        if (_state is State.Ended) return;
        _state = State.Ended;
        Release();
        _connection.StreamAbandoned(_exchange);
    }

    private void Release()
    {
        _answer.Dispose();
        // A buffer that is still parked belongs to the connection until it has left or died; this one is then simply forgotten
        if (_buffer is not null && !Transport.IsBlocked) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }
}
