namespace Prebake.Transports;

/// <summary>Listens, and runs the loops that own what it accepts. One per server.</summary>
internal abstract class Transport
{
    /// <summary>The addresses really bound: port 0 has become a number.</summary>
    public abstract IReadOnlyList<BoundAddress> Bound { get; }

    /// <summary>Perhaps the first only, until <see cref="StartOthers"/>.</summary>
    public abstract IReadOnlyList<Loop> Loops { get; }

    /// <summary>Starts the first loop, which is enough to answer. Until then connections wait in the kernel's queue.</summary>
    public abstract void Start();

    /// <summary>Gives back what there is, when <see cref="Start"/> was not called or has failed.</summary>
    public abstract void Abandon();

    /// <summary>
    /// Makes and starts the other loops: each takes a tenth of a millisecond, which need not stand in front of the first answer. Where memory,
    /// descriptors or threads are short, there are fewer. Not after <see cref="StopListening"/>.
    /// </summary>
    public abstract void StartOthers();

    /// <summary>Refuses new connections from now on. Once only; the loops run.</summary>
    public abstract void StopListening();

    /// <summary>Completes when, after <see cref="StopListening"/>, no loop can accept a connection any more.</summary>
    public abstract Task Unlistened { get; }

    /// <summary>Ends the loops once their connections are gone; cuts what is left. Returns when the threads have ended.</summary>
    public abstract Task StopAsync();

    /// <summary>Whether the loops keep the process alive.</summary>
    public abstract void SetBackground(bool background);
}
