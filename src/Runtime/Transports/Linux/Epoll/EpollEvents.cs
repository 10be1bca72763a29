using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prebake.Transports.Linux.Epoll;

/// <summary>
/// An array of <c>struct epoll_event</c>, which is packed (12 bytes) on x86-64 and not (16 bytes) everywhere else. The data of each
/// is a descriptor and the generation of the connection that had it when it was registered.
/// </summary>
internal readonly unsafe struct EpollEvents
{
    public static readonly int Stride = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = Stride - 8;

    private readonly byte* _start;

    public EpollEvents(int capacity)
    {
        Capacity = capacity;
        _start = (byte*)NativeMemory.AllocZeroed((nuint)(capacity * Stride));
    }

    public int Capacity { get; }
    public byte* Start => _start;

    public uint FlagsAt(int index) => Unsafe.ReadUnaligned<uint>(_start + index * Stride);
    public ulong DataAt(int index) => Unsafe.ReadUnaligned<ulong>(_start + index * Stride + DataOffset);

    /// <summary>Writes one event at <paramref name="at"/>, for <c>epoll_ctl</c>.</summary>
    public static void Write(byte* at, uint flags, ulong data)
    {
        Unsafe.WriteUnaligned(at, flags);
        Unsafe.WriteUnaligned(at + DataOffset, data);
    }

    public void Free() => NativeMemory.Free(_start);
}
