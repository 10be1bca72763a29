using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>What the dispatcher must know of a handler before it calls it. Known at build time, so emitted as constants.</summary>
[Flags]
[EditorBrowsable(EditorBrowsableState.Never)]
public enum RouteTraits : ushort
{
    /// <summary>The handler returns its result at once and reads nothing that has not arrived: it runs inline, without a copy.</summary>
    None = 0,
    /// <summary>The handler returns a task, so the request may outlive the read that brought it: its head is copied first.</summary>
    Async = 1,
    /// <summary><c>[Blocking]</c>: the handler runs on the thread pool from the start.</summary>
    Blocking = 2,
    /// <summary>The handler binds the whole body as a parameter: it is called when the last byte has arrived.</summary>
    BuffersBody = 4,
    /// <summary><see cref="RouteTable.LimitsOf"/> has something to say.</summary>
    HasLimits = 8,
    /// <summary><see cref="RouteTable.FieldsOf"/> has something to say.</summary>
    HasFields = 16,
    /// <summary><c>[Status]</c>: what is replied is not 200.</summary>
    HasStatus = 32,
    /// <summary>
    /// The handler binds the whole body, and steps, providers or guards come before: what of the body has come with the
    /// head is taken in, and the rest when they have let the request through.
    /// </summary>
    WaitsForBody = 64,
    /// <summary>
    /// Guards or providers that may refuse come before: they are asked before a body is refused that is announced as too
    /// long.
    /// </summary>
    Guarded = 128,
}
