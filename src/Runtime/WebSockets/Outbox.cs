using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>What waits for a client beside its outbox, and how much may in all.</summary>
/// <param name="Waiting">Bytes that wait elsewhere.</param>
/// <param name="Shared">How many of them others share, so that they are in memory once.</param>
/// <param name="Limit">The route's.</param>
internal readonly record struct Backlog(long Waiting, long Shared, long Limit);

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
    /// Adds a message unless more would wait than may, or than the budget has left. With <paramref name="post"/> the
    /// caller has to have the socket's turn posted. A message that is to be compressed has no head yet.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, MessageKind? compressAs,
        in Backlog backlog, out bool post)
    {
        post = false;
        lock (_lock)
        {
            if (_isClosed || backlog.Waiting + _bytes + payload.Length > backlog.Limit) return false;

            int cost = CostOf(head, payload);
            if (!service.TryHold(backlog.Waiting - backlog.Shared + _bytes, cost)) return false;

            _bytes += cost;
            Add(head, payload, compressAs);
            post = TakePost();
            return true;
        }
    }

    /// <summary>The same for a control frame, which is not lost to the budget.</summary>
    public bool TryAddControl(
        ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, long waiting, long limit, out bool post)
    {
        post = false;
        lock (_lock)
        {
            if (_isClosed || waiting + _bytes + payload.Length > limit) return false;

            int cost = CostOf(head, payload);
            service.Hold(cost);
            _bytes += cost;
            Add(head, payload, compressAs: null);
            post = TakePost();
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
            socket.TakeOver(_bytes);
            _bytes = 0;
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
            if (_bytes != 0) service.Hold(-_bytes);
            _bytes = 0;
        }
    }

    // An empty one waits, too
    private static int CostOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload) =>
        Math.Max(head.Length + payload.Length, 1);

    private bool TakePost()
    {
        bool post = !_isPosted;
        _isPosted = true;
        return post;
    }

    private void Add(ReadOnlySpan<byte> head, ReadOnlySpan<byte> payload, MessageKind? compressAs)
    {
        int length = head.Length + payload.Length;
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
