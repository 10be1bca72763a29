using Prebake.Transports;

namespace Prebake.Tls.OpenSsl;

/// <summary>OpenSSL 3 on the loops of Linux.</summary>
internal sealed unsafe class OpenSslBackend : TlsBackend
{
    public OpenSslBackend()
    {
        LibSslFile.Load();
        TicketSeal.Prepare();
    }

    public override TlsContext MakeContext(TlsOptions options, TlsCertificate certificate) =>
        new OpenSslContextBuilder(options, certificate).Build();

    public override Session MakeSession(Connection connection, TlsServer server) => new OpenSslSession(connection, server);

    public override void FillRandom(byte[] bytes)
    {
        fixed (byte* start = bytes)
        {
            if (LibSsl.RAND_bytes(start, bytes.Length) != 1) throw OpenSslErrors.Refused("OpenSSL has no random numbers");
        }
    }
}
