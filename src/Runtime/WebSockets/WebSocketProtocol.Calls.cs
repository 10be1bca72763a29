using Prebake.Routing;
using Prebake.Serving;

namespace Prebake.WebSockets;

// Calls of the handler: one after another, on the loop, in the socket's turn.
internal sealed partial class WebSocketProtocol
{
    private void CallOpen()
    {
        Enter();
        Exception? error = null;
        try { _handler.CallOpen(); }
        catch (Exception e) { error = e; }
        Leave(error);
    }

    private void Deliver(ReadOnlySpan<byte> data, MessageKind kind)
    {
        // RFC 6455 section 5.5.1: what comes after our Close is nobody's
        if (_stage is not Stage.Open) return;
        _worker.Observer?.Received(this, kind, data.Length);

        Enter();
        Exception? error = null;
        try { _handler.CallMessage(data, kind, _options.Callbacks); }
        catch (Exception e) { error = e; }
        Leave(error);
    }

    private void CallPing(ReadOnlySpan<byte> data)
    {
        if ((_options.Callbacks & WebSocketCallbacks.Ping) == 0 || _stage is not Stage.Open) return;

        Enter();
        Exception? error = null;
        try { _handler.CallPing(data); }
        catch (Exception e) { error = e; }
        Leave(error);
    }

    private void CallPong(ReadOnlySpan<byte> data)
    {
        if ((_options.Callbacks & WebSocketCallbacks.Pong) == 0 || _stage is not Stage.Open) return;

        Enter();
        Exception? error = null;
        try { _handler.CallPong(data); }
        catch (Exception e) { error = e; }
        Leave(error);
    }

    private void CallDrain()
    {
        if ((_options.Callbacks & WebSocketCallbacks.Drain) == 0 || _stage is not Stage.Open) return;

        Enter();
        Exception? error = null;
        try { _handler.CallDrain(); }
        catch (Exception e) { error = e; }
        Leave(error);
    }

    // The last call. There is nobody left who could hear of what it throws but the log
    private void CallClose(Ending ending)
    {
        _worker.Worker.Watch?.Enter(_handler.GetType());
        try { _handler.CallClose(ending.Code, ending.Reason); }
        catch (Exception e) { Report(e); }
        _worker.Worker.Watch?.Leave();
        _worker.Worker.Ambient.Restore();
    }

    private void Enter()
    {
        _isCalling = true;
        _worker.Worker.Watch?.Enter(_handler.GetType());
    }

    private void Leave(Exception? error)
    {
        if (error is not null) CallError(error);
        _isCalling = false;
        _worker.Worker.Watch?.Leave();
        _worker.Worker.Ambient.Restore();

        if (_stage is Stage.Lost) Finish(_ending!);
        else if (error is not null) Fail(new Ending(CloseCode.InternalError, ""));
    }

    private void CallError(Exception error)
    {
        try { _handler.CallError(error); }
        catch (Exception second)
        {
            Report(error);
            Report(second);
        }
    }

    /// <summary>Logs what a callback threw.</summary>
    public void Report(Exception error) =>
        _worker.Worker.Settings.Report(error, $"a message of a WebSocket ({_handler.GetType().Name})");

    // ---- messages that take their time ------------------------------------------------------------------------------

    /// <summary>In a callback: the message's task. The next message waits for it.</summary>
    public void Pend(ValueTask task)
    {
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
            return;
        }

        _unfinished++;
        // It may take longer than the connection lasts
        OwnedValues? owned = Owned;
        owned?.Hold();
        _ = Await(this, task, owned);

        static async Task Await(WebSocketProtocol socket, ValueTask task, OwnedValues? owned)
        {
            Exception? error = null;
            try { await task.ConfigureAwait(false); }
            catch (Exception e) { error = e; }

            owned?.Release();

            if (error is null) socket.Loop.Post(static state => ((WebSocketProtocol)state!).MessageEnded(null), socket);
            else
            {
                socket.Loop.Post(static state =>
                {
                    var (socket, error) = ((WebSocketProtocol, Exception))state!;
                    socket.MessageEnded(error);
                }, (socket, error));
            }
        }
    }

    // On the loop, posted
    private void MessageEnded(Exception? error)
    {
        _unfinished--;
        if (_stage is Stage.Over || _connection.IsClosed)
        {
            if (error is not null) Report(error);
            return;
        }

        Loop.BeginTurn(_connection);
        if (error is not null)
        {
            Enter();
            Leave(error);
        }

        CatchUp();
        _connection.EndTurn();
    }
}
