namespace Prebake.Benchmarks.Load.Contenders;

/// <summary>The same binary as <see cref="PrebakeServer"/>, kept from io_uring: what that is worth.</summary>
internal sealed class PrebakeOnEpoll(PrebakeServer other) : Contender
{
    public const string Id = "on-epoll";

    public override string Name => Id;

    public override string Title => "Prebake, without io_uring";

    public override string Binary => other.Binary;

    public override string? Prepare(bool build) => File.Exists(Binary) ? null : "the binary of prebake is not there";

    public override Command Serve(int port) => other.Serve(port) with { Environment = new Dictionary<string, string> { ["PREBAKE_IO_URING"] = "0" } };
}
