using static Prebake.Transports.Linux.Uring.UringAbi;

namespace Prebake.Transports.Linux.Uring;

/// <summary>
/// The buffers that the kernel receives into: it takes one when something has come, so that no connection holds one while it waits. Each is used in place and
/// given back at once.
/// </summary>
internal sealed unsafe class ReceiveBuffers : IDisposable
{
    /// <summary>A request with a browser's fields, or a small one with its body. What is larger is received another way.</summary>
    public const int Size = 2 << 10;

    // Half a megabyte: more connections than have something to say at the same moment. The others wait for a round.
    private const int Count = 256;

    private static readonly nuint s_ringSize = (nuint)(Count * sizeof(UringAbi.Buffer));

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(Count * Size, pinned: true);
    private readonly UringAbi.Buffer* _ring;
    private readonly ulong _start;
    private ushort _tail;

    private ReceiveBuffers(UringAbi.Buffer* ring)
    {
        _ring = ring;
        fixed (byte* start = _bytes) _start = (ulong)start;
        for (int i = 0; i < Count; i++) GiveBack(i);
    }

    /// <summary>Makes the buffers and tells the kernel of them; null when it does not know such buffers.</summary>
    public static ReceiveBuffers? TryCreate(Ring ring)
    {
        byte* memory = mmap(null, s_ringSize, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
        if (memory == (byte*)-1) return null;

        var buffers = new ReceiveBuffers((UringAbi.Buffer*)memory);
        if (ring.TryRegister(new BufferRing { Address = (ulong)memory, Entries = Count })) return buffers;

        buffers.Dispose();
        return null;
    }

    public ArraySegment<byte> Bytes(int id, int length) => new(_bytes, id * Size, length);

    /// <summary>The kernel may use the buffer again.</summary>
    public void GiveBack(int id)
    {
        UringAbi.Buffer* entry = _ring + (_tail & (Count - 1));
        entry->Address = _start + (ulong)(id * Size);
        entry->Length = Size;
        entry->Id = (ushort)id;
        Volatile.Write(ref _ring->Tail, ++_tail);
    }

    /// <summary>The ring is closed.</summary>
    public void Dispose() => munmap(_ring, s_ringSize);
}
