using System.Security.Cryptography;
using System.Text;

namespace Prebake.Tls.Portable;

/// <summary>
/// Keys as OpenSSL encrypted them before PKCS#8: a header names the cipher and its start, and the passphrase becomes a
/// key by MD5 (<c>EVP_BytesToKey</c> with one round). .NET does not read them.
/// </summary>
internal static class TraditionalKey
{
    private const string Info = "DEK-Info:";

    /// <exception cref="CryptographicException">The passphrase is wrong, or the cipher is not known.</exception>
    public static PemBlock Decrypt(PemBlock block, string passphrase)
    {
        string body = block.Body.ReplaceLineEndings("\n").Trim();
        int headersEnd = body.IndexOf("\n\n", StringComparison.Ordinal);
        string info = Array.Find(
            body[..Math.Max(headersEnd, 0)].Split('\n'), line => line.StartsWith(Info, StringComparison.Ordinal)) ?? Info;
        if (info[Info.Length..].Split(',', StringSplitOptions.TrimEntries) is not [var cipher, var startText])
            throw new CryptographicException("The key has no header \"DEK-Info\" that says how it is encrypted");

        byte[] start = Convert.FromHexString(startText);
        byte[] encrypted = Convert.FromBase64String(body[headersEnd..]);

        using SymmetricAlgorithm algorithm = AlgorithmOf(cipher);
        algorithm.Key = KeyOf(passphrase, start, algorithm.KeySize / 8);
        return new PemBlock(block.Label, Convert.ToBase64String(algorithm.DecryptCbc(encrypted, start)));
    }

    private static SymmetricAlgorithm AlgorithmOf(string cipher)
    {
        switch (cipher)
        {
            case "AES-128-CBC" or "AES-192-CBC" or "AES-256-CBC":
                Aes aes = Aes.Create();
                aes.KeySize = int.Parse(cipher.AsSpan(4, 3), null);
                return aes;

            case "DES-EDE3-CBC":
                return TripleDES.Create();

            default:
                throw new CryptographicException(
                    $"The key is encrypted with {cipher}. Convert it with openssl pkcs8 -topk8, or use AES");
        }
    }

    private static byte[] KeyOf(string passphrase, byte[] start, int length)
    {
        byte[] secret = Encoding.UTF8.GetBytes(passphrase);
        byte[] salt = start[..8];
        var key = new List<byte>();
        byte[] last = [];
        while (key.Count < length) key.AddRange(last = MD5.HashData([.. last, .. secret, .. salt]));
        return [.. key[..length]];
    }
}
