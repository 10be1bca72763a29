namespace Prebake.Benchmarks.Load;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        dotnet run -c Release --project benchmarks/Load -- [options]

          --rounds 5          how often everything is measured; medians are reported
          --seconds 3         how long each measurement takes, after a second of warming up (--warmup 1)
          --only a,b          only these scenarios: static, pipelined, fetch, parameter, json, echo, awaiting, service,
                              service-bare, conduit, conduit-tags, browser, coded, plain, disk, large, events, footprint,
                              and over WebSockets
                              ws-echo, ws-pipelined, ws-chat, ws-all, ws-all-memory, ws-1m, ws-16m, ws-deflate, ws-idle,
                              and over TLS tls, tls-pipelined, tls-large, tls-disk, tls-handshake, tls-resume, tls-idle,
                              tls-quiet, tls-stall, tls-flood
          --peers a,b         only these peers: on-epoll, bun, aspnet, nginx, epoll; or none
          --starts 15         how many starts the footprint takes the median of
          --server-core 0     the processor of the server, and
          --load-core 1       that of the load; take two that do not share a core where there are such
          --no-build          use what an earlier run published and fetched
          --json out.json     write every single measurement, too
          --strict            exit with 2 when a target is missed

        Exit code: 0, 1 when something failed or an argument is wrong, 2 as above. What is not installed is skipped, which is no failure.
        """;

    public int Rounds { get; init; } = 5;
    public int Seconds { get; init; } = 3;
    public int Warmup { get; init; } = 1;
    public int Starts { get; init; } = 15;
    public int ServerCore { get; init; }
    public int LoadCore { get; init; } = 1;
    public string[]? Only { get; init; }
    public string[]? Peers { get; init; }
    public bool Build { get; init; } = true;
    public string? Json { get; init; }
    public bool Strict { get; init; }

    /// <summary>A scenario that is asked for, or is compared with one.</summary>
    public bool Includes(string scenario) =>
        Only is null || Only.Contains(scenario) || (scenario == "service-bare" && Only.Contains("service"));

    public bool IncludesPeer(string peer) => Peers is null || Peers.Contains(peer);

    /// <summary>Reads the arguments; an unknown one is an error, as nothing is accepted and ignored.</summary>
    public static LoadOptions Parse(string[] arguments)
    {
        var options = new LoadOptions();
        for (var i = 0; i < arguments.Length; i++)
        {
            var name = arguments[i];
            string Value() => ++i < arguments.Length ? arguments[i] : throw new FormatException($"{name} needs a value.");
            int Number(int least) => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
                ? number
                : throw new FormatException($"{name} needs a number, at least {least}.");

            options = name switch
            {
                "--rounds" => options with { Rounds = Number(1) },
                "--seconds" => options with { Seconds = Number(1) },
                "--warmup" => options with { Warmup = Number(0) },
                "--starts" => options with { Starts = Number(1) },
                "--server-core" => options with { ServerCore = Number(0) },
                "--load-core" => options with { LoadCore = Number(0) },
                "--only" => options with { Only = Known(name, Value().Split(','), [.. Scenario.All.Select(scenario => scenario.Name), "footprint"]) },
                "--peers" => options with { Peers = Known(name, Value().Split(','), [Contenders.PrebakeOnEpoll.Id, "bun", Contenders.AspNetServer.Id, "nginx", "epoll", "none"]) },
                "--no-build" => options with { Build = false },
                "--json" => options with { Json = Value() },
                "--strict" => options with { Strict = true },
                _ => throw new FormatException($"There is no option {name}."),
            };
        }

        return options;
    }

    private static string[] Known(string option, string[] values, string[] known) =>
        values.Except(known).FirstOrDefault() is { } unknown ? throw new FormatException($"{option} knows {string.Join(", ", known)}, but not {unknown}.") : values;
}
