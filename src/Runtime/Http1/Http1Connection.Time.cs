using Prebake.Serving;

namespace Prebake.Http1;

// What may take how long. Each state of the connection has one deadline; a handler at work has none.
internal sealed partial class Http1Connection
{
    // A body that is slower than its rate is cut after 5 seconds' grace, an answer that is read more slowly after 30.
    private const int BodyWindow = 5_000;
    private const int OutputWindow = 30_000;

    // How long a head that has begun may take to come while the server stops
    private const int DrainedHeadWindow = 5_000;

    // How long after a FIN a handler may still be working for somebody
    private const int DepartureGrace = 1_000;

    /// <summary>Whether the time of the current request after the peer's FIN is running.</summary>
    private enum Grace : byte { None, Running }

    private bool _peerFinished;             // a fact about the peer, for good
    private Grace _grace;

    private long _bodyBytes;
    private long _bodyWindowStart;
    private long _bodyBytesBefore;
    private long _sentBefore;
    private bool _outputClockRuns;

    public override void TimedOut()
    {
        if (_connection.IsBlocked)
        {
            // Blocked in this very round, which OutputBlocked has not told yet
            if (!_outputClockRuns)
            {
                SetDeadline();
                return;
            }

            if (_connection.BytesSent - _sentBefore < (long)_worker.Settings.MinResponseRate * (OutputWindow / 1000)) _connection.Abort();
            else
            {
                _outputClockRuns = false;
                SetDeadline();
            }

            return;
        }

        if (_input is Input.Body && (_body is null || _body.IsWanted))
        {
            BodyWindowEnded();
            return;
        }

        if (_current is { } exchange)
        {
            if (_sender is { IsWaiting: true } stream && StreamDeadline(stream) is var due && due > _worker.Loop.Now)
            {
                _worker.Loop.SetDeadline(_connection, due);
                return;
            }

            if (_grace is Grace.Running) exchange.PeerLeft();
            _connection.Deadline = long.MaxValue;
            if (_sender is { } quiet)
            {
                quiet.Quiet();
                Settle(exchange);
                GoOn();
            }

            return;
        }

        // Half a head is answered, silence is not: there is no request that 408 could be an answer to.
        if (_input is Input.Head)
        {
            WriteBare(408, default, ConnectionField.Close);
            TellRefused(408, RefusalReason.HeadTimeout);
            _input = Input.Ended;
            _connection.CloseAfterFlush(linger: true);
        }
        else _connection.CloseIdle();
    }

    private long StreamDeadline(BodySender stream)
    {
        long patience = _grace is Grace.Running ? DepartureGrace : stream.QuietAfter;
        return patience == long.MaxValue ? patience : stream.WaitingSince + patience;
    }

    // Counted from its first byte; more bytes do not put it off.
    private void HeadBegins()
    {
        if (_input is Input.Head) return;
        _input = Input.Head;
        _worker.Loop.SetDeadline(_connection, _worker.Loop.Now + _worker.HeadMilliseconds);
    }

    private void BodyClockStarts()
    {
        _bodyWindowStart = _worker.Loop.Now;
        _bodyBytesBefore = _bodyBytes;
    }

    private void BodyWindowEnded()
    {
        // The handler lags behind, so nothing is read: that is not the client's slowness
        if (_connection.InputPaused)
        {
            BodyClockStarts();
            SetDeadline();
            return;
        }

        long received = _bodyBytes - _bodyBytesBefore;
        bool fastEnough = HasBodyRate
            ? received * 1000 >= _worker.Settings.MinRequestBodyRate * (_worker.Loop.Now - _bodyWindowStart)
            : received > 0;                                                     // the handler has said how long silence may last, or the server has

        if (fastEnough)
        {
            BodyClockStarts();
            SetDeadline();
            return;
        }

        if (_body is null) _connection.CloseAfterFlush(linger: false);          // it was being thrown away
        else BodyFault(408, "The body came too slowly.");
    }

    private bool HasBodyRate => _worker.Settings.MinRequestBodyRate > 0 && _current is not { OwnIdleMilliseconds: > 0 };

    private void SetDeadline()
    {
        long now = _worker.Loop.Now;

        if (_connection.IsBlocked)
        {
            if (_outputClockRuns) return;
            _outputClockRuns = true;
            _sentBefore = _connection.BytesSent;
            _worker.Loop.SetDeadline(_connection, now + OutputWindow);
            return;
        }

        _outputClockRuns = false;
        if (_connection.IsClosing) return;

        if (_input is Input.Body && (_body is null || _body.IsWanted))
        {
            long window = _current is { OwnIdleMilliseconds: > 0 and long own } ? own
                : HasBodyRate ? Math.Min(BodyWindow, _worker.IdleMilliseconds) : _worker.IdleMilliseconds;
            long due = _bodyWindowStart + window;
            if (due != _connection.Deadline) _worker.Loop.SetDeadline(_connection, due);
        }
        else if (_current is not null)
        {
            if (_peerFinished && _sender is not { IsWaiting: false })
            {
                // A stream that writes finds out by writing, so its time runs anew after each piece
                if (_grace is Grace.Running && _sender is null) return;
                _grace = Grace.Running;
                _worker.Loop.SetDeadline(_connection, now + DepartureGrace);
            }
            else if (_sender is { QuietAfter: < long.MaxValue } stream) _connection.Deadline = now + stream.QuietAfter;
            else _connection.Deadline = long.MaxValue;
        }
        else if (_input is not Input.Head) _connection.Deadline = now + _worker.IdleMilliseconds;     // one store: the wheel finds out when it looks
    }
}
