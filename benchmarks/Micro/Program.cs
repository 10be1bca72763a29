// Runs the benchmarks that the arguments name: dotnet run -c Release --project benchmarks/Micro -- --filter '*Dispatch*'
// Dispatch in short turns, for ratios that a busy machine does not spoil: dotnet run -c Release --project benchmarks/Micro -- --interleaved
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Prebake.Benchmarks.Micro;

if (args is ["--interleaved"])
{
    InterleavedDispatch.Run();
    return;
}

// In this process: a project generated for each benchmark would compile the 10,000 routes anew
var config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).AsMutator());

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
