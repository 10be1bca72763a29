namespace Prebake.Transports.Sockets;

/// <summary>The portable loop: a thread that runs what the completions of socket operations post to it.</summary>
internal sealed class SocketLoop : Loop
{
    // Handlers run on it: the same as on Linux, whatever the system's default is
    private const int StackSize = 1 << 20;

    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _stopping;

    public SocketLoop(int index, Action<Connection> accept) : base(index, accept) =>
        _thread = new Thread(Run, StackSize) { Name = $"Prebake loop {index}", IsBackground = true };

    public Task Ended => _ended.Task;

    public bool IsBackground { set { if (_thread.IsAlive) _thread.IsBackground = value; } }

    public void Start(bool background)
    {
        _thread.IsBackground = background;
        _thread.Start();
    }

    /// <summary>Ends the thread, cutting what is still connected. On the loop.</summary>
    public void Stop() => _stopping = true;

    protected override void Wake() => _wake.Set();

    private void Run()
    {
        Enter();

        while (!_stopping)
        {
            try
            {
                _wake.WaitOne(RunTimers());
                RunPosted();
            }
            catch (Exception e)
            {
                Survive(e);
            }
        }

        Leave();
        _ended.TrySetResult();
    }
}
