using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Prebake.Transports;

/// <summary>
/// Has memory brought into the cache before it is needed. What belongs to one of a thousand connections is not there any more when its turn comes again; while the
/// kernel sends for the one before, it can come by itself. A twentieth of what an event for a thousand listeners costs.
/// </summary>
internal static unsafe class ReadAhead
{
    private const int Line = 64;

    /// <summary>The first lines of an object, and of what was made right behind it. A hint, without effect where .NET has no such instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of(object value, int lines)
    {
        if (!Sse.IsSupported) return;

        // Wrong after a collection that moves the object; a hint may be wrong
        byte* start = *(byte**)Unsafe.AsPointer(ref value);
        for (int i = 0; i < lines; i++) Sse.Prefetch0(start + (i * Line));
    }
}
