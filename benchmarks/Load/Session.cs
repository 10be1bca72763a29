using Prebake.Benchmarks.Load.Contenders;

namespace Prebake.Benchmarks.Load;

/// <summary>The order of things: rounds, in each all scenarios, in each all contenders in turn.</summary>
/// <param name="failures">What did not answer as it should; it counts against the run, but the others are still measured.</param>
internal sealed class Session(LoadOptions options, IReadOnlyList<Contender> contenders, Failures failures)
{
    /// <summary>A new process for each round, since where the loader and the allocator happen to put things is worth a few percent;
    /// within a round the contenders take turns in each scenario, so that both sides of a ratio meet the same machine.</summary>
    public List<Measurement> Measure()
    {
        var measurements = new List<Measurement>();
        var scenarios = Scenario.All.Where(scenario => options.Includes(scenario.Name)).ToArray();
        var taking = contenders.Where(contender => scenarios.Any(scenario => Takes(contender, scenario)))
            .Concat(contenders.Select(contender => new OverTls(contender)).Where(contender => scenarios.Any(scenario => Takes(contender, scenario))))
            .ToArray();

        using var database = new Database(options.LoadCore);
        var postgres = taking.Any(contender => contender is ConduitServer) ? Postgres.Start(options.LoadCore) : null;

        for (var round = 0; round < options.Rounds && scenarios.Length > 0; round++)
        {
            var servers = new List<Server>();
            try
            {
                foreach (var contender in taking)
                    failures.Guard($"{contender.Name} as a server", () =>
                    {
                        var surroundings = contender is ConduitServer ? postgres!.Environment : database.Environment;
                        servers.Add(Server.Start(contender, options.ServerCore, surroundings));
                    });

                if (round == 0 && servers.FirstOrDefault(server => server.Contender is ConduitServer) is { } first)
                    Postgres.Fill(first);


                foreach (var scenario in scenarios)
                    for (var turn = 0; turn < servers.Count; turn++)
                    {
                        // Another one begins in each round
                        var server = servers[(turn + round) % servers.Count];
                        if (!Takes(server.Contender, scenario)) continue;

                        failures.Guard($"{server.Contender.Name}, {scenario.Name}", () =>
                        {
                            var measurement = Measure(server, scenario, round);
                            measurements.Add(measurement);
                            Console.Error.WriteLine($"{round + 1}/{options.Rounds} {scenario.Name,-10} {measurement.Contender,-8} {measurement.Figure,7:0.00} {(measurement.Other is null ? "µs" : "  ")} {measurement.PerSecond,10:#,0}/s");
                        });
                    }
            }
            finally
            {
                foreach (var server in servers) server.Dispose();
            }
        }

        return measurements;
    }

    private static bool Takes(Contender contender, Scenario scenario) =>
        contender.Answers(scenario)
        && scenario.IsTls == contender is OverTls
        && scenario.IsConduit == contender is ConduitServer
        && scenario.Contenders?.Contains(contender.Name) != false;

    private Measurement MeasureListeners(Server server, Scenario scenario, int round)
    {
        using var listeners = new Listeners(server.Port, scenario, options.LoadCore);
        listeners.Count(options.Warmup + 1);

        var before = server.CpuTime;
        var (events, seconds) = listeners.Count(options.Seconds);
        var used = server.CpuTime - before;

        return new(server.Contender.Name, scenario.Name, round, events, seconds, used.User * 1e6 / events, used.System * 1e6 / events);
    }

    private Measurement MeasureSockets(Server server, Scenario scenario, SocketFigure figure, int round)
    {
        var memory = server.ResidentMemory;
        using var sockets = new WebSockets(server, scenario, options.LoadCore);
        if (figure is SocketFigure.Idle)
        {
            var idle = (server.ResidentMemory - memory) / 1024.0 / scenario.Sockets!.Sockets;
            return new(server.Contender.Name, scenario.Name, round, 1, 1, 0, 0) { Other = idle };
        }

        if (figure is not SocketFigure.Peak) sockets.Run(options.Warmup);
        memory = server.ResidentMemory;
        if (figure is SocketFigure.Peak) server.ForgetPeak();

        var before = server.CpuTime;
        var (messages, seconds) = sockets.Run(figure is SocketFigure.Peak ? 0 : options.Seconds);
        var used = server.CpuTime - before;
        var measurement = new Measurement(server.Contender.Name, scenario.Name, round, messages, seconds, used.User * 1e6 / messages, used.System * 1e6 / messages);
        return figure switch
        {
            SocketFigure.Delay => measurement with { Other = seconds * 1e3 * scenario.Sockets!.Sockets / messages },
            SocketFigure.Peak => measurement with { Other = Math.Max(1, (server.PeakMemory - memory) / 1024.0) },
            _ => measurement,
        };
    }

    private Measurement MeasureHandshakes(Server server, Scenario scenario, HandshakeLoad load, int round)
    {
        server.Check(scenario);
        if (load.Figure is HandshakeFigure.Idle)
        {
            var memory = server.ResidentMemory;
            using var idle = new IdlePeers(server, scenario);
            var each = (server.ResidentMemory - memory) / 1024.0 / load.Connections;
            return new(server.Contender.Name, scenario.Name, round, 1, 1, 0, 0) { Other = each };
        }

        if (load.Figure is HandshakeFigure.Delay)
        {
            using var delays = new Delays(server, scenario, options.LoadCore);
            delays.Measure(options.Warmup);
            using var intrusion = new Intrusion(server.Port, load.Strangers, options.LoadCore);
            var (delay, count) = delays.Measure(options.Seconds);
            return new(server.Contender.Name, scenario.Name, round, Math.Max(count, intrusion.Hellos), options.Seconds, 0, 0) { Other = delay };
        }

        var handshakes = new Handshakes(server, scenario, options.LoadCore);
        handshakes.Run(options.Warmup);

        var before = server.CpuTime;
        var (connections, seconds) = handshakes.Run(options.Seconds);
        var used = server.CpuTime - before;
        return new(server.Contender.Name, scenario.Name, round, connections, seconds, used.User * 1e6 / connections, used.System * 1e6 / connections);
    }

    private Measurement Measure(Server server, Scenario scenario, int round)
    {
        if (scenario.Handshakes is { } handshakes) return MeasureHandshakes(server, scenario, handshakes, round);
        if (scenario.Sockets is not null) return MeasureSockets(server, scenario, scenario.Sockets.Figure, round);
        if (scenario.Listeners > 0) return MeasureListeners(server, scenario, round);

        server.Check(scenario);
        if (options.Warmup > 0) Wrk.Run(server, scenario, options.Warmup, options.LoadCore);

        var before = server.CpuTime;
        var (requests, seconds) = Wrk.Run(server, scenario, options.Seconds, options.LoadCore);
        var used = server.CpuTime - before;

        return new(server.Contender.Name, scenario.Name, round, requests, seconds, used.User * 1e6 / requests, used.System * 1e6 / requests);
    }
}
