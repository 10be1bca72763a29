using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>A message has a place: what is wrong in another project is said of the declaration that uses it.</summary>
internal static class ProblemPlaces
{
    public static Parsed PlacedAt(this Parsed parsed, Annotated declaration)
    {
        bool isPlaced = true;
        foreach (Problem problem in parsed.Problems) isPlaced &= problem.Place is not null;
        if (isPlaced) return parsed;

        Place? place = Place.Of(declaration.TargetSymbol.NameLocation()) ?? Place.Of(declaration.TargetNode.GetLocation());
        return parsed with { Problems = parsed.Problems.Select(problem => problem.Place is null ? problem with { Place = place } : problem).ToEquatable() };
    }
}
