using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Prebake.Tls;

/// <summary>
/// What a chain is put in order by, and warned about: read from the certificate itself (RFC 5280 section 4.1), so that
/// no library of certificates is linked for it.
/// </summary>
/// <param name="Der">The certificate in DER format.</param>
/// <param name="Issuer">The name of who has signed it, in DER format.</param>
/// <param name="Subject">Its own name, in DER format.</param>
/// <param name="NotBefore">When it becomes valid.</param>
/// <param name="NotAfter">When it expires.</param>
/// <param name="KeyAlgorithm">The object identifier of its public key's kind.</param>
internal sealed record CertificateFacts(
    byte[] Der, byte[] Issuer, byte[] Subject, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string KeyAlgorithm)
{
    /// <summary>Signed by itself: a root.</summary>
    public bool IsRoot => Issuer.AsSpan().SequenceEqual(Subject);

    /// <summary>Says that it has been issued by the other.</summary>
    public bool IsIssuedBy(CertificateFacts other) => Issuer.AsSpan().SequenceEqual(other.Subject);

    /// <param name="der">Certificate  ::=  SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }.</param>
    /// <param name="origin">Where it came from, for the message.</param>
    /// <exception cref="CryptographicException">It is not a certificate.</exception>
    public static CertificateFacts Read(byte[] der, string origin)
    {
        try
        {
            AsnReader signed = new AsnReader(der, AsnEncodingRules.DER).ReadSequence().ReadSequence();

            var versionTag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
            if (signed.PeekTag() == versionTag) signed.ReadEncodedValue();

            signed.ReadInteger();                                       // serial number
            signed.ReadEncodedValue();                                  // signature algorithm
            byte[] issuer = signed.ReadEncodedValue().ToArray();

            AsnReader validity = signed.ReadSequence();
            DateTimeOffset from = ReadTime(validity), to = ReadTime(validity);

            byte[] subject = signed.ReadEncodedValue().ToArray();
            string algorithm = signed.ReadSequence().ReadSequence().ReadObjectIdentifier();
            return new CertificateFacts(der, issuer, subject, from, to, algorithm);
        }
        catch (AsnContentException e)
        {
            throw new CryptographicException($"{origin} has a certificate that is damaged: {e.Message}", e);
        }
    }

    // RFC 5280 section 4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050 on
    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime)
            ? reader.ReadUtcTime(2049)
            : reader.ReadGeneralizedTime();
}
