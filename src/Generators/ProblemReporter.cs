using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators;

/// <summary>Turns what was found into diagnostics. Each is reported once, however many routes ran into it.</summary>
internal static class ProblemReporter
{
    public static void Report(SourceProductionContext output, ImmutableArray<Parsed> parsed)
    {
        foreach (Problem problem in parsed.SelectMany(part => part.Problems).Distinct()) output.ReportDiagnostic(problem.ToDiagnostic());
    }

    public static void Report(SourceProductionContext output, EquatableArray<TableProblem> problems, ImmutableArray<Parsed> parsed)
    {
        if (problems.Count == 0) return;

        var places = new Dictionary<string, Place?>();
        foreach (RoutePlace place in parsed.SelectMany(part => part.Places)) places[place.Key] = place.Place;

        foreach (TableProblem problem in problems)
        {
            Place?[] found = problem.Keys.Select(key => places.TryGetValue(key, out Place? place) ? place : null).ToArray();
            output.ReportDiagnostic(new Problem(problem.Id, found.FirstOrDefault(), problem.Arguments,
                found.Skip(1).OfType<Place>().ToEquatable()).ToDiagnostic());
        }
    }

    public static void ReportServe(
        SourceProductionContext output, ImmutableArray<(ServeModel Model, EquatableArray<Problem> Problems, RoutePlace Place)> serves, EquatableArray<ServeModel> mains)
    {
        foreach (Problem problem in serves.SelectMany(serve => serve.Problems)) output.ReportDiagnostic(problem.ToDiagnostic());
        if (mains.Count < 2) return;

        EquatableArray<Place> others = serves.Take(1).Select(serve => serve.Place.Place).OfType<Place>().ToEquatable();
        output.ReportDiagnostic(new Problem(Diagnostics.TwoServe.Id, serves[1].Place.Place,
            new[] { mains[0].App.Replace("global::", ""), mains[1].App.Replace("global::", "") }.ToEquatable(), others).ToDiagnostic());
    }
}
