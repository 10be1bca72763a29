namespace Prebake.Benchmarks.Load;

/// <summary>One contender under one kind of load in one round.</summary>
/// <param name="User">Microseconds of CPU time per request in user mode, all threads of the server together.</param>
/// <param name="System">The same in the kernel.</param>
internal sealed record Measurement(string Contender, string Scenario, int Round, long Requests, double Seconds, double User, double System)
{
    public double Cpu => User + System;

    /// <summary>What is compared where that is not CPU time.</summary>
    public double? Other { get; init; }

    public double Figure => Other ?? Cpu;

    public double PerSecond => Requests / Seconds;
}
