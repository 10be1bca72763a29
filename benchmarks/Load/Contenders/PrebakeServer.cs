namespace Prebake.Benchmarks.Load.Contenders;

/// <summary>Ours, with a route for each scenario.</summary>
internal sealed class PrebakeServer() : NativeProgram("benchmarks/Load/Servers/Prebake", "prebake-bench")
{
    public const string Id = "prebake";

    public override string Name => Id;

    public override string Title => "Prebake, NativeAOT";

    public override Command Serve(int port) => new(Binary, $"--port={port}");
}
