using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Prebake.Serving;

/// <summary>
/// Where one request stands. <see cref="ExchangeStates.Check"/> holds the ways that lead from one to the next.
/// </summary>
internal enum ExchangeState : byte
{
    /// <summary>No request: the next head may be read into it.</summary>
    Free,

    /// <summary>The head is complete; no handler has been called.</summary>
    Begun,

    /// <summary>The handler is called when the whole body has arrived.</summary>
    Receiving,

    /// <summary>
    /// The loop is at it: a handler runs on the loop, or its reply is written. What is replied is written at once.
    /// </summary>
    Running,

    /// <summary>
    /// A handler, or the thread pool on behalf of a file, is at work elsewhere. What is replied is kept.
    /// </summary>
    Detached,

    /// <summary>A reply has been kept and is on its way to the loop.</summary>
    Kept,

    /// <summary>A body is sent piece by piece.</summary>
    Sending,

    /// <summary>Everything of the response has been written.</summary>
    Answered,

    /// <summary>Over. A late touch is an error.</summary>
    Ended,
}

/// <summary>The one place that says which state may follow which.</summary>
internal static class ExchangeStates
{
    // One row for each state, one bit for each that may follow
    private static readonly int[] s_following =
    [
        /* Free      */ Bit(ExchangeState.Begun),
        /* Begun     */ Bit(ExchangeState.Receiving) | Bit(ExchangeState.Running) | Bit(ExchangeState.Ended),
        /* Receiving */ Bit(ExchangeState.Running) | Bit(ExchangeState.Ended),
        /* Running   */ Bit(ExchangeState.Receiving) | Bit(ExchangeState.Detached) | Bit(ExchangeState.Sending) | Bit(ExchangeState.Answered) | Bit(ExchangeState.Ended),
        /* Detached  */ Bit(ExchangeState.Kept),
        /* Kept      */ Bit(ExchangeState.Running) | Bit(ExchangeState.Ended),
        /* Sending   */ Bit(ExchangeState.Running) | Bit(ExchangeState.Answered) | Bit(ExchangeState.Ended),
        /* Answered  */ Bit(ExchangeState.Ended),
        /* Ended     */ Bit(ExchangeState.Free),
    ];

    /// <summary>Throws when a step is not one of those that may be taken.</summary>
    [Conditional("DEBUG")]
    public static void Check(ExchangeState from, ExchangeState to)
    {
        if ((s_following[(int)from] & Bit(to)) == 0) Forbid(from, to);
    }

    private static int Bit(ExchangeState state) => 1 << (int)state;

    [DoesNotReturn]
    private static void Forbid(ExchangeState from, ExchangeState to) =>
        throw new InvalidOperationException($"A request that is {from} cannot become {to}.");
}
