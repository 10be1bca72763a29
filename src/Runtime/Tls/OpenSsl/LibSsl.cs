using System.Runtime.InteropServices;

namespace Prebake.Tls.OpenSsl;

/// <summary>
/// The functions of OpenSSL 3 that are called, and nothing else of it, so that another library with the same names can take its
/// place. Those of libcrypto are found through libssl, which depends on it.
/// </summary>
internal static unsafe partial class LibSsl
{
    // The name that LibSslFile resolves
    private const string Name = LibSslFile.ImportName;

    public const ulong InitNoAtExit = 0x80000;

    public const int ErrorNone = 0, ErrorSsl = 1, ErrorWantRead = 2, ErrorWantWrite = 3, ErrorSyscall = 5, ErrorZeroReturn = 6;

    public const ulong OpNoTicket = 1 << 14, OpNoCompression = 1 << 17, OpPrioritizeChaCha = 1 << 21,
        OpServerPreference = 1 << 22, OpNoRenegotiation = 1 << 30;

    public const int CtrlMode = 33, CtrlReadAhead = 41, CtrlSessionCacheMode = 44, CtrlStatusCallback = 63,
        CtrlStatusResponse = 71, CtrlClearMode = 78, CtrlChainCertificate = 89, CtrlDhAuto = 118, CtrlMinProtocol = 123, CtrlMaxProtocol = 124;

    public const int ModePartialWrite = 1, ModeMovingBuffer = 2, ModeAutoRetry = 4, ModeNoAutoChain = 8,
        ModeReleaseBuffers = 0x10;

    public const int VerifyNone = 0, VerifyPeer = 1, VerifyFailWithout = 2;

    public const int Tls12 = 0x0303, Tls13 = 0x0304;

    public const int BioRead = 1, BioWrite = 2, BioShouldRetry = 8, BioCtrlFlush = 11;

    // ---- the library -----------------------------------------------------------------------------------------------

    [LibraryImport(Name)] public static partial int OPENSSL_init_ssl(ulong options, void* settings);
    [LibraryImport(Name)] public static partial nuint OpenSSL_version_num();
    [LibraryImport(Name), SuppressGCTransition] public static partial void ERR_clear_error();
    [LibraryImport(Name)] public static partial nuint ERR_peek_last_error();
    [LibraryImport(Name)] public static partial nuint ERR_peek_error();
    [LibraryImport(Name)] public static partial byte* ERR_reason_error_string(nuint error);
    [LibraryImport(Name)] public static partial int RAND_bytes(byte* to, int count);
    [LibraryImport(Name)] public static partial byte* SHA256(byte* data, nuint length, byte* digest);
    [LibraryImport(Name)] public static partial byte* OPENSSL_cipher_name(byte* standardName);
    [LibraryImport(Name)] public static partial void* CRYPTO_malloc(nuint size, byte* file, int line);

    // ---- contexts --------------------------------------------------------------------------------------------------

    [LibraryImport(Name)] public static partial nint TLS_server_method();
    [LibraryImport(Name)] public static partial nint SSL_CTX_new(nint method);
    [LibraryImport(Name)] public static partial void SSL_CTX_free(nint context);
    [LibraryImport(Name)] public static partial nint SSL_CTX_ctrl(nint context, int command, nint number, void* pointer);
    [LibraryImport(Name)] public static partial nint SSL_CTX_callback_ctrl(nint context, int command, void* callback);
    [LibraryImport(Name)] public static partial ulong SSL_CTX_set_options(nint context, ulong options);
    [LibraryImport(Name)] public static partial void SSL_CTX_set_verify(nint context, int mode, void* callback);
    [LibraryImport(Name)] public static partial int SSL_CTX_use_certificate(nint context, nint certificate);
    [LibraryImport(Name)] public static partial int SSL_CTX_use_PrivateKey(nint context, nint key);
    [LibraryImport(Name)] public static partial int SSL_CTX_check_private_key(nint context);
    [LibraryImport(Name)] public static partial int SSL_CTX_set_cipher_list(nint context, byte* names);
    [LibraryImport(Name)] public static partial int SSL_CTX_set_ciphersuites(nint context, byte* names);
    [LibraryImport(Name)] public static partial int SSL_CTX_set_session_id_context(nint context, byte* id, uint length);
    [LibraryImport(Name)] public static partial nint SSL_CTX_set_timeout(nint context, nint seconds);
    [LibraryImport(Name)] public static partial int SSL_CTX_set_num_tickets(nint context, nuint count);
    [LibraryImport(Name)] public static partial void SSL_CTX_set_client_hello_cb(nint context, void* callback, void* argument);
    [LibraryImport(Name)] public static partial void SSL_CTX_set_alpn_select_cb(nint context, void* callback, void* argument);
    [LibraryImport(Name)] public static partial int SSL_CTX_set_tlsext_ticket_key_evp_cb(nint context, void* callback);
    [LibraryImport(Name)] public static partial nint SSL_CTX_get_cert_store(nint context);
    [LibraryImport(Name)] public static partial int SSL_CTX_add_client_CA(nint context, nint certificate);
    [LibraryImport(Name)] public static partial int SSL_CTX_set0_tmp_dh_pkey(nint context, nint parameters);

    // ---- connections -----------------------------------------------------------------------------------------------

