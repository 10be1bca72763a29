using System.Net.Sockets;
using System.Text;

namespace Prebake.Conformance;

/// <summary>Mutated conversations over real sockets: every answer is well-formed, none is a 500, and the server goes on for everyone else.</summary>
[Collection(nameof(Alone))]
public sealed class MutationTests
{
    private const int Count = 4_000;

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task Mutated_requests_never_make_the_server_fail(Over transport)
    {
        int seed = Random.Shared.Next();
        await using Server server = Servers.Start(transport, new ServeOptions { HeadTimeout = TimeSpan.FromSeconds(2), IdleTimeout = TimeSpan.FromSeconds(2) });
        string[] targets = ["/static", "/text", "/yield", "/echo", "/body", "/pipe", "/stream", "/users/5", "/search?q=1", "/blocking", "/point"];
        Case[] cases = [.. HeadCases.All().Concat(BodyCases.All()).Where(test => test.Raw.Length < 2_000)];
        var failures = new System.Collections.Concurrent.ConcurrentBag<string>();

        Parallel.For(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i =>
        {
            var random = new Random(seed + i);
            byte[] raw = Encoding.Latin1.GetBytes(cases[random.Next(cases.Length)].Raw.Replace("{T}", targets[random.Next(targets.Length)]));
            for (int changes = random.Next(3); changes > 0; changes--) raw = Mutate(raw, random);

            try
            {
                using var client = new RawClient(server);
                client.Send(raw, random.Next(3) == 0 ? [random.Next(1, raw.Length + 1)] : []);
                if (random.Next(4) == 0) { client.Reset(); return; }

                client.FinishSending();
                bool head = raw.AsSpan().StartsWith("HEAD"u8) || raw.AsSpan().IndexOf("HEAD"u8) >= 0;
                while (!head && client.Receive() is { } response)
                    if (response.Status is 500 or < 100 or > 599) failures.Add($"{response.Status}: {Encoding.Latin1.GetString(raw)}");
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown)
            {
                // The server may refuse while the client still sends
            }
            catch (Exception e)
            {
                failures.Add($"{e.GetType().Name} {e.Message}: {Encoding.Latin1.GetString(raw)}");
            }
        });

        Assert.True(failures.IsEmpty, $"seed {seed}: {failures.Count} of {Count}\n{string.Join("\n", failures.Take(10)).Replace("\r", "\\r")}");

        using var good = new RawClient(server);
        Assert.Equal("handler answer", good.Send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!.Text);
        for (int i = 0; i < 1000 && server.PendingRequests > 0; i++) await Task.Delay(10);
        Assert.Equal(0, server.PendingRequests);
    }

    private static byte[] Mutate(byte[] raw, Random random)
    {
        if (raw.Length < 2) return raw;
        int at = random.Next(raw.Length), length = random.Next(1, Math.Min(12, raw.Length - at) + 1);

        return random.Next(4) switch
        {
            0 => [.. raw[..at], (byte)random.Next(256), .. raw[(at + 1)..]],
            1 => [.. raw[..at], .. raw[(at + length)..]],
            2 => [.. raw[..at], .. raw.AsSpan(at, length), .. raw[at..]],
            _ => [.. raw[..at], (byte)"\r\n :,;\0/%"[random.Next(9)], .. raw[at..]],
        };
    }
}

/// <summary>After the others, since it keeps both cores busy and they have time-outs of seconds.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
