using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators;

/// <summary>Turns what was found into diagnostics. Each is reported once, however many routes ran into it.</summary>
internal static class ProblemReporter
{
    public static void Report(SourceProductionContext output, EquatableArray<Parsed> parsed, string? oldLanguage)
    {
        if (oldLanguage is not null)
        {
            // Whatever else is wrong can be said when there can be a table at all
            foreach (Parsed one in parsed.Where(part => part.Host is not null).GroupBy(part => part.Host!.FullName).Select(group => group.First()))
                output.ReportDiagnostic(new Problem(Diagnostics.OldLanguage.Id, one.Places.Select(place => place.Place).OfType<Place>().FirstOrDefault(),
                    new[] { one.Host!.DisplayName, Languages.OldestName, oldLanguage }.ToEquatable(), EquatableArray<Place>.Empty).ToDiagnostic());
            return;
        }

        foreach (Problem problem in parsed.SelectMany(part => part.Problems).Distinct()) output.ReportDiagnostic(problem.ToDiagnostic());
    }

    public static void Report(SourceProductionContext output, ImmutableArray<ParsedJson> contexts)
    {
        foreach (Problem problem in contexts.SelectMany(context => context.Problems).Distinct()) output.ReportDiagnostic(problem.ToDiagnostic());
    }

    public static void Report(SourceProductionContext output, EquatableArray<TableProblem> problems, EquatableArray<Parsed> parsed)
    {
        if (problems.Count == 0) return;

        var places = new Dictionary<string, Place?>();
        foreach (RoutePlace place in parsed.SelectMany(part => part.Places)) places[place.Key] = place.Place;

        foreach (TableProblem problem in problems)
        {
            Place?[] found = problem.Keys.Select(key => PlaceOf(key, places)).ToArray();
            output.ReportDiagnostic(new Problem(problem.Id, found.FirstOrDefault(), problem.Arguments,
                found.Skip(1).OfType<Place>().ToEquatable()).ToDiagnostic());
        }
    }

    public static void ReportServe(SourceProductionContext output, ImmutableArray<ParsedServe> serves, ProgramModel program)
    {
        foreach (Problem problem in serves.SelectMany(serve => serve.Problems).Concat(program.Problems).Distinct()) output.ReportDiagnostic(problem.ToDiagnostic());
    }

    /// <summary>A place that a route does not have, such as that of an argument, is the route's own.</summary>
    private static Place? PlaceOf(string key, Dictionary<string, Place?> places)
    {
        for (string at = key; ;)
        {
            if (places.TryGetValue(at, out Place? place) && place is not null) return place;

            int end = at.LastIndexOf('|');
            if (end < 0) return null;
            at = at.Substring(0, end);
        }
    }
}
