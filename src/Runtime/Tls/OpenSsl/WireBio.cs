using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Prebake.Tls.OpenSsl.LibSsl;

namespace Prebake.Tls.OpenSsl;

/// <summary>
/// Where the bytes of the present call into OpenSSL lie. In native memory, one per loop: the callbacks read and write it, and
/// touch no object.
/// </summary>
internal unsafe struct CallBuffers
{
    public byte* In;
    public int InLength;
    public byte* Out;
    public int OutRoom;
    public int OutUsed;
}

/// <summary>The one BIO method: OpenSSL's reads and writes are copies from and to <see cref="CallBuffers"/>.</summary>
internal static unsafe class WireBio
{
    private static readonly nint s_method = MakeMethod();

    /// <summary>A BIO over these buffers, which must outlive it.</summary>
    public static nint Make(CallBuffers* buffers)
    {
        nint bio = BIO_new(s_method);
        if (bio == 0) throw new OutOfMemoryException();

        BIO_set_data(bio, buffers);
        BIO_set_init(bio, 1);
        return bio;
    }

    private static nint MakeMethod()
    {
        const int SourceSink = 0x400;
        nint method;
        fixed (byte* name = "prebake"u8) method = BIO_meth_new(BIO_get_new_index() | SourceSink, name);
        if (method == 0) throw new OutOfMemoryException();

        BIO_meth_set_read(method, (delegate* unmanaged[Cdecl]<nint, byte*, int, int>)&Read);
        BIO_meth_set_write(method, (delegate* unmanaged[Cdecl]<nint, byte*, int, int>)&Write);
        BIO_meth_set_ctrl(method, (delegate* unmanaged[Cdecl]<nint, int, nint, void*, nint>)&Control);
        return method;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* to, int count)
    {
        var buffers = (CallBuffers*)BIO_get_data(bio);
        BIO_clear_flags(bio, BioRead | BioWrite | BioShouldRetry);

        int taken = Math.Min(count, buffers->InLength);
        if (taken <= 0)
        {
            BIO_set_flags(bio, BioRead | BioShouldRetry);
            return -1;
        }

        Buffer.MemoryCopy(buffers->In, to, count, taken);
        buffers->In += taken;
        buffers->InLength -= taken;
        return taken;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* from, int count)
    {
        var buffers = (CallBuffers*)BIO_get_data(bio);
        BIO_clear_flags(bio, BioRead | BioWrite | BioShouldRetry);

        int room = buffers->OutRoom - buffers->OutUsed;
        int taken = Math.Min(count, room);
        if (taken <= 0)
        {
            BIO_set_flags(bio, BioWrite | BioShouldRetry);
            return -1;
        }

        Buffer.MemoryCopy(from, buffers->Out + buffers->OutUsed, room, taken);
        buffers->OutUsed += taken;
        return taken;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Control(nint bio, int command, nint number, void* pointer) => command == BioCtrlFlush ? 1 : 0;
}
