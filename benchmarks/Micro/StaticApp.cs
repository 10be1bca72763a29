namespace Prebake.Benchmarks.Micro;

/// <summary>One constant route.</summary>
internal sealed partial class StaticApp
{
    [Static("/")] const string Home = "Hello, World!";
}
