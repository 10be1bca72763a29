namespace Prebake.Http1;

// What may take how long. Each state of the connection has one deadline; a handler at work has none (row D11).
internal sealed partial class Http1Connection
{
    // A body that is slower than its rate is cut after 5 seconds' grace, an answer that is read more slowly after 30.
    private const int BodyWindow = 5_000;
    private const int OutputWindow = 30_000;

    // How long after a FIN a handler may still be working for somebody
    private const int DepartureGrace = 1_000;

    private bool _peerFinished;
    private Http1Exchange? _graceFor;       // the request whose time after the FIN is running

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
            if (!_outputClockRuns) { SetDeadline(); return; }

            if (_connection.BytesSent - _sentBefore < (long)Worker.Settings.MinResponseRate * (OutputWindow / 1000)) _connection.Abort();
            else { _outputClockRuns = false; SetDeadline(); }
            return;
        }

        if (_input is Input.Body && (_body is null || _body.IsWanted))
        {
            BodyWindowEnded();
            return;
        }

        if (_current is { } exchange)
        {
            if (_stream is { IsWaiting: true } stream && StreamDeadline(stream) is var due && due > Worker.Loop.Now)
            {
                Worker.Loop.SetDeadline(_connection, due);
                return;
            }

            if (_graceFor == exchange) exchange.PeerLeft();
            _connection.Deadline = long.MaxValue;
            _stream?.Quiet();
            return;
        }

        // Half a head is answered, silence is not: there is no request that 408 could be an answer to.
        if (_headStarted)
        {
            long before = _connection.BytesWritten;
            WriteBare(408, ConnectionField.Close);
            TellRefused(408, _connection.BytesWritten - before);
            _input = Input.Ended;
            _connection.CloseAfterFlush(linger: true);
        }
        else _connection.CloseAfterFlush(linger: false);
    }

    private long StreamDeadline(BodySender stream)
    {
        long patience = _graceFor == _current ? DepartureGrace : stream.QuietAfter;
        return patience == long.MaxValue ? patience : stream.WaitingSince + patience;
    }

    // Counted from its first byte; more bytes do not put it off.
    private void HeadBegins()
    {
        if (_headStarted) return;
        _headStarted = true;
        Worker.Loop.SetDeadline(_connection, Worker.Loop.Now + Worker.HeadMilliseconds);
    }

    private void BodyClockStarts()
    {
        _bodyWindowStart = Worker.Loop.Now;
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
            ? received * 1000 >= Worker.Settings.MinRequestBodyRate * (Worker.Loop.Now - _bodyWindowStart)
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

    private bool HasBodyRate => Worker.Settings.MinRequestBodyRate > 0 && _current?.OwnIdleTimeout is null;

    private void SetDeadline()
    {
        long now = Worker.Loop.Now;

        if (_connection.IsBlocked)
        {
            if (_outputClockRuns) return;
            _outputClockRuns = true;
            _sentBefore = _connection.BytesSent;
            Worker.Loop.SetDeadline(_connection, now + OutputWindow);
            return;
        }

        _outputClockRuns = false;
        if (_connection.IsClosing) return;

        if (_input is Input.Body && (_body is null || _body.IsWanted))
        {
            long window = _current?.OwnIdleTimeout is { } own ? Http1Settings.Milliseconds(own)
                : HasBodyRate ? Math.Min(BodyWindow, Worker.IdleMilliseconds) : Worker.IdleMilliseconds;
            long due = _bodyWindowStart + window;
            if (due != _connection.Deadline) Worker.Loop.SetDeadline(_connection, due);
        }
        else if (_current is not null)
        {
            if (_peerFinished && _stream is not { IsWaiting: false })
            {
                // A stream that writes finds out by writing, so its time runs anew after each piece
                if (_graceFor == _current && _stream is null) return;
                _graceFor = _current;
                Worker.Loop.SetDeadline(_connection, now + DepartureGrace);
            }
            else if (_stream is { QuietAfter: < long.MaxValue } stream) _connection.Deadline = now + stream.QuietAfter;
            else _connection.Deadline = long.MaxValue;
        }
        else if (!_headStarted) _connection.Deadline = now + Worker.IdleMilliseconds;     // one store: the wheel finds out when it looks
    }
}