    [LibraryImport(Name)] public static partial nint SSL_new(nint context);
    [LibraryImport(Name)] public static partial void SSL_free(nint ssl);
    [LibraryImport(Name)] public static partial void SSL_set_bio(nint ssl, nint read, nint write);
    [LibraryImport(Name)] public static partial void SSL_set_accept_state(nint ssl);
    [LibraryImport(Name)] public static partial int SSL_do_handshake(nint ssl);
    [LibraryImport(Name)] public static partial int SSL_read(nint ssl, byte* to, int count);
    [LibraryImport(Name)] public static partial int SSL_write(nint ssl, byte* from, int count);
    [LibraryImport(Name)] public static partial int SSL_shutdown(nint ssl);
    [LibraryImport(Name)] public static partial int SSL_get_error(nint ssl, int result);
    [LibraryImport(Name), SuppressGCTransition] public static partial int SSL_has_pending(nint ssl);
    [LibraryImport(Name)] public static partial int SSL_free_buffers(nint ssl);
    [LibraryImport(Name)] public static partial nint SSL_set_SSL_CTX(nint ssl, nint context);
    [LibraryImport(Name)] public static partial void SSL_set_verify(nint ssl, int mode, void* callback);
    [LibraryImport(Name)] public static partial ulong SSL_set_options(nint ssl, ulong options);
    [LibraryImport(Name)] public static partial ulong SSL_clear_options(nint ssl, ulong options);
    [LibraryImport(Name)] public static partial int SSL_set_num_tickets(nint ssl, nuint count);
    [LibraryImport(Name)] public static partial int SSL_set_ciphersuites(nint ssl, byte* names);
    [LibraryImport(Name)] public static partial nint SSL_ctrl(nint ssl, int command, nint number, void* pointer);
    [LibraryImport(Name)] public static partial int SSL_client_hello_get0_ext(nint ssl, uint type, byte** to, nuint* length);
    [LibraryImport(Name)] public static partial int SSL_version(nint ssl);
    [LibraryImport(Name)] public static partial int SSL_session_reused(nint ssl);
    [LibraryImport(Name)] public static partial nint SSL_get1_peer_certificate(nint ssl);

    // ---- the BIO ---------------------------------------------------------------------------------------------------

    [LibraryImport(Name)] public static partial int BIO_get_new_index();
    [LibraryImport(Name)] public static partial nint BIO_meth_new(int type, byte* name);
    [LibraryImport(Name)] public static partial int BIO_meth_set_read(nint method, void* callback);
    [LibraryImport(Name)] public static partial int BIO_meth_set_write(nint method, void* callback);
    [LibraryImport(Name)] public static partial int BIO_meth_set_ctrl(nint method, void* callback);
    [LibraryImport(Name)] public static partial nint BIO_new(nint method);
    [LibraryImport(Name)] public static partial int BIO_free(nint bio);
    [LibraryImport(Name)] public static partial nint BIO_new_mem_buf(byte* bytes, int length);
    [LibraryImport(Name)] public static partial void BIO_set_init(nint bio, int value);
    [LibraryImport(Name)] public static partial void BIO_set_data(nint bio, void* data);
    [LibraryImport(Name), SuppressGCTransition] public static partial void* BIO_get_data(nint bio);
    [LibraryImport(Name), SuppressGCTransition] public static partial void BIO_set_flags(nint bio, int flags);
    [LibraryImport(Name), SuppressGCTransition] public static partial void BIO_clear_flags(nint bio, int flags);

    // ---- certificates ----------------------------------------------------------------------------------------------

    [LibraryImport(Name)] public static partial nint PEM_read_bio_X509(nint bio, void* to, void* callback, byte* passphrase);
    [LibraryImport(Name)] public static partial nint PEM_read_bio_X509_CRL(nint bio, void* to, void* callback, byte* passphrase);
    [LibraryImport(Name)] public static partial nint PEM_read_bio_PrivateKey(nint bio, void* to, void* callback, byte* passphrase);
    [LibraryImport(Name)] public static partial nint PEM_read_bio_Parameters(nint bio, void* to);
    [LibraryImport(Name)] public static partial void X509_free(nint certificate);
    [LibraryImport(Name)] public static partial void X509_CRL_free(nint list);
    [LibraryImport(Name)] public static partial void EVP_PKEY_free(nint key);
    [LibraryImport(Name)] public static partial int i2d_X509(nint certificate, byte** to);
    [LibraryImport(Name)] public static partial int X509_STORE_add_cert(nint store, nint certificate);
    [LibraryImport(Name)] public static partial int X509_STORE_add_crl(nint store, nint list);
    [LibraryImport(Name)] public static partial int X509_STORE_set_flags(nint store, nuint flags);

    // ---- tickets ---------------------------------------------------------------------------------------------------

    [LibraryImport(Name)] public static partial nint EVP_CIPHER_fetch(nint library, byte* name, byte* properties);
    [LibraryImport(Name)] public static partial int EVP_EncryptInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv);
    [LibraryImport(Name)] public static partial int EVP_DecryptInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv);
    [LibraryImport(Name)] public static partial int EVP_MAC_CTX_set_params(nint context, Parameter* parameters);

    /// <summary><c>OSSL_PARAM</c></summary>
    public struct Parameter
    {
        public byte* Key;
        public uint Type;
        public void* Data;
        public nuint Size;
        public nuint ReturnSize;
    }

    public const uint ParameterText = 4, ParameterBytes = 5;

    /// <summary>What the oldest error in the queue says, or null.</summary>
    public static string? Reason(nuint error) =>
        error == 0 ? null : Marshal.PtrToStringUTF8((nint)ERR_reason_error_string(error)) ?? $"error {error:x}";
}
