using System.Globalization;
using System.Text;

namespace Prebake.Logging;

/// <summary>
/// Lines to a standard stream, from any thread and without waiting for it: a thread of its own writes. What does not fit while the stream is stuck is counted
/// and lost, and so is what the stream refuses (a full disk, a closed pipe); once it takes lines again, the first one says how many.
/// </summary>
internal sealed class ConsoleWriter(Func<Stream> open)
{
    // What a stream may be behind: some thousand lines
    private const int Capacity = 1 << 20;

    private readonly object _lock = new();
    private byte[] _filling = new byte[4 << 10];
    private byte[] _writing = [];
    private int _used;
    private int _lines, _linesBeingWritten;
    private long _lost;
    private bool _busy;
    private bool _started;
    private Stream? _stream;

    public static ConsoleWriter Output { get; } = new(Console.OpenStandardOutput);
    public static ConsoleWriter Error { get; } = new(Console.OpenStandardError);

    public void Write(string line) => Write(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>One line, with its end.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            if (!Fits(line.Length))
            {
                _lost++;
                return;
            }

            line.CopyTo(_filling.AsSpan(_used));
            _used += line.Length;
            _lines++;
            if (!_started) TryStart();
            else if (!_busy) Monitor.PulseAll(_lock);        // those that flush wait on it, too
        }
    }

    /// <summary>Opens the stream, which takes a descriptor: what is to be said when they have run out must not need one.</summary>
    public void Prepare() => TryOpen();

    /// <summary>Waits until what there is has been written, or for a moment if the stream is stuck.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            long until = Environment.TickCount64 + 1_000;
            while (_started && (_used > 0 || _busy) && Environment.TickCount64 < until) Monitor.Wait(_lock, 10);
        }
    }

    private bool Fits(int length)
    {
        if (_used + length <= _filling.Length) return true;
        if (_used + length > Capacity) return false;

        Array.Resize(ref _filling, (int)Math.Min(Capacity, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(_used + length))));
        return true;
    }

    // Again with the next line if there is no memory for a thread now
    private void TryStart()
    {
        try
        {
            new Thread(Run, maxStackSize: 128 << 10) { Name = "Prebake log", IsBackground = true }.Start();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            return;
        }

        _started = true;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Flush();
    }

    private Stream? TryOpen()
    {
        if (Volatile.Read(ref _stream) is { } opened) return opened;

        try
        {
            Stream stream = open();
            return Interlocked.CompareExchange(ref _stream, stream, null) ?? stream;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    private void Run()
    {
        while (true)
        {
            int count;
            lock (_lock)
            {
                _busy = false;
                while (_used == 0) Monitor.Wait(_lock);
                (_filling, _writing) = (_writing, _filling);
                (count, _used) = (_used, 0);
                (_linesBeingWritten, _lines) = (_lines, 0);
                _busy = true;
            }

            if (TryOpen() is not { } stream)
            {
                Interlocked.Add(ref _lost, _linesBeingWritten);
                continue;
            }

            try
            {
                if (Interlocked.Read(ref _lost) is > 0 and long lost)
                {
                    stream.Write(Encoding.UTF8.GetBytes(lost.ToString(CultureInfo.InvariantCulture) + " lines of this log were lost\n"));
                    Interlocked.Add(ref _lost, -lost);
                }

                stream.Write(_writing, 0, count);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
            {
                Interlocked.Add(ref _lost, _linesBeingWritten);
            }
        }
    }
}
