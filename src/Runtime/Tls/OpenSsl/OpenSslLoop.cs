using System.Runtime.InteropServices;
using static Prebake.Tls.OpenSsl.LibSsl;

namespace Prebake.Tls.OpenSsl;

/// <summary>
/// What the sessions of one loop share, since only one of them is at work at a time: the buffers of the present call, and which
/// sessions were used last, for their record buffers.
/// </summary>
internal sealed unsafe class OpenSslLoop
{
    /// <summary>Room for what OpenSSL says while it reads: a whole flight of certificates in most cases.</summary>
    private const int SpokenSize = 32 << 10;

    // 34 KiB each: 4 MiB for a loop at most. Those that come and go are served from them without asking for memory
    private const int MostWarm = 128;

    // What so many sessions need to shake hands
    private const int SessionsAhead = 8, Ahead = SessionsAhead * (72 << 10);

    [ThreadStatic] private static OpenSslLoop? t_current;

    private readonly CallBuffers* _call;
    private readonly byte* _spoken;
    private int _spokenStart, _spokenEnd;
    private OpenSslSession? _speaker;           // whose words those are

    private int _natives, _provided;           // sessions with a native object, and for how many there is memory

    // A list of sessions with record buffers, the last used one first
    private OpenSslSession? _warmest, _coldest;
    private int _warm;

    private OpenSslLoop()
    {
        _call = (CallBuffers*)NativeMemory.AllocZeroed((nuint)sizeof(CallBuffers));
        _spoken = (byte*)NativeMemory.Alloc(SpokenSize);

        // Once one of twice the size has been freed, glibc takes what GrowHeap asks for from the heap instead of giving it a mapping of its own; for the
        // whole process, as it does after any large block
        NativeMemory.Free(NativeMemory.Alloc(2 * Ahead));
    }

    ~OpenSslLoop()
    {
        NativeMemory.Free(_call);
        NativeMemory.Free(_spoken);
    }

    /// <summary>Of this thread.</summary>
    public static OpenSslLoop Current => t_current ??= new OpenSslLoop();

    public CallBuffers* Call => _call;

    /// <summary>How many bytes the present call has written.</summary>
    public int Written => _call->OutUsed;

    /// <summary>How many bytes the present call has not read.</summary>
    public int Unread => _call->InLength;

    /// <summary>What this session has said waits to be taken by <see cref="TakeSpoken"/>.</summary>
    public bool HasSpoken(OpenSslSession session) => session == _speaker && _spokenEnd > _spokenStart;

    /// <summary>
    /// A session is about to have a native object. The heap of a thread other than the first one grows, in glibc, by as much as is asked for, with a
    /// system call each time: seven of them for a handshake. Once it has grown by more, it keeps that and hands it out in pieces.
    /// </summary>
    public void AddNative()
    {
        if (++_natives <= _provided) return;
        GrowHeap();
        _provided = _natives + SessionsAhead - 1;
    }

    private static void GrowHeap()
    {
        try
        {
            NativeMemory.Free(NativeMemory.Alloc(Ahead));
        }
        catch (OutOfMemoryException)
        {
            // So much in one piece: what is really needed may still be there
        }
    }

    /// <summary>The next call of this session reads these bytes, and what it says is kept.</summary>
    public void BeginReading(OpenSslSession session, byte* wire, int length)
    {
        _speaker = session;
        *_call = new CallBuffers { In = wire, InLength = length, Out = _spoken, OutRoom = SpokenSize };
        _spokenStart = _spokenEnd = 0;
    }

    public void EndReading()
    {
        _spokenEnd = _call->OutUsed;
        *_call = default;
    }

    /// <summary>The next call reads nothing, and writes to this place.</summary>
    public void BeginWriting(byte* to, int room) => *_call = new CallBuffers { Out = to, OutRoom = room };

    public void EndWriting() => *_call = default;

    /// <summary>Of what has been said, as much as fits.</summary>
    public int TakeSpoken(Span<byte> to)
    {
        int count = Math.Min(to.Length, _spokenEnd - _spokenStart);
        new ReadOnlySpan<byte>(_spoken + _spokenStart, count).CopyTo(to);
        _spokenStart += count;
        return count;
    }

    /// <summary>
    /// What the present call has said so far, which is not to be taken by <see cref="TakeSpoken"/>; null if that is
    /// nothing.
    /// </summary>
    public byte[]? TakeBack()
    {
        if (_call->OutUsed == 0) return null;

        byte[] bytes = new ReadOnlySpan<byte>(_call->Out, _call->OutUsed).ToArray();
        _call->OutUsed = 0;
        return bytes;
    }

    /// <summary>A session has been used: it keeps its buffers, and another may lose its own.</summary>
    public void Touch(OpenSslSession session)
    {
        if (session == _warmest) return;

        if (session.IsWarm) Unlink(session);
        else
        {
            session.IsWarm = true;
            _warm++;
        }

        session.Colder = _warmest;
        if (_warmest is not null) _warmest.Warmer = session;
        _warmest = session;
        _coldest ??= session;

        if (_warm <= MostWarm) return;
        OpenSslSession coldest = _coldest;
        Forget(coldest);
        coldest.FreeBuffers();
    }

    /// <summary>A session's native object is gone.</summary>
    public void RemoveNative() => _provided = Math.Min(_provided, --_natives + SessionsAhead);

    /// <summary>A session is gone, perhaps before what it has said was taken: that is nobody else's.</summary>
    public void Leave(OpenSslSession session)
    {
        Forget(session);
        if (_speaker == session) _speaker = null;
    }

    /// <summary>A session has no buffers any more.</summary>
    public void Forget(OpenSslSession session)
    {
        if (!session.IsWarm) return;
        Unlink(session);
        session.IsWarm = false;
        _warm--;
    }

    private void Unlink(OpenSslSession session)
    {
        if (session.Warmer is { } warmer) warmer.Colder = session.Colder;
        else _warmest = session.Colder;
        if (session.Colder is { } colder) colder.Warmer = session.Warmer;
        else _coldest = session.Warmer;
        session.Warmer = session.Colder = null;
    }
}
