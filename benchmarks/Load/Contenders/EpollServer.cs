namespace Prebake.Benchmarks.Load.Contenders;

/// <summary>The physical limit: benchmarks/Peers/epoll.c, which parses nothing.</summary>
internal sealed class EpollServer : Contender
{
    public const string Id = "epoll";

    public override string Name => Id;

    public override string Title => "C, epoll, no parsing";

    public override string[] FootprintPaths => ["/"];

    public override string Binary => Path.Combine(Workspace.Artifacts("peers"), "epoll");

    public override bool Answers(Scenario scenario) => scenario.Path == "/";

    public override string? Prepare(bool build)
    {
        if (!build) return File.Exists(Binary) ? null : "has not been compiled yet; run without --no-build";
        if (new[] { "gcc", "clang", "cc" }.FirstOrDefault(Command.Exists) is not { } compiler) return "no C compiler is installed";

        var compile = new Command(compiler, "-O2", "-o", Binary, Path.Combine(Workspace.Root, "benchmarks/Peers/epoll.c"));
        var (succeeded, output) = compile.Run(TimeSpan.FromMinutes(1));

        return succeeded ? null : $"does not compile: {output.Trim()}";
    }

    public override Command Serve(int port) => new(Binary, $"{port}");
}
