using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Prebake.Conformance.WebSockets;

/// <summary>Every handshake on every transport, whole, byte by byte and cut inside each CRLF.</summary>
public sealed class HandshakeTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new SocketApp()));

    public static TheoryData<Over, WireTests.Sending> Ways => WireTests.Ways();

    [Theory, MemberData(nameof(Ways))]
    public void A_handshake_is_answered_as_the_RFCs_ask(Over transport, WireTests.Sending sending)
    {
        Server server = s_servers.Of(transport);
        var failures = new ConcurrentBag<string>();
        Parallel.ForEach(HandshakeCases.All(), new ParallelOptions { MaxDegreeOfParallelism = 8 }, test =>
        {
            try
            {
                if (Shake(server, test, sending) is { } failure) failures.Add($"{test.Name}: {failure}");
            }
            catch (Exception e)
            {
                failures.Add($"{test.Name}: {e.GetType().Name} {e.Message}");
            }
        });

        Assert.True(failures.IsEmpty, $"{failures.Count} failed:\n{string.Join("\n", failures.Order())}");
    }

    private static string? Shake(Server server, HandshakeCase test, WireTests.Sending sending)
    {
        using var client = new RawClient(server);
        byte[] raw = Encoding.Latin1.GetBytes(test.Raw);
        client.Send(raw, WireTests.Cuts(raw, sending));
        if (client.Receive() is not { } answer) return $"closed instead of {test.Status}";
        if (answer.Status != test.Status) return $"{answer.Status} instead of {test.Status}";

        string? Of(string name) => answer.Fields.Count(field => field.Key == name) > 1 ? $"several {name}" : answer[name];
        if (test.Status == 426) return (Of("upgrade"), Of("connection"), Of("sec-websocket-version")) == ("websocket", "Upgrade", "13") ? null : "a 426 that does not say what it wants";
        if (test.Status == 405) return Of("allow") is "GET, OPTIONS" ? null : $"Allow: {Of("allow")}";
        if (test.Status != 101) return Of("upgrade") is null && Of("sec-websocket-accept") is null ? null : "a refusal that looks like a 101";

        if (Of("upgrade") != "websocket" || Of("connection") != "Upgrade") return $"Upgrade: {Of("upgrade")}, Connection: {Of("connection")}";
        if (Of("sec-websocket-accept") != AcceptOf(test.Raw)) return $"Accept: {Of("sec-websocket-accept")}";
        if (Of("sec-websocket-extensions") != test.Extensions) return $"extensions {Of("sec-websocket-extensions")} instead of {test.Extensions}";
        if (Of("sec-websocket-protocol") != test.Protocol) return $"protocol {Of("sec-websocket-protocol")} instead of {test.Protocol}";
        if (Of("content-length") is not null || Of("transfer-encoding") is not null || Of("sec-websocket-version") is not null) return "fields that a 101 has not";

        client.Send([.. Frame.Masked(0x89, "p"), .. Frame.CloseOf(1000)]);
        byte[] end = client.ReadToEnd();
        return end.AsSpan().SequenceEqual((byte[])[0x8A, 1, (byte)'p', 0x88, 2, 3, 232]) ? null : $"{Convert.ToHexString(end)} behind the 101";
    }

    private static string AcceptOf(string raw)
    {
        string line = raw.Split("\r\n").First(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase));
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(line.Split(':', 2)[1].Trim() + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
    }
}
