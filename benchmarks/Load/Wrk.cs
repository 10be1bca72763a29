namespace Prebake.Benchmarks.Load;

/// <summary>The load generator: one thread with 64 connections on the second processor.</summary>
internal static class Wrk
{
    public const int Connections = 64;

    public static bool IsInstalled => Command.Exists("wrk");

    /// <summary>Loads a server and says how many requests it answered in how many seconds. Any error makes the figure worthless, so it throws.</summary>
    public static (long Requests, double Seconds) Run(Server server, Scenario scenario, int seconds, int? processor)
    {
        var script = Path.Combine(Workspace.Scratch, $"{scenario.Name}.lua");
        File.WriteAllText(script, ScriptFor(scenario));

        var command = new Command("wrk", "-t1", $"-c{Connections}", $"-d{seconds}s", "-s", script, $"{(scenario.IsTls ? "https" : "http")}://127.0.0.1:{server.Port}{scenario.Path}").On(processor);
        var (succeeded, output) = command.Run(TimeSpan.FromSeconds(seconds + 15));

        var at = output.IndexOf("summary ", StringComparison.Ordinal);
        if (!succeeded || at < 0) throw new InvalidOperationException($"wrk failed: {output}");

        var numbers = output[at..].Split('\n')[0].Split(' ').Skip(1).Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        if (numbers[2..].Any(errors => errors != 0) || numbers[0] == 0)
            throw new InvalidOperationException($"{server.Contender.Name}, {scenario.Name}: {numbers[0]} answers, errors: connect {numbers[2]}, read {numbers[3]}, write {numbers[4]}, time-out {numbers[5]}, status {numbers[6]}.");

        return (numbers[0], numbers[1] / 1e6);
    }

    // Without a `request` function wrk formats the request once and resends it. With one, it calls Lua for each send: only worth it
    // where a send is 16 requests. No `response` function, or it would call Lua for each answer.
    private static string ScriptFor(Scenario scenario)
    {
        var script = new StringBuilder();
        script.Append($"wrk.method = {Quote(scenario.Method)}\n");
        foreach (var (name, value) in scenario.Fields) script.Append($"wrk.headers[{Quote(name)}] = {Quote(value)}\n");
        if (scenario.Body.Length > 0) script.Append($"wrk.body = {Quote(scenario.Body)}\n");

        if (scenario.Pipelined > 1)
            script.Append($$"""
                function init(args)
                    all = string.rep(wrk.format(), {{scenario.Pipelined}})
                end
                function request()
                    return all
                end

                """);

        script.Append("""
            function done(summary)
                local e = summary.errors
                print(string.format("summary %d %d %d %d %d %d %d", summary.requests, summary.duration, e.connect, e.read, e.write, e.timeout, e.status))
            end

            """);

        return script.ToString();
    }

    private static string Quote(string text) => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
