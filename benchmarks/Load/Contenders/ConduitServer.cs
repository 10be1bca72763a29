namespace Prebake.Benchmarks.Load.Contenders;

/// <summary>A whole service over PostgreSQL, in the name of the server whose framework it is made with.</summary>
internal abstract class ConduitServer(string project, string assembly) : NativeProgram(project, assembly)
{
    public sealed override bool Answers(Scenario scenario) => scenario.IsConduit;

    public sealed override string[] FootprintPaths => [];

    public sealed override string? Prepare(bool build) => Postgres.WhyNot ?? base.Prepare(build);

    public sealed override Command Serve(int port) => new(Binary, $"--port={port}");
}

/// <summary>samples/Conduit.</summary>
internal sealed class PrebakeConduit() : ConduitServer("samples/Conduit", "conduit")
{
    public override string Name => PrebakeServer.Id;

    public override string Title => "samples/Conduit, Prebake, NativeAOT";
}

/// <summary>The same routes and data layer, as an ASP.NET Core minimal API.</summary>
internal sealed class AspNetConduit() : ConduitServer("benchmarks/Peers/ConduitAspNet", "conduit-aspnet")
{
    public override string Name => AspNetServer.Id;

    public override string Title => "its twin with ASP.NET Core, NativeAOT";
}
