using System.Diagnostics;
using System.Globalization;

namespace Prebake.Benchmarks.Micro;

/// <summary>
/// <see cref="DispatchBenchmarks"/> in short turns. What counts is how much more large tables cost than small ones, and on a machine with neighbours two
/// benchmarks that run minutes apart cannot be compared: here each round measures all of them, within a tenth of a second.
/// </summary>
internal static class InterleavedDispatch
{
    private const int Rounds = 200, PathsPerTurn = 8 * 4096;

    private static readonly int[] s_sizes = [10, 100, 1_000, 10_000];

    private sealed record Case(string Order, string Path, int Routes, Func<int> FindAll)
    {
        public List<double> Nanoseconds { get; } = [];
    }

    public static void Run()
    {
        List<Case> cases = [.. new[] { false, true }.SelectMany(shuffled => s_sizes.SelectMany(size => CasesOf(size, shuffled)))];
        for (var round = -10; round < Rounds; round++)
            foreach (var one in cases)
            {
                var time = Measure(one.FindAll);
                if (round >= 0) one.Nanoseconds.Add(time);
            }

        Console.WriteLine($"Nanoseconds for a path, the lowest of {Rounds} rounds; in brackets the median of what it is of the same with {s_sizes[0]} routes in the same round.\n");
        Console.WriteLine($"| order | path | {string.Join(" | ", s_sizes.Select(size => size.ToString("N0", CultureInfo.InvariantCulture)))} |");
        Console.WriteLine($"|---|---|{string.Concat(s_sizes.Select(_ => "---|"))}");
        foreach (var row in cases.GroupBy(one => (one.Order, one.Path)))
            Console.WriteLine($"| {row.Key.Order} | {row.Key.Path} | {string.Join(" | ", row.Select(one => Cell(one, row.First())))} |");
    }

    private static IEnumerable<Case> CasesOf(int routes, bool shuffled)
    {
        var benchmarks = new DispatchBenchmarks { Routes = routes, Shuffled = shuffled };
        benchmarks.Fill();
        var order = shuffled ? "shuffled" : "in turn";
        yield return new Case(order, "literal", routes, benchmarks.Literal);
        yield return new Case(order, "one parameter", routes, benchmarks.Parameter);
        yield return new Case(order, "missing", routes, benchmarks.Missing);
    }

    private static double Measure(Func<int> findAll)
    {
        // Once for the caches and the branch predictor, which others have used meanwhile
        findAll();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < PathsPerTurn; i += DispatchBenchmarks.LookUps) findAll();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / PathsPerTurn;
    }

    private static string Cell(Case one, Case small)
    {
        var lowest = one.Nanoseconds.Min().ToString("F1", CultureInfo.InvariantCulture);
        if (one == small) return lowest;

        double[] ratios = [.. one.Nanoseconds.Zip(small.Nanoseconds, (mine, its) => mine / its).Order()];
        return $"{lowest} ({ratios[ratios.Length / 2].ToString("F2", CultureInfo.InvariantCulture)})";
    }
}
