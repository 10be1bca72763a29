namespace Prebake.Benchmarks.Load.Contenders;

/// <summary>The same routes as an ASP.NET Core minimal API.</summary>
internal sealed class AspNetServer() : NativeProgram("benchmarks/Peers/AspNet", "aspnet")
{
    public const string Id = "aspnet";

    public override string Name => Id;

    public override string Title => "ASP.NET Core minimal API, NativeAOT";

    public override Command Serve(int port) => new(Binary, $"{port}");
}
