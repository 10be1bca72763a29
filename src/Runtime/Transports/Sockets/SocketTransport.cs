using System.Net.Sockets;

namespace Prebake.Transports.Sockets;

/// <summary>
/// The portable transport, over <c>System.Net.Sockets</c>: macOS, Windows, and on Linux the second implementation that every test also runs against.
/// </summary>
internal sealed class SocketTransport : Transport
{
    // While descriptors are short, accepting sleeps instead of spinning
    private static readonly TimeSpan s_acceptPause = TimeSpan.FromMilliseconds(50);

    private readonly List<SocketListener> _listeners = [];
    private readonly SocketLoop[] _made;
    private volatile SocketLoop[] _loops = [];         // those that run, or are about to
    private readonly TaskCompletionSource _unlistened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _accepting = Task.CompletedTask;
    private int _nextLoop = -1;
    private volatile bool _stopped;
    private bool _background;

    /// <summary>Opens the sockets and makes the loops, which do not run yet. Throws what <see cref="ListenError"/> says.</summary>
    public SocketTransport(IReadOnlyList<ListenAddress> addresses, int loopCount, Action<Connection> accept)
    {
        try
        {
            foreach (ListenAddress address in addresses)
                _listeners.Add(SocketListener.Open(_listeners.Count > 0 ? address.WithPort(_listeners[0].Bound.Port) : address));
        }
        catch
        {
            foreach (SocketListener listener in _listeners) listener.Close();
            throw;
        }

        _made = new SocketLoop[loopCount];
        for (int i = 0; i < loopCount; i++) _made[i] = new SocketLoop(i, accept);
        _loops = [_made[0]];
    }

    public override IReadOnlyList<BoundAddress> Bound => _listeners.ConvertAll(listener => listener.Bound);

    public override IReadOnlyList<Loop> Loops => _loops;

    public override Task Unlistened => _unlistened.Task;

    public override void Start()
    {
        _loops[0].Start(_background);
        _accepting = Task.WhenAll(_listeners.ConvertAll(AcceptAsync));
    }

    public override void StartOthers()
    {
        foreach (SocketLoop loop in _made.AsSpan(1))
        {
            try
            {
                (loop.Exhausted, loop.Faulted) = (_made[0].Exhausted, _made[0].Faulted);
                loop.Start(background: true);
            }
            catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
            {
                // Said; with fewer loops everything works
                _made[0].Exhausted?.Invoke();
                return;
            }

            _loops = [.. _loops, loop];
        }
    }

    public override void Abandon()
    {
        foreach (SocketListener listener in _listeners) listener.Close();
    }

    public override void StopListening()
    {
        _stopped = true;
        foreach (SocketListener listener in _listeners) listener.Close();
        _ = FinishAsync();
    }

    public override async Task StopAsync()
    {
        foreach (SocketLoop loop in _loops) loop.Post(static state => ((SocketLoop)state!).Stop(), loop);
        foreach (SocketLoop loop in _loops) await loop.Ended.ConfigureAwait(false);
    }

    public override void SetBackground(bool background)
    {
        _background = background;
        _loops[0].IsBackground = background;
    }

    private async Task AcceptAsync(SocketListener listener)
    {
        while (!_stopped)
        {
            Socket socket;
            try
            {
                socket = await listener.Socket.AcceptAsync().ConfigureAwait(false);
            }
            catch (SocketException e) when (!_stopped)
            {
                if (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable) _loops[0].Exhausted?.Invoke();
                await Task.Delay(s_acceptPause).ConfigureAwait(false);
                continue;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            SocketLoop[] loops = _loops;
            SocketLoop loop = loops[(uint)Interlocked.Increment(ref _nextLoop) % (uint)loops.Length];
            if (!loop.Post(static state => Adopt(state!), (loop, socket))) socket.Dispose();
        }
    }

    private static void Adopt(object state)
    {
        var (loop, socket) = ((SocketLoop, Socket))state;
        SocketConnection? connection = null;
        try
        {
            connection = new SocketConnection(loop, socket);
            loop.Adopt(connection);
            connection.Begin();
        }
        finally
        {
            // Before its first turn, nobody else closes it
            if (connection is not { IsClosed: true } and not { IndexInLoop: >= 0 }) socket.Dispose();
        }
    }

    // What was accepted before is on its way to the loops; behind it, a mark on each says that nothing more will come.
    private async Task FinishAsync()
    {
        await _accepting.ConfigureAwait(false);

        foreach (SocketLoop loop in _loops)
        {
            var mark = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!loop.Post(static state => ((TaskCompletionSource)state!).SetResult(), mark)) continue;
            await mark.Task.ConfigureAwait(false);
        }

        _unlistened.TrySetResult();
    }
}
