using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Prebake.Conformance.Tls;

/// <summary>.NET's own TLS client, which says what was agreed on.</summary>
public sealed class TlsClient : IDisposable
{
    private readonly Socket _socket;

    public TlsClient(Server server)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true, ReceiveTimeout = 30_000, SendTimeout = 30_000,
        };
        _socket.Connect(new IPEndPoint(IPAddress.Loopback, server.Port!.Value));
        Stream = new SslStream(new NetworkStream(_socket, ownsSocket: true), false, (_, shown, _, _) =>
        {
            Shown = shown is null ? null : X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
            return true;
        });
    }

    public SslStream Stream { get; }

    public Socket Socket => _socket;

    /// <summary>What the server has shown.</summary>
    public X509Certificate2? Shown { get; private set; }

    public TlsClient ShakeHands(
        string name = "localhost", SslProtocols protocols = SslProtocols.None, Issued? certificate = null,
        bool resumes = true, params string[] applicationProtocols)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name, EnabledSslProtocols = protocols, AllowTlsResume = resumes,
            ApplicationProtocols = [.. applicationProtocols.Select(protocol => new SslApplicationProtocol(protocol))],
        };
        if (certificate is not null)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate.WithKey, null, offline: true);
        Stream.AuthenticateAsClient(options);
        return this;
    }

    /// <summary>One answer as text, of a request whose connection closes.</summary>
    public string Get(string path) => Ask($"GET {path} HTTP/1.1\r\nHost: localhost\r\n");

    /// <summary>The same for a head without its last line.</summary>
    public string Ask(string head)
    {
        Stream.Write(Encoding.ASCII.GetBytes(head + "Connection: close\r\n\r\n"));
        return new StreamReader(Stream).ReadToEnd();
    }

    /// <summary>Asks for the home of <see cref="TlsApp"/> and reads its answer; the connection stays.</summary>
    public void AskForHome()
    {
        Stream.Write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
        var answer = new StringBuilder();
        while (!answer.ToString().EndsWith("\r\n\r\nhello", StringComparison.Ordinal))
        {
            int next = Stream.ReadByte();
            if (next < 0) throw new EndOfStreamException(answer.ToString());
            answer.Append((char)next);
        }
    }

    public void Dispose() => Stream.Dispose();
}
