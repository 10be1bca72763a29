using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Prebake.Conformance.Tls;

/// <summary>A client that trusts one authority of a test, and says what it was shown.</summary>
internal sealed class TrustingClient : IDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true, ReceiveTimeout = 30_000, SendTimeout = 30_000 };
    private readonly SslStream _stream;

    private TrustingClient(int port)
    {
        _tcp.Connect(IPAddress.Loopback, port);
        _stream = new SslStream(_tcp.GetStream());
    }

    public X509Certificate2 Shown { get; private set; } = null!;

    public SslStream Stream => _stream;

    /// <summary>Shakes hands; what goes wrong is an <see cref="AuthenticationException"/> or an <see cref="IOException"/>.</summary>
    public static TrustingClient Connect(Server server, TestPki pki, string name = "localhost", Action<SslClientAuthenticationOptions>? change = null)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            AllowTlsResume = false,         // a ticket shows the certificate of the session before
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
        };
        options.CertificateChainPolicy.CustomTrustStore.Add(pki.Root);
        change?.Invoke(options);

        var client = new TrustingClient(server.Port!.Value);
        try
        {
            client._stream.AuthenticateAsClient(options);
            client.Shown = X509CertificateLoader.LoadCertificate(client._stream.RemoteCertificate!.GetRawCertData());
            return client;
        }
        catch (Exception)
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>One GET on the connection: status line, fields and body as text.</summary>
    public string Get(string path, string fields = "")
    {
        Send($"GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
        string head = ReadHead();
        int length = int.Parse(head.Split("Content-Length: ")[1].Split('\r')[0]);
        var body = new byte[length];
        _stream.ReadExactly(body);
        return head + Encoding.UTF8.GetString(body);
    }

    public void Send(string text) => _stream.Write(Encoding.Latin1.GetBytes(text));

    public string ReadHead()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            int next = _stream.ReadByte();
            if (next < 0) throw new EndOfStreamException(head.ToString());
            head.Append((char)next);
        }

        return head.ToString();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _tcp.Dispose();
    }
}
