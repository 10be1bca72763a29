using static Prebake.Tls.OpenSsl.LibSsl;

namespace Prebake.Tls.OpenSsl;

/// <summary>Seals tickets with the server's keys, as RFC 5077 section 4 proposes: AES-256 and HMAC-SHA-256.</summary>
internal static unsafe class TicketSeal
{
    // The last has OpenSSL give out another one
    private const int Failed = -1, Unknown = 0, Usable = 1, UsedUp = 2;
    private const int IvSize = 16;

    // Fetched once, at the start: each implicit fetch takes a lock
    private static nint s_cipher;

    /// <summary>Looks for what it needs, so that it is missed at the start and not in a handshake.</summary>
    /// <exception cref="PlatformNotSupportedException">OpenSSL does not have it.</exception>
    public static void Prepare()
    {
        if (s_cipher == 0) s_cipher = Fetch();
    }

    /// <summary>A new ticket.</summary>
    public static int Begin(TicketKeys keys, byte* name, byte* iv, nint cipher, nint mac)
    {
        TicketKey key = keys.Present;
        key.Name.CopyTo(new Span<byte>(name, TicketKey.NameSize));
        if (RAND_bytes(iv, IvSize) != 1) return Failed;

        fixed (byte* encryption = key.Encryption)
            return EVP_EncryptInit_ex(cipher, s_cipher, 0, encryption, iv) == 1 && SetMac(mac, key) ? Usable : Failed;
    }

    /// <summary>
    /// One that a client has brought. With TLS 1.3 it uses each once, so that nobody can tell by it that it has come back
    /// (RFC 8446 appendix C.4), and gets another.
    /// </summary>
    public static int Resume(TicketKeys keys, byte* name, byte* iv, nint cipher, nint mac, bool isTls13)
    {
        if (keys.Find(new ReadOnlySpan<byte>(name, TicketKey.NameSize)) is not { } key) return Unknown;

        fixed (byte* encryption = key.Encryption)
        {
            if (EVP_DecryptInit_ex(cipher, s_cipher, 0, encryption, iv) != 1 || !SetMac(mac, key)) return Failed;
        }

        return key == keys.Present && !isTls13 ? Usable : UsedUp;
    }

    private static bool SetMac(nint mac, TicketKey key)
    {
        fixed (byte* keyName = "key\0"u8, digestName = "digest\0"u8, digest = "SHA256\0"u8, secret = key.Authentication)
        {
            Parameter* parameters = stackalloc Parameter[3];
            parameters[0] = new Parameter
            {
                Key = keyName, Type = ParameterBytes, Data = secret, Size = (nuint)key.Authentication.Length,
            };
            parameters[1] = new Parameter { Key = digestName, Type = ParameterText, Data = digest, Size = 6 };
            parameters[2] = default;
            return EVP_MAC_CTX_set_params(mac, parameters) == 1;
        }
    }

    private static nint Fetch()
    {
        nint cipher;
        fixed (byte* name = "AES-256-CBC\0"u8) cipher = EVP_CIPHER_fetch(0, name, null);
        return cipher != 0 ? cipher : throw new PlatformNotSupportedException(
            "OpenSSL has no AES-256-CBC, which session tickets need. Check its configuration (openssl.cnf).");
    }
}
