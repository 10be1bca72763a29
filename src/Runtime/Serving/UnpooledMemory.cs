using System.Buffers;

namespace Prebake.Serving;

/// <summary>
/// Memory for what user code is handed and may hold on to: the collector takes it back, and nobody else gets it.
/// </summary>
internal sealed class UnpooledMemory : MemoryPool<byte>
{
    public static readonly UnpooledMemory Instance = new();

    private const int Usual = 4 << 10;

    public override int MaxBufferSize => Array.MaxLength;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
        new Block(GC.AllocateUninitializedArray<byte>(minBufferSize < 0 ? Usual : minBufferSize));

    protected override void Dispose(bool disposing) { }

    private sealed class Block(byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes;

        public void Dispose() { }
    }
}
