namespace Prebake.Benchmarks.Load.Contenders;

/// <summary>Ours at its smallest: samples/Hello. Only its footprint is measured.</summary>
internal sealed class PrebakeHello() : NativeProgram("samples/Hello", "hello")
{
    public const string Id = "hello";

    public override string Name => Id;

    public override string Title => "Prebake, samples/Hello";

    public override bool Answers(Scenario scenario) => false;

    public override string[] FootprintPaths => ["/", "/hello/World"];

    public override Command Serve(int port) => new(Binary, $"--port={port}");
}
