using System.Security.Cryptography;
using System.Text;

namespace Prebake.Tls;

/// <summary>
/// What stands between <c>-----BEGIN …-----</c> and <c>-----END …-----</c> (RFC 7468; headers as in RFC 1421).
/// </summary>
/// <param name="Label">What it says it is, such as <c>CERTIFICATE</c>.</param>
/// <param name="Body">The lines between, headers included.</param>
internal readonly record struct PemBlock(string Label, string Body)
{
    private const string Begin = "-----BEGIN ", Dashes = "-----";

    public bool IsCertificate => Label is "CERTIFICATE" or "X509 CERTIFICATE" or "TRUSTED CERTIFICATE";

    public bool IsPrivateKey => Label is "PRIVATE KEY" || Label.EndsWith(" PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>In the form of PKCS#8, or as OpenSSL wrote keys before that.</summary>
    public bool IsEncrypted => Label is "ENCRYPTED PRIVATE KEY" || IsTraditionallyEncrypted;

    /// <summary>Encrypted by a header in the text, for the key was not in the form of PKCS#8.</summary>
    public bool IsTraditionallyEncrypted => Body.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal);

    /// <summary>
    /// The whole block as RFC 7468 section 2 has it: lines of 64 characters, which OpenSSL insists on behind headers.
    /// </summary>
    public string Text
    {
        get
        {
            const int LineLength = 64;
            string body = Body.ReplaceLineEndings("\n").Trim();
            int headersEnd = body.IndexOf("\n\n", StringComparison.Ordinal);
            var text = new StringBuilder().Append(Begin).Append(Label).Append(Dashes).Append('\n');
            if (headersEnd >= 0) text.Append(body, 0, headersEnd).Append("\n\n");

            int column = 0;
            foreach (char c in body.AsSpan(Math.Max(headersEnd, 0)))
            {
                if (char.IsWhiteSpace(c)) continue;
                if (column++ == LineLength)
                {
                    text.Append('\n');
                    column = 1;
                }

                text.Append(c);
            }

            return text.Append("\n-----END ").Append(Label).Append(Dashes).Append('\n').ToString();
        }
    }

    /// <summary>All blocks in a text, in order. Whatever stands between them is a comment.</summary>
    /// <exception cref="CryptographicException">A block has no end: half of a file.</exception>
    public static List<PemBlock> AllOf(ReadOnlySpan<char> text, string origin)
    {
        var blocks = new List<PemBlock>();
        while (text.IndexOf(Begin, StringComparison.Ordinal) is >= 0 and int at)
        {
            text = text[(at + Begin.Length)..];
            int labelEnd = text.IndexOf(Dashes, StringComparison.Ordinal);
            string label = labelEnd > 0 ? text[..labelEnd].ToString() : "";
            string endLine = $"-----END {label}{Dashes}";
            int end = text.IndexOf(endLine, StringComparison.Ordinal);
            if (labelEnd <= 0 || end < 0)
                throw new CryptographicException(
                    $"{origin} ends in the middle of \"{Begin}{label}{Dashes}\". Write the whole file.");

            blocks.Add(new PemBlock(label, text[(labelEnd + Dashes.Length)..end].ToString()));
            text = text[(end + endLine.Length)..];
        }

        return blocks;
    }

    /// <summary>The bytes that a body without headers stands for.</summary>
    public byte[] Decode(string origin)
    {
        try
        {
            return Convert.FromBase64String(Body);
        }
        catch (FormatException e)
        {
            throw new CryptographicException(
                $"{origin} has a damaged \"{Begin}{Label}{Dashes}\": what follows is not base64. Write the file "
                    + "anew.", e);
        }
    }
}
