using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Prebake.Tls;

/// <summary>Where a certificate and its key come from; asked again at each renewal.</summary>
internal abstract class TlsSource
{
    /// <summary>Reads certificate and key anew. From any thread.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="CryptographicException">It makes no sense; the message names the file.</exception>
    public abstract TlsCertificate Load();

    /// <summary>The files to watch.</summary>
    public virtual IReadOnlyList<string> Files => [];

    /// <summary>Its files have been written by the last <see cref="Load"/>.</summary>
    public virtual bool IsNew => false;

    /// <summary>Says no where this source is not to be used.</summary>
    /// <exception cref="ArgumentException">Not on such a server.</exception>
    public virtual void Check(TlsSettings settings) { }

    /// <summary>A context has been made of what was loaded: what the user is to know of it.</summary>
    public virtual void Announce(ILogger logger) { }

    /// <summary>
    /// What a server with these options does for its connections. Abstract although all do the same: an app that makes no
    /// source carries nothing of TLS, since the trimmer finds nothing that this call could lead to.
    /// </summary>
    public abstract TlsTermination Terminate(TlsSettings settings);
}

/// <summary>Two files, or one that has both.</summary>
internal sealed class PemFiles(string certificate, string key, string? passphrase) : TlsSource
{
    public override IReadOnlyList<string> Files => certificate == key ? [certificate] : [certificate, key];

    public override TlsCertificate Load()
    {
        string certificateText = TlsFile.ReadText(certificate, "certificate");
        string keyText = certificate == key ? certificateText : TlsFile.ReadText(key, "key");
        return PemPair.Make(certificateText, TlsFile.Quote(certificate), keyText, TlsFile.Quote(key), passphrase);
    }

    public override TlsTermination Terminate(TlsSettings settings) => new TlsServer(settings);
}

/// <summary>What was in the files.</summary>
internal sealed class PemText(string certificate, string key, string? passphrase) : TlsSource
{
    public override TlsCertificate Load() =>
        PemPair.Make(certificate, "The text of the certificate", key, "the text of the key", passphrase);

    public override TlsTermination Terminate(TlsSettings settings) => new TlsServer(settings);
}
