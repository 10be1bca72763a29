using System.Buffers;
using Prebake.Files;

namespace Prebake.Serving;

/// <summary>
/// Sends a body from a file: by the kernel where the connection can, else through a buffer. What is not in the page
/// cache is read by the thread
/// pool first, so that a slow disk stops this answer and no other.
/// </summary>
internal sealed class FileSender : BodySender
{
    // What is asked of a disk at once, and may be in memory for one download
    private const int Window = 1 << 20, BufferSize = 128 << 10;

    // What one turn sends while the peer keeps up; then the other connections of the loop have theirs
    private const long TurnLimit = 4 << 20;

    private enum State : byte
    {
        /// <summary>On the loop: writing, or the peer does not take more.</summary>
        Idle,

        /// <summary>The thread pool reads into the buffer.</summary>
        Reading,

        /// <summary>The thread pool reads so that the kernel finds it in memory.</summary>
        Warming,

        /// <summary>Other connections have their turn first.</summary>
        Yielding,

        Ended,
    }

    private enum Buffer : byte
    {
        /// <summary>Nobody points to it.</summary>
        Free,

        /// <summary>The connection has kept a part of it, until the peer takes more.</summary>
        Parked,
    }

    private readonly ServedExchange _exchange;
    private readonly FileAnswer _answer;
    private readonly Action<object?> _resume;
    private State _state;
    private bool _peerLeft;
    private int _part = -1;
    private long _offset, _left;
    private long _warmUntil;                // in the current part: up to here the pool has read
    private byte[]? _buffer;
    private Buffer _use;
    private int _read;
    private long _sentInTurn;
    private Exception? _fault;

    public FileSender(ServedExchange exchange, FileAnswer answer)
    {
        _exchange = exchange;
        _answer = answer;
        _resume = static state => ((FileSender)state!).Resume();
    }

    public override void Pump()
    {
        if (_state is not State.Idle) return;
        if (!_exchange.IsBlocked) _use = Buffer.Free;           // whatever was parked has been taken

        _sentInTurn = 0;
        try
        {
            while (_state is State.Idle)
            {
                if (_peerLeft || _exchange.IsGone)
                {
                    Abandon();
                    return;
                }

                if (_exchange.IsBlocked) return;                // comes back when the peer takes more

                if (_left == 0 && !NextPart())
                {
                    Finish(failed: false);
                    return;
                }

                if (_left == 0) continue;                       // a part that is only a lead
                if (_exchange.CanSendFile) SendByKernel();
                else SendByBuffer();
            }
        }
        catch (Exception e)
        {
            _exchange.Worker.Settings.Report(e, "a file");
            Finish(failed: true);
        }
    }

    public override void PeerLeft()
    {
        _peerLeft = true;
        if (_state is State.Idle) Abandon();
    }

    public override void Discard()
    {
        _state = State.Ended;
        Release();
    }

    private bool NextPart()
    {
        if (++_part == _answer.Parts.Count) return false;

        FilePart part = _answer.Parts[_part];
        (_offset, _left, _warmUntil) = (part.Offset, part.Length, 0);
        _exchange.WritePiece(part.Lead);
        return true;
    }

    private void SendByKernel()
    {
        // What was written before goes first
        _exchange.Flush();
        if (_exchange.IsBlocked || _exchange.IsGone) return;

        long count = Math.Min(_left, Window);
        if (_offset + count > _warmUntil && !_answer.File!.IsCached(_offset, count))
        {
            Read(warmOnly: true);
            return;
        }

        if (_sentInTurn >= TurnLimit)
        {
            _state = State.Yielding;
            _exchange.Worker.Loop.Post(_resume, this);
            return;
        }

        long sent = _exchange.SendFile(_answer.File!.Handle, _offset, count);
        if (sent < 0)
        {
            Abandon();
            return;
        }

        _offset += sent;
        _left -= sent;
        _sentInTurn += sent;
        // The file ends before it should: a client must see that, and never other bytes in its place
        if (sent < count && !_exchange.IsBlocked) Finish(failed: true);
    }

    private void SendByBuffer()
    {
        if (_read == 0)
        {
            Read(warmOnly: false);
            return;
        }

        _exchange.WritePiece(_buffer.AsMemory(0, _read));
        _offset += _read;
        _left -= _read;
        _read = 0;
        _exchange.Flush();                                      // the buffer is used again once it has left
        if (_exchange.IsBlocked) _use = Buffer.Parked;
    }

    private void Read(bool warmOnly)
    {
        _state = warmOnly ? State.Warming : State.Reading;
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
        ThreadPool.UnsafeQueueUserWorkItem(static sender =>
        {
            try
            {
                if (sender._state is State.Warming) sender.Warm();
                else sender._read = RandomAccess.Read(sender._answer.File!.Handle,
                    sender._buffer.AsSpan(0, (int)Math.Min(sender._left, BufferSize)), sender._offset);
            }
            catch (Exception e)
            {
                sender._fault = e;
            }

            // The loop has ended with the server: nobody will send the rest
            if (!sender._exchange.Worker.Loop.Post(sender._resume, sender)) sender._answer.Dispose();
        }, this, preferLocal: false);
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
        State was = _state;
        _state = State.Idle;
        if (_peerLeft || _exchange.IsGone)
        {
            Abandon();
            _exchange.SettleLate();
            return;
        }

        bool hasEnded = was is State.Warming && _warmUntil <= _offset || was is State.Reading && _read == 0;
        if (_fault is null && !hasEnded) _exchange.InTurn(static sender => ((FileSender)sender).Pump(), this);
        else _exchange.InTurn(static sender => ((FileSender)sender).Fail(), this);
    }

    // It cannot be read, or has become shorter
    private void Fail()
    {
        if (_fault is { } fault) _exchange.Worker.Settings.Report(fault, "a file");
        Finish(failed: true);
    }

    private void Finish(bool failed)
    {
        if (_state is State.Ended) return;
        _state = State.Ended;
        Release();
        _exchange.SenderEnded(failed);
    }

    private void Abandon()
    {
        if (_state is State.Ended) return;
        _state = State.Ended;
        Release();
        _exchange.SenderAbandoned();
    }

    private void Release()
    {
        _answer.Dispose();
        // One that is parked belongs to the connection, and perhaps to the kernel: it is left to the collector
        if (_buffer is not null && _use is Buffer.Free) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }
}
