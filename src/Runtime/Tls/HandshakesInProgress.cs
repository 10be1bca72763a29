namespace Prebake.Tls;

/// <summary>
/// The handshakes of one loop that have begun and not ended, the oldest first. They are capped: each costs memory before anybody has
/// shown that it is worth it, and one that stalls costs it until its time is up. Who has sent nothing costs none, and is not among them.
/// </summary>
internal sealed class HandshakesInProgress
{
    // About 40 KiB each, so 20 MiB for a loop; and far more than a core can shake at a time
    private const int Most = 512;

    // Whoever takes longer is not waiting for us
    private const int Patience = 2000;

    [ThreadStatic] private static HandshakesInProgress? t_current;

    private TlsHandshake? _oldest, _youngest;

    /// <summary>Of this thread's loop.</summary>
    public static HandshakesInProgress Current => t_current ??= new HandshakesInProgress();

    public int Count { get; private set; }

    /// <summary>A new one. If there are too many, the oldest makes room if it stalls; else the next ones wait to be accepted.</summary>
    public void Add(TlsHandshake handshake)
    {
        if (Count >= Most)
        {
            if (handshake.BegunAt - _oldest!.BegunAt > Patience || Count >= 2 * Most) _oldest.Evict();
            else handshake.Loop.PauseAccepting();
        }

        handshake.Older = _youngest;
        if (_youngest is not null) _youngest.Younger = handshake;
        _youngest = handshake;
        _oldest ??= handshake;
        Count++;
    }

    public void Remove(TlsHandshake handshake)
    {
        if (handshake.Older is { } older) older.Younger = handshake.Younger;
        else _oldest = handshake.Younger;
        if (handshake.Younger is { } younger) younger.Older = handshake.Older;
        else _youngest = handshake.Older;
        handshake.Older = handshake.Younger = null;
        Count--;
    }
}
