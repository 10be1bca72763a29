using System.Runtime.InteropServices;

namespace Prebake.Benchmarks.Load;

/// <summary>The functions of OpenSSL 3 that a client needs.</summary>
internal static unsafe partial class LibSsl
{
    private const string Name = "libssl.so.3";

    public const int ControlHostName = 55, ControlGroups = 92, ControlMinProtocol = 123, Tls13 = 0x0304, ErrorZeroReturn = 6;

    [LibraryImport(Name)] public static partial nint TLS_client_method();
    [LibraryImport(Name)] public static partial nint SSL_CTX_new(nint method);
    [LibraryImport(Name)] public static partial nint SSL_CTX_ctrl(nint context, int command, nint number, byte* pointer);
    [LibraryImport(Name)] public static partial int SSL_CTX_set_ciphersuites(nint context, byte* names);
    [LibraryImport(Name)] public static partial int SSL_CTX_set_alpn_protos(nint context, byte* names, uint length);
    [LibraryImport(Name)] public static partial nint SSL_new(nint context);
    [LibraryImport(Name)] public static partial void SSL_free(nint ssl);
    [LibraryImport(Name)] public static partial nint SSL_ctrl(nint ssl, int command, nint number, byte* pointer);
    [LibraryImport(Name)] public static partial int SSL_set_fd(nint ssl, int descriptor);
    [LibraryImport(Name)] public static partial int SSL_set_session(nint ssl, nint session);
    [LibraryImport(Name)] public static partial int SSL_connect(nint ssl);
    [LibraryImport(Name)] public static partial int SSL_read(nint ssl, byte* to, int count);
    [LibraryImport(Name)] public static partial int SSL_write(nint ssl, byte* from, int count);
    [LibraryImport(Name)] public static partial int SSL_shutdown(nint ssl);
    [LibraryImport(Name)] public static partial int SSL_get_error(nint ssl, int result);
    [LibraryImport(Name)] public static partial int SSL_session_reused(nint ssl);
    [LibraryImport(Name)] public static partial nint SSL_get1_session(nint ssl);
    [LibraryImport(Name)] public static partial void SSL_SESSION_free(nint session);
    [LibraryImport(Name)] public static partial void ERR_clear_error();
}
