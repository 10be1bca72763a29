namespace Prebake.Http;

/// <summary>Bytes that are held in memory while they are few, and in a temporary file that nobody else can open when they are many.</summary>
internal sealed class SpooledContent : IDisposable
{
    // 64 KiB: most of what forms carry, and a thousand of them are 64 MiB
    private const int MostInMemory = 64 << 10;

    private byte[] _memory = [];
    private FileStream? _file;
    private volatile bool _isOver;

    public long Length { get; private set; }

    /// <summary>Reads a part to its end.</summary>
    public async ValueTask FillAsync(FormPart part)
    {
        await using var writer = new Writer(this);
        await part.CopyToAsync(writer).ConfigureAwait(false);
    }

    public Stream OpenRead()
    {
        ObjectDisposedException.ThrowIf(_isOver, typeof(UploadedFile));
        return _file is null ? new MemoryStream(_memory, 0, (int)Length, writable: false) : new Reader(this);
    }

    /// <summary>The file is gone with its handle.</summary>
    public void Dispose()
    {
        _isOver = true;
        _file?.Dispose();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(_isOver, typeof(UploadedFile));
        if (_file is null && Length + bytes.Length > MostInMemory)
        {
            _file = Create(Path.Combine(Path.GetTempPath(), "prebake-" + Path.GetRandomFileName()));
            RandomAccess.Write(_file.SafeFileHandle, _memory.AsSpan(0, (int)Length), 0);
            _memory = [];
        }

        if (_file is not null) RandomAccess.Write(_file.SafeFileHandle, bytes, Length);
        else
        {
            if (_memory.Length < Length + bytes.Length)
                Array.Resize(ref _memory, (int)Math.Min(MostInMemory, Math.Max(Length + bytes.Length, _memory.Length * 2L)));
            bytes.CopyTo(_memory.AsSpan((int)Length));
        }

        Length += bytes.Length;
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose, BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private sealed class Writer(SpooledContent content) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => content.Write(buffer);
    }

    private sealed class Reader(SpooledContent content) : Stream
    {
        private long _at;

        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => content.Length;

        public override long Position
        {
            get => _at;
            set
            {
                ArgumentOutOfRangeException.ThrowIfNegative(value);
                _at = value;
            }
        }

        public override int Read(Span<byte> buffer)
        {
            ObjectDisposedException.ThrowIf(content._isOver, typeof(UploadedFile));
            int read = RandomAccess.Read(content._file!.SafeFileHandle, buffer, _at);
            _at += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new(Read(buffer.Span));
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override long Seek(long offset, SeekOrigin origin)
        {
            Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _at + offset, _ => Length + offset };
            return _at;
        }

        public override void Flush() { }
        public override void SetLength(long value) => throw new NotSupportedException("An uploaded file is read only.");
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("An "
            + "uploaded file is read only.");
    }

    /// <summary>A stream that takes bytes and does nothing else.</summary>
    private abstract class WriteOnlyStream : Stream
    {
        public sealed override bool CanRead => false;
        public sealed override bool CanSeek => false;
        public sealed override bool CanWrite => true;
        public sealed override long Length => throw new NotSupportedException();
        public sealed override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public abstract override void Write(ReadOnlySpan<byte> buffer);

        public sealed override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public sealed override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Write(buffer.Span);
            return default;
        }

        public sealed override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public sealed override void Flush() { }
        public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public sealed override void SetLength(long value) => throw new NotSupportedException();
    }
}
