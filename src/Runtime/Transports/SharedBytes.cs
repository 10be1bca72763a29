namespace Prebake.Transports;

/// <summary>
/// Bytes that many connections send, and that never change. They lie in memory once, however many peers are slow, and
/// are told how many keep them there.
/// </summary>
internal abstract class SharedBytes(ReadOnlyMemory<byte> memory)
{
    private int _holders;

    public ReadOnlyMemory<byte> Memory => memory;

    /// <summary>A slow peer keeps them in memory already. From any thread, and then a moment's answer.</summary>
    public bool IsHeld => Volatile.Read(ref _holders) > 0;

    /// <summary>A peer has not taken all of them, and they wait. From any loop.</summary>
    public void Hold()
    {
        if (Interlocked.Increment(ref _holders) == 1) Changed(memory.Length);
    }

    /// <summary>The same, if others keep them in memory already.</summary>
    protected bool TryJoin()
    {
        int holders = Volatile.Read(ref _holders);
        while (holders > 0)
        {
            int seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders) return true;
            holders = seen;
        }

        return false;
    }

    /// <summary>The same, where <see cref="Changed"/> has been done already. False: somebody else was first.</summary>
    protected bool HoldFirst() => Interlocked.Increment(ref _holders) == 1;

    /// <summary>It has, or is gone.</summary>
    public void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0) Changed(-memory.Length);
    }

    /// <summary>So many more bytes of memory are kept for slow peers, or fewer.</summary>
    protected abstract void Changed(int bytes);
}
