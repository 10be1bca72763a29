using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>
/// Frames that other threads, or the turns of other sockets, want sent: they wait here for a turn of this one. From any
/// thread.
/// </summary>
/// <param name="service">Whose budget holds what waits.</param>
internal sealed class Outbox(WebSocketService service)
{
    // Larger frames have memory of their own, which is sent from where it lies
    private const int BlockSize = OutputBuffer.ReferenceThreshold;
    private const int FirstBlock = 512;

    // What is to be compressed has no head, and a kind
    private readonly record struct Block(byte[] Bytes, int Length, bool IsRented, MessageKind? CompressAs);

    private readonly Lock _lock = new();
    private List<Block> _blocks = [];
    private List<Block> _spare = [];
    private byte[]? _open;              // the last block, while it has room
    private int _used;
    private bool _isPosted, _isClosed;
    private long _bytes;

    /// <summary>How many bytes wait.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>
    /// Adds a frame unless that would make more than <paramref name="limit"/> bytes wait, <paramref name="waiting"/> of
    /// them elsewhere.
    /// With <paramref name="post"/> the caller has to have the socket's turn posted. A message that is to be compressed
    /// has no head yet.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, MessageKind? compressAs,
        long waiting, long limit, out bool post)
    {
        post = false;
        lock (_lock)
        {
            if (_isClosed || waiting + _bytes + payload.Length > limit) return false;

            Add(head, payload, compressAs);
            post = !_isPosted;
            _isPosted = true;
            return true;
        }
    }

    /// <summary>A turn is wanted although nothing is to be sent. True: the caller has to post it.</summary>
    public bool WantTurn()
    {
        lock (_lock)
        {
            if (_isClosed || _isPosted) return false;
            return _isPosted = true;
        }
    }

    /// <summary>On the loop, in the socket's turn: writes all that waits, or as much as the connection lives to
    /// see.</summary>
    public void WriteTo(WebSocketProtocol socket)
    {
        List<Block> blocks;
        lock (_lock)
        {
            _isPosted = false;
            if (_open is null && _blocks.Count == 0) return;

            CloseBlock();
            blocks = _blocks;
            _blocks = _spare;
            _spare = blocks;            // empty again before this method is called anew
            Count(-_bytes);
        }

        int done = 0;
        try
        {
            // What is written may be flushed in the middle, and the client have gone: nothing is compressed then
            for (; done < blocks.Count && !socket.IsLost; done++)
            {
                Write(blocks[done], socket);
                GiveBack(blocks[done]);
            }
        }
        finally
        {
            for (; done < blocks.Count; done++) GiveBack(blocks[done]);
            blocks.Clear();             // also after an exception: nothing is sent, or given back, twice
        }
    }

    private static void Write(in Block block, WebSocketProtocol socket)
    {
        if (block.CompressAs is { } kind) socket.WriteLate(block.Bytes.AsSpan(0, block.Length), kind);
        else if (block.IsRented) socket.WriteFrames(block.Bytes.AsSpan(0, block.Length));
        else socket.WriteFrames(block.Bytes.AsMemory(0, block.Length));
    }

    private static void GiveBack(in Block block)
    {
        if (block.IsRented) Buffers.Return(block.Bytes);
    }

    /// <summary>Nothing more is taken; what waits is given back.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            CloseBlock();
            foreach (Block block in _blocks) GiveBack(block);
            _blocks.Clear();
            Count(-_bytes);
        }
    }

    // Held before anything is copied, so that no other sender takes the same room meanwhile
    private void Count(long bytes)
    {
        _bytes += bytes;
        if (bytes != 0) service.Hold(bytes);
    }

    private void Add(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, MessageKind? compressAs)
    {
        int length = head.Length + payload.Length;
        Count(Math.Max(length, 1));             // an empty one waits, too

        if (compressAs is not null)
        {
            CloseBlock();
            byte[] rented = Buffers.Rent(Math.Max(length, 1));
            payload.CopyTo(rented);
            _blocks.Add(new Block(rented, length, IsRented: true, compressAs));
            return;
        }

        if (length >= BlockSize)
        {
            CloseBlock();
            byte[] own = GC.AllocateUninitializedArray<byte>(length);
            head.CopyTo(own);
            payload.CopyTo(own.AsSpan(head.Length));
            _blocks.Add(new Block(own, length, IsRented: false, CompressAs: null));
            return;
        }

        if (_open is not null && _open.Length - _used < length) CloseBlock();
        if (_open is null)
        {
            // A single message has a small block, many have large ones
            _open = Buffers.Rent(Math.Max(length, _blocks.Count == 0 ? FirstBlock : BlockSize));
            _used = 0;
        }

        head.CopyTo(_open.AsSpan(_used));
        payload.CopyTo(_open.AsSpan(_used + head.Length));
        _used += length;
    }

    private void CloseBlock()
    {
        if (_open is not { } block) return;
        _open = null;
        _blocks.Add(new Block(block, _used, IsRented: true, CompressAs: null));
    }
}
