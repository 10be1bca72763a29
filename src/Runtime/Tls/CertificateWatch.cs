using Microsoft.Win32.SafeHandles;

namespace Prebake.Tls;

/// <summary>
/// Notices that files have been replaced, by looking at them now and then. Looking finds what events of the kernel
/// miss: a link that leads elsewhere (certbot), a directory of links that is swapped (Kubernetes), a mount, a network
/// share. It costs a few system calls.
/// </summary>
internal sealed class CertificateWatch : IDisposable
{
    private readonly string[] _files;
    private readonly TimeSpan _interval;
    private readonly Action _changed;
    private readonly Timer _timer;
    private FileStamp[] _told, _seen;
    private volatile bool _disposed;

    /// <summary>Takes note of the files as they are, which are to be read after this.</summary>
    /// <param name="files">Their paths.</param>
    /// <param name="interval">The time between two looks.</param>
    /// <param name="changed">
    /// Called on the thread pool, never twice at a time, when files are not what they were and have been left alone for
    /// one interval: who renews them may write one after the other.
    /// </param>
    public CertificateWatch(IEnumerable<string> files, TimeSpan interval, Action changed)
    {
        // Where they are now, if the process changes its directory
        _files = [.. files.Select(Path.GetFullPath).Distinct()];
        (_interval, _changed) = (interval, changed);
        _told = _seen = Look();
        _timer = new Timer(static watch => ((CertificateWatch)watch!).Tick(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Begins to look.</summary>
    /// <param name="written">
    /// Files that whoever read them has written just before: as they are now, they are no news. A development certificate
    /// is made by its first use.
    /// </param>
    public void Start(IEnumerable<string>? written = null)
    {
        foreach (string file in written ?? [])
        {
            int at = Array.IndexOf(_files, Path.GetFullPath(file));
            if (at >= 0) _told[at] = FileStamp.Of(_files[at]);
        }

        WaitOnce();
    }

    public void Dispose()
    {
        _disposed = true;
        _timer.Dispose();
    }

    private void Tick()
    {
        try
        {
            FileStamp[] now = Look();
            bool isQuiet = now.AsSpan().SequenceEqual(_seen);
            _seen = now;
            if (isQuiet && !now.AsSpan().SequenceEqual(_told))
            {
                _told = now;
                _changed();
            }
        }
        catch (Exception)
        {
            // Who was called has said what went wrong; a log that throws is no reason to end the process
        }
        finally
        {
            WaitOnce();
        }
    }

    private void WaitOnce()
    {
        try
        {
            if (!_disposed) _timer.Change(_interval, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // Stopped meanwhile
        }
    }

    private FileStamp[] Look() => Array.ConvertAll(_files, FileStamp.Of);

    /// <summary>
    /// What tells a file from the one that was at its path before: of the file itself, not of a link that leads to it.
    /// </summary>
    private readonly record struct FileStamp(long Length, DateTime Written, int Content)
    {
        // Lists of revocations can be large, and have another length when they change
        private const int MostHashed = 1 << 20;

        // Nothing that could be read
        private static readonly FileStamp s_none = new(-1, default, 0);

        public static FileStamp Of(string path)
        {
            try
            {
                using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
                long length = RandomAccess.GetLength(file);
                return new FileStamp(length, File.GetLastWriteTimeUtc(file), length <= MostHashed ? HashOf(file, (int)length) : 0);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                return s_none;
            }
        }

        // Certificates of one kind have the same length, and file systems tell times no finer than some milliseconds
        private static int HashOf(SafeFileHandle file, int length)
        {
            var bytes = new byte[length];
            int count = 0;
            for (int read; count < length && (read = RandomAccess.Read(file, bytes.AsSpan(count), count)) > 0;) count += read;

            var hash = new HashCode();
            hash.AddBytes(bytes.AsSpan(0, count));
            return hash.ToHashCode();
        }
    }
}
