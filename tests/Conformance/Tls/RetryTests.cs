using System.Net.Sockets;

namespace Prebake.Conformance.Tls;

/// <summary>Hellos of TLS 1.3 without a key that the server could use: it asks for another one, once (RFC 8446 section 4.1.4).</summary>
public sealed class RetryTests
{
    // Section 4.1.3: the "random" value that makes a ServerHello a HelloRetryRequest
    private static readonly byte[] s_retry = Convert.FromHexString("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C");

    public static TheoryData<Over> Loops => new(Servers.TlsTransports.Where(transport => transport is not Over.Sockets));

    [Theory, MemberData(nameof(Loops))]
    public async Task Who_has_no_key_is_asked_for_one_and_not_twice(Over transport)
    {
        await using Server server = HandshakeTests.Start(transport, Servers.Tls);
        using Socket socket = HandshakeTests.Connect(server);
        byte[] hello = HelloWithoutKey();
        await socket.SendAsync(hello);
        var answer = new byte[4096];
        int count = await socket.ReceiveAsync(answer);
        Assert.InRange(answer.AsSpan(0, count).IndexOf(s_retry), 0, count);

        // The same again: alert, fatal, illegal_parameter; and the end
        await socket.SendAsync(hello);
        Assert.EndsWith("\x15\x03\x03\0\x02\x02\x2f", HandshakeTests.ReadToEnd(socket));

        using var other = new TlsClient(server);
        Assert.EndsWith("hello", other.ShakeHands().Get("/"));
    }

    private static byte[] HelloWithoutKey()
    {
        byte[] extensions =
        [
            0, 43, 0, 3, 2, 3, 4,                               // supported_versions: 1.3
            0, 10, 0, 4, 0, 2, 0, 29,                           // supported_groups: X25519
            0, 13, 0, 4, 0, 2, 4, 3,                            // signature_algorithms: ECDSA on P-256
            0, 51, 0, 2, 0, 0,                                  // key_share: none
        ];
        byte[] body =
        [
            3, 3, .. new byte[32], 0, 0, 2, 0x13, 1, 1, 0,      // no session, TLS_AES_128_GCM_SHA256, no compression
            0, (byte)extensions.Length, .. extensions,
        ];
        return [22, 3, 1, 0, (byte)(body.Length + 4), 1, 0, 0, (byte)body.Length, .. body];
    }
}
