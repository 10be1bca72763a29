using System.Diagnostics;

namespace Prebake.Benchmarks.Load;

/// <summary>What a contender costs before it is busy.</summary>
/// <param name="Size">Bytes of the binary.</param>
/// <param name="Starts">Milliseconds from the spawn to a complete answer, one for each start.</param>
/// <param name="MemoryAtFirst">Resident bytes after the first answer.</param>
/// <param name="MemoryLater">Resident bytes after 2,000 more on one connection, kept alive.</param>
internal sealed record Footprint(string Contender, long Size, double[] Starts, long MemoryAtFirst, long MemoryLater)
{
    private const int RequestsForMemory = 2_000;

    /// <summary>Starts each in turn, so that a change of the machine's speed meets all of them.</summary>
    public static List<Footprint> Measure(IReadOnlyList<Contender> contenders, int starts, Failures failures)
    {
        var times = contenders.ToDictionary(contender => contender, _ => new List<double>());
        var footprints = new List<Footprint>();

        for (var round = 0; round <= starts; round++)
            foreach (var contender in contenders)
                failures.Guard($"{contender.Name}, start", () =>
                {
                    var time = MeasureStart(contender);

                    // The first start reads the binary from the disk
                    if (round > 0) times[contender].Add(time);
                });

        foreach (var contender in contenders.Where(contender => times[contender].Count > 0))
            failures.Guard($"{contender.Name}, memory", () => footprints.Add(MeasureMemory(contender, [.. times[contender]])));

        return footprints;
    }

    // Not pinned: `taskset` would be a second program to start, and a start may use all that there is
    private static double MeasureStart(Contender contender)
    {
        var port = Loopback.FreePort();
        var command = contender.Serve(port) with { Folder = Workspace.EmptyFolder() };

        var clock = Stopwatch.StartNew();
        var process = command.Start();
        try
        {
            if (!Loopback.WaitForListener(port, TimeSpan.FromSeconds(10))) throw new InvalidOperationException($"{contender.Name} does not listen on the port it was given.");

            using var client = new Client(port);
            Ask(client, contender, port, "/");
            return clock.Elapsed.TotalMilliseconds;
        }
        finally
        {
            Children.End(process);
        }
    }

    private static Footprint MeasureMemory(Contender contender, double[] starts)
    {
        using var server = Server.Start(contender, processor: null);
        using var client = new Client(server.Port);

        Ask(client, contender, server.Port, contender.FootprintPaths[0]);
        var first = server.ResidentMemory;

        for (var i = 0; i < RequestsForMemory; i++) Ask(client, contender, server.Port, contender.FootprintPaths[i % contender.FootprintPaths.Length]);

        return new(contender.Name, new FileInfo(contender.Binary).Length, starts, first, server.ResidentMemory);
    }

    private static void Ask(Client client, Contender contender, int port, string path)
    {
        client.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"));

        var (status, _) = client.Receive();
        if (status != 200) throw new InvalidOperationException($"{contender.Name} answered {status} to GET {path}.");
    }
}
