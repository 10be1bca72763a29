namespace Prebake.Benchmarks.Load;

/// <summary>A server that takes part: how to get it, how to start it, and what it can do.</summary>
internal abstract class Contender
{
    public abstract string Name { get; }

    /// <summary>What it is, for the report.</summary>
    public abstract string Title { get; }

    /// <summary>It has a route for this scenario.</summary>
    public virtual bool Answers(Scenario scenario) => true;

    /// <summary>What the footprint is measured with: the first is asked at the start, then they take turns. None: it is not.</summary>
    public virtual string[] FootprintPaths => ["/", "/json"];

    /// <summary>It chooses a port by itself for port 0 and prints its address; otherwise it is given a free port.</summary>
    public virtual bool PrintsAddress => true;

    /// <summary>Builds or fetches it. Returns why it cannot take part, or null.</summary>
    public abstract string? Prepare(bool build);

    public abstract Command Serve(int port);

    /// <summary>The same over TLS, with the certificate and the key in <see cref="Workspace.Certificate"/>'s folder.</summary>
    public virtual Command ServeTls(int port)
    {
        Command plain = Serve(port);
        return plain with { Environment = new Dictionary<string, string>(plain.Environment) { ["BENCH_TLS"] = Workspace.Certificate } };
    }

    /// <summary>The file that would be deployed.</summary>
    public abstract string Binary { get; }
}
