using System.Globalization;
using System.Text;

namespace Prebake.Logging;

/// <summary>
/// Lines to a standard stream, from any thread and without waiting for it: a thread of its own writes. What does not fit while the stream is stuck is counted
/// and lost, and so is what the stream refuses (a full disk, a closed pipe); once it takes lines again, the first one says how many.
/// </summary>
internal sealed class ConsoleWriter(int descriptor)
{
    // What a stream may be behind: some thousand lines
    private const int Capacity = 1 << 20;

    private const int Smallest = 4 << 10;

    private readonly object _lock = new();
    private byte[] _filling = [];
    private byte[] _writing = [];
    private int _used;
    private int _lines, _linesBeingWritten;
    private long _lost;
    private bool _busy;
    private bool _started;

    public static ConsoleWriter Output { get; } = new(StandardStreams.Output);
    public static ConsoleWriter Error { get; } = new(StandardStreams.Error);

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

    /// <summary>Waits until what there is has been written, or for a moment if the stream is stuck.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            long until = Environment.TickCount64 + 1_000;
            while (_started && (_used > 0 || _busy) && Environment.TickCount64 < until) Monitor.Wait(_lock, 10);
        }
    }

    private static string Lost(long lines) =>
        lines.ToString(CultureInfo.InvariantCulture)
            + (lines == 1 ? " line of this log was lost\n" : " lines of this log were lost\n");

    private bool Fits(int length)
    {
        if (_used + length <= _filling.Length) return true;
        if (_used + length > Capacity) return false;

        Array.Resize(ref _filling, (int)Math.Clamp(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(_used + length)), Smallest, Capacity));
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

            try
            {
                if (Interlocked.Read(ref _lost) is > 0 and long lost)
                {
                    StandardStreams.Write(descriptor, Encoding.UTF8.GetBytes(Lost(lost)));
                    Interlocked.Add(ref _lost, -lost);
                }

                StandardStreams.Write(descriptor, _writing.AsSpan(0, count));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Interlocked.Add(ref _lost, _linesBeingWritten);
            }
        }
    }
}
