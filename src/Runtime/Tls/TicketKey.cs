using System.Security.Cryptography;

namespace Prebake.Tls;

/// <summary>One key that tickets are sealed with.</summary>
internal sealed class TicketKey
{
    public const int NameSize = 16, AuthenticationSize = 32, EncryptionSize = 32;

    /// <summary>As of the key files of nginx and HAProxy.</summary>
    public const int Size = NameSize + AuthenticationSize + EncryptionSize;

    private readonly byte[] _bytes;

    public TicketKey(byte[] bytes) => _bytes = bytes;

    /// <summary>In front of a ticket, in plain.</summary>
    public ReadOnlySpan<byte> Name => _bytes.AsSpan(0, NameSize);

    public ReadOnlySpan<byte> Authentication => _bytes.AsSpan(NameSize, AuthenticationSize);

    public ReadOnlySpan<byte> Encryption => _bytes.AsSpan(NameSize + AuthenticationSize, EncryptionSize);

    /// <summary>The keys of a file, one behind the other.</summary>
    /// <exception cref="CryptographicException">It has none, or ends within one.</exception>
    public static TicketKey[] In(string path)
    {
        byte[] bytes = TlsFile.ReadBytes(path, "ticket keys");
        if (bytes.Length == 0 || bytes.Length % Size != 0)
            throw new CryptographicException(
                $"The file of the TLS ticket keys must have 80 bytes for each key, and has {bytes.Length}: "
                    + $"{TlsFile.Quote(path)}. \"openssl rand 80\" makes one.");

        return [.. bytes.Chunk(Size).Select(each => new TicketKey(each))];
    }
}
