using System.Runtime.InteropServices;
using System.Text;
using static Prebake.Tls.OpenSsl.LibSsl;

namespace Prebake.Tls.OpenSsl;

/// <summary>Reads the objects of a text in PEM format, one after the other. Each is the caller's to free; 0 when there is none.</summary>
internal sealed unsafe class PemReader : IDisposable
{
    private readonly nint _text;
    private readonly nint _bio;

    public PemReader(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        _text = (nint)NativeMemory.Alloc((nuint)Math.Max(bytes.Length, 1));
        bytes.CopyTo(new Span<byte>((void*)_text, bytes.Length));
        _bio = BIO_new_mem_buf((byte*)_text, bytes.Length);
        ERR_clear_error();
    }

    /// <summary>The last object that was asked for was not there, and not because it made no sense.</summary>
    public bool IsAtEnd
    {
        get
        {
            const int NoStartLine = 108, Library = 9;
            nuint error = ERR_peek_last_error();
            bool isAtEnd = (error & 0x7FFFFF) == NoStartLine && ((error >> 23) & 0xFF) == Library;
            if (isAtEnd) ERR_clear_error();
            return isAtEnd;
        }
    }

    public nint NextCertificate() => PEM_read_bio_X509(_bio, null, null, null);

    public nint NextRevocations() => PEM_read_bio_X509_CRL(_bio, null, null, null);

    public nint NextParameters() => PEM_read_bio_Parameters(_bio, null);

    public nint NextKey(string? passphrase)
    {
        // Without one OpenSSL would ask at the terminal
        byte[] text = Encoding.UTF8.GetBytes((passphrase ?? "") + '\0');
        fixed (byte* start = text) return PEM_read_bio_PrivateKey(_bio, null, null, start);
    }

    public void Dispose()
    {
        BIO_free(_bio);
        NativeMemory.Free((void*)_text);
    }
}
