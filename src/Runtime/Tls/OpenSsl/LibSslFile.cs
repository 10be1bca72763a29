using System.Runtime.InteropServices;

namespace Prebake.Tls.OpenSsl;

/// <summary>Finds the library when the first certificate is loaded.</summary>
internal static unsafe class LibSslFile
{
    public const string ImportName = "libssl";

    private const string Variable = "PREBAKE_LIBSSL", FileName = "libssl.so.3";

    private static readonly Lock s_loading = new();
    private static nint s_handle;

    /// <summary>Loads it, once for the process.</summary>
    /// <exception cref="PlatformNotSupportedException">It is not there; the message names the package.</exception>
    public static void Load()
    {
        lock (s_loading)
        {
            if (s_handle != 0) return;

            string? named = Environment.GetEnvironmentVariable(Variable);
            string file = string.IsNullOrEmpty(named) ? FileName : named;
            if (!NativeLibrary.TryLoad(file, out nint handle))
                throw new PlatformNotSupportedException(
                    $"TLS needs OpenSSL 3, and \"{file}\" cannot be loaded. Install the package libssl3 (Debian, "
                        + $"Ubuntu, Alpine) or openssl-libs (Fedora, RHEL), or name the file in {Variable}.");

            if (!NativeLibrary.TryGetExport(handle, "SSL_get1_peer_certificate", out _))
            {
                NativeLibrary.Free(handle);
                throw new PlatformNotSupportedException(
                    $"TLS needs OpenSSL 3.0 or later, and \"{file}\" is older. Install the package libssl3 (Debian, "
                        + $"Ubuntu, Alpine) or openssl-libs (Fedora, RHEL), or name another file in {Variable}.");
            }

            NativeLibrary.SetDllImportResolver(
                typeof(LibSslFile).Assembly, (name, _, _) => name == ImportName ? handle : 0);
            s_handle = handle;

            // What it does at the process's end would pull the floor from under loops that are still at work
            LibSsl.OPENSSL_init_ssl(LibSsl.InitNoAtExit, null);
        }
    }
}
