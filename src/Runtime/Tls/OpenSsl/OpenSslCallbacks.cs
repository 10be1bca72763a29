using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Prebake.Tls.OpenSsl.LibSsl;

namespace Prebake.Tls.OpenSsl;

/// <summary>
/// What OpenSSL asks in the middle of a handshake. It calls back on the thread that has called it, so the session that is at work
/// is this thread's. No exception leaves a callback: there is native code above it.
/// </summary>
internal static unsafe class OpenSslCallbacks
{
    private const int HelloSuccess = 1, HelloError = 0;
    private const int ExtensionOk = 0, ExtensionFatal = 2, ExtensionNone = 3;
    private const int AlertInternalError = 80;

    [ThreadStatic] private static OpenSslSession? t_session;
    [ThreadStatic] private static TlsServer? t_server;

    /// <summary>The handshake of this session is at work on this thread.</summary>
    public static void Enter(OpenSslSession session, TlsServer server) => (t_session, t_server) = (session, server);

    public static void Leave() => (t_session, t_server) = (null, null);

    /// <summary>Has the context ask here.</summary>
    public static void Install(nint context)
    {
        SSL_CTX_set_client_hello_cb(
            context, (delegate* unmanaged[Cdecl]<nint, int*, void*, int>)&ClientHello, null);
        SSL_CTX_set_alpn_select_cb(
            context, (delegate* unmanaged[Cdecl]<nint, byte**, byte*, byte*, uint, void*, int>)&ChooseProtocol, null);
        SSL_CTX_set_tlsext_ticket_key_evp_cb(
            context, (delegate* unmanaged[Cdecl]<nint, byte*, byte*, nint, nint, int, int>)&TicketKey);
        SSL_CTX_callback_ctrl(
            context, CtrlStatusCallback, (delegate* unmanaged[Cdecl]<nint, void*, int>)&Status);
    }

    // Before anything else of the hello is looked at: neither the version nor a ticket has been
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ClientHello(nint ssl, int* alert, void* argument)
    {
        try
        {
            const uint ServerName = 0;
            byte* start = null;
            nuint length = 0;
            ReadOnlySpan<byte> name = default;
            if (SSL_client_hello_get0_ext(ssl, ServerName, &start, &length) == 1)
                name = ServerNameIn(new ReadOnlySpan<byte>(start, (int)length));

            if (t_server!.Contexts.Find(name) is OpenSslContext context)
            {
                if (t_session!.TryChoose(context)) return HelloSuccess;

                *alert = AlertInternalError;
                return HelloError;
            }

            // RFC 6066 section 3
            t_session!.RefuseName();
            const int AlertUnrecognizedName = 112;
            *alert = AlertUnrecognizedName;
            return HelloError;
        }
        catch (Exception)
        {
            *alert = AlertInternalError;
            return HelloError;
        }
    }

    // RFC 6066 section 3: a list of names by type, of which one is a host name. What is malformed is refused by OpenSSL later
    private static ReadOnlySpan<byte> ServerNameIn(ReadOnlySpan<byte> extension)
    {
        const int Head = 5;
        if (extension.Length < Head || extension[2] != 0) return default;

        int length = (extension[3] << 8) | extension[4];
        return length <= extension.Length - Head ? extension.Slice(Head, length) : default;
    }

    // RFC 7301: the server's choice, or an alert that says that there is none. Some offer only what is older, and are
    // served, too
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ChooseProtocol(nint ssl, byte** chosen, byte* chosenLength, byte* offered, uint length, void* argument)
    {
        var offer = new ReadOnlySpan<byte>(offered, (int)length);
        int at = Find(offer, "http/1.1"u8);
        if (at < 0) at = Find(offer, "http/1.0"u8);
        if (at < 0) return ExtensionFatal;

        *chosen = offered + at + 1;
        *chosenLength = offer[at];
        return ExtensionOk;
    }

    // Where its length stands, or −1
    private static int Find(ReadOnlySpan<byte> offer, ReadOnlySpan<byte> protocol)
    {
        for (int at = 0; at < offer.Length && at + 1 + offer[at] <= offer.Length; at += 1 + offer[at])
            if (offer.Slice(at + 1, offer[at]).SequenceEqual(protocol))
                return at;

        return -1;
    }

    // RFC 6066 section 8: the client has asked for the certificate's OCSP response
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Status(nint ssl, void* argument)
    {
        if (t_session?.Context.OcspResponse is not { } response) return ExtensionNone;

        // OpenSSL frees it with the connection
        var copy = (byte*)CRYPTO_malloc((nuint)response.Length, null, 0);
        if (copy is null) return ExtensionNone;

        response.CopyTo(new Span<byte>(copy, response.Length));
        SSL_ctrl(ssl, CtrlStatusResponse, response.Length, copy);
        return ExtensionOk;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int TicketKey(nint ssl, byte* name, byte* iv, nint cipher, nint mac, int encrypts)
    {
        try
        {
            TicketKeys keys = t_server!.TicketKeys;
            return encrypts == 1
                ? TicketSeal.Begin(keys, name, iv, cipher, mac)
                : TicketSeal.Resume(keys, name, iv, cipher, mac, SSL_version(ssl) == Tls13);
        }
        catch (Exception)
        {
            return -1;
        }
    }
}
