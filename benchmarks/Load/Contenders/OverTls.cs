namespace Prebake.Benchmarks.Load.Contenders;

/// <summary>Another contender, as a process that speaks https.</summary>
internal sealed class OverTls(Contender plain) : Contender
{
    public override string Name => plain.Name;

    public override string Title => plain.Title;

    public override bool Answers(Scenario scenario) => scenario.IsTls && plain.Answers(scenario);

    public override bool PrintsAddress => plain.PrintsAddress;

    public override string? Prepare(bool build) => null;

    public override Command Serve(int port) => plain.ServeTls(port);

    public override string Binary => plain.Binary;
}
