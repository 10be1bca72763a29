using System.Text;
using Prebake.Routing;

namespace Prebake.Benchmarks.Micro;

/// <summary>Finding a route. What to compare: the rows of different <see cref="Routes"/>. 10,000 routes should cost what 10 do.</summary>
[MemoryDiagnoser]
public class DispatchBenchmarks
{
    // Spread over the table
    private const int Paths = 64;

    // Longer than what a branch predictor learns by heart
    internal const int LookUps = 4096;

    private RouteTable _table = null!;
    private byte[][] _literal = [], _parameter = [], _missing = [];

    [Params(10, 100, 1_000, 10_000)]
    public int Routes { get; set; }

    /// <summary>
    /// Whether the paths come in a random order, as requests do. Without, they go round: with 10 routes these are five paths in a fixed order, so that every branch
    /// is foreseen and the small app looks better than any traffic lets it be.
    /// </summary>
    [Params(false, true)]
    public bool Shuffled { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _table = Routes switch
        {
            10 => TableOf<Routes10>(),
            100 => TableOf<Routes100>(),
            1_000 => TableOf<Routes1000>(),
            _ => TableOf<Routes10000>(),
        };

        // As in Routes.targets
        var resources = Routes / 2;
        int[] chosen = [.. Enumerable.Range(0, Paths).Select(i => (int)((long)i * 7919 % resources))];
        var random = new Random(1);
        int[] order = [.. Enumerable.Range(0, LookUps).Select(i => Shuffled ? random.Next(Paths) : i % Paths)];
        _literal = InOrder(i => $"/api/v{i % 10}/resource{i}");
        _parameter = InOrder(i => $"/api/v{i % 10}/resource{i}/12345");
        _missing = InOrder(i => $"/api/v{i % 10}/resource{i}x");

        Expect(_literal, found: true);
        Expect(_parameter, found: true);
        Expect(_missing, found: false);

        byte[][] InOrder(Func<int, string> path)
        {
            byte[][] paths = [.. chosen.Select(i => Encoding.ASCII.GetBytes(path(i)))];
            return [.. order.Select(at => paths[at])];
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = LookUps)]
    public int Literal() => FindAll(_literal);

    [Benchmark(OperationsPerInvoke = LookUps)]
    public int Parameter() => FindAll(_parameter);

    [Benchmark(OperationsPerInvoke = LookUps)]
    public int Missing() => FindAll(_missing);

    private int FindAll(byte[][] paths)
    {
        var sum = 0;
        foreach (var path in paths) sum += _table.Find(HttpMethod.Get, path);

        return sum;
    }

    // A wrong answer would be the fastest of all
    private void Expect(byte[][] paths, bool found)
    {
        foreach (var path in paths)
            if (_table.Find(HttpMethod.Get, path) >= 0 != found)
                throw new InvalidOperationException($"{Encoding.ASCII.GetString(path)} was {(found ? "not " : "")}found among {Routes} routes.");
    }

    private static RouteTable TableOf<TApp>() where TApp : IApp<TApp>, new() => TApp.CreateTable(new TApp());
}
