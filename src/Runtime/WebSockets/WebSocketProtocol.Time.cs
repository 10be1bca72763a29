namespace Prebake.WebSockets;

// What may take how long. There is one deadline, and most of the time it is only put off.
internal sealed partial class WebSocketProtocol
{
    // Within this time the client must take something of what is on its way to it when the socket has ended, in
    // milliseconds
    private const int OutputWindow = 30_000;

    private const string SilenceReason = "WebSocket timed out from inactivity";

    private long _sentBefore;

    // Something came: one store, and the timer wheel finds out when it looks
    private void Heard()
    {
        _inquiry = Inquiry.None;
        if (_stage is Stage.Open && !_isStopping) _connection.Deadline = SilenceEnds;
    }

    private long SilenceEnds => _options.IdleTimeout == 0 ? _expires : Math.Min(Loop.Now + _options.Patience, _expires);

    private void SetDeadline(int milliseconds) => Loop.SetDeadline(_connection, Loop.Now + milliseconds);

    public override void TimedOut()
    {
        if (_stage >= Stage.CloseSent)
        {
            EndIfStuck();
            return;
        }

        if (_isStopping)
        {
            CloseForStop();
            return;
        }

        long now = Loop.Now;
        if (now >= _expires)
        {
            CloseSocket(CloseCode.GoingAway, "Maximum age reached");
            return;
        }

        // Not its silence: nobody listens, or it waits for an answer. A ping goes out all the same, lest a proxy between
        // the two takes the connection for an idle one, and to hear of it if the client has gone
        bool listens = !Volatile.Read(ref _isPaused) && !_connection.InputPaused;
        if (!listens || (_unfinished > 0 && !_options.SendPings))
        {
            _inquiry = Inquiry.None;
            if (_options.SendPings && !_connection.IsBlocked) FrameWriter.Write(Output, Opcode.Ping, default);
            Loop.SetDeadline(_connection, SilenceEnds);
            return;
        }

        // Where no ping can ask it, what the client takes of the server's messages says that it is there
        bool isBlocked = _connection.IsBlocked;
        if ((isBlocked || !_options.SendPings) && _connection.BytesSent != _sentBefore)
        {
            _sentBefore = _connection.BytesSent;
            _inquiry = Inquiry.None;
            Loop.SetDeadline(_connection, SilenceEnds);
            return;
        }

        if (_options.SendPings && (_inquiry is Inquiry.None || (_inquiry is Inquiry.Blocked && !isBlocked)))
        {
            _inquiry = isBlocked ? Inquiry.Blocked : Inquiry.Pinged;
            if (!isBlocked) FrameWriter.Write(Output, Opcode.Ping, default);
            Loop.SetDeadline(_connection, Math.Min(now + (_options.IdleTimeout * 1000L) - _options.Patience, _expires));
            return;
        }

        EndSilence();
    }

    private void EndSilence()
    {
        var ending = new Ending(CloseCode.Abnormal, SilenceReason);
        if (_connection.IsBlocked)
        {
            // Before the connection is lost, which would be an end without a reason
            Finish(ending);
            _connection.Abort();
            return;
        }

        WriteOutbox();
        WriteClose(new Ending(CloseCode.GoingAway, SilenceReason));
        CloseAfterFlush(linger: !_connection.InputEnded);       // it may speak just now, and is to get what it was sent
        Finish(ending);
    }

    // The client does not answer our Close frame, or does not read it. As long as it takes what was sent before, it may
    private void EndIfStuck()
    {
        Account();
        if (_connection.IsBlocked && _connection.BytesSent != _sentBefore)
        {
            _sentBefore = _connection.BytesSent;
            SetDeadline(OutputWindow);
        }
        else if (_connection.IsBlocked || _stage is Stage.Over) _connection.Abort();
        else End(_ending!);
    }
}
