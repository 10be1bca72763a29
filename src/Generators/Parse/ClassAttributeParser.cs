using System.Globalization;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads the attributes on a class that are routes of their own: redirects, files, folders.</summary>
internal static class ClassAttributeParser
{
    /// <summary>What one of them is; null, or with a new problem, when it did not parse.</summary>
    public delegate RouteModel? One(AppParser.Host host, AttributeData attribute, string key, List<Problem> problems);

    /// <param name="context">The class with all of its attributes of one kind.</param>
    /// <param name="kind">Tells their keys from those of other attributes.</param>
    /// <param name="parse">Reads one.</param>
    public static Parsed Parse(Annotated context, string kind, One parse)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        if (!type.IsNamed()) return Parsed.None;

        var problems = new List<Problem>();
        var routes = new List<RouteModel>();
        var places = new List<RoutePlace>();
        AppParser.Host host = AppParser.Parse(type, context.SemanticModel.Compilation, problems);

        foreach ((AttributeData attribute, int number) in context.OwnAttributes())
        {
            string key = type.Key() + "|" + kind + "|" + number.ToString(CultureInfo.InvariantCulture);
            places.Add(new RoutePlace(key, Place.Of(attribute.ArgumentLocation(0))));
            // The compiler has said that an argument is missing
            if (attribute.AttributeConstructor is null) continue;

            int before = problems.Count;
            RouteModel? route = parse(host, attribute, key, problems);

            places.Add(new RoutePlace(key + RouteModel.FilePlace, Place.Of(attribute.ArgumentLocation(1))));
            if (route is not null && problems.Count == before) routes.Add(route);
        }

        return new Parsed(routes.ToEquatable(), problems.ToEquatable(), places.Concat(host.Places).ToEquatable()) { Host = host.App };
    }
}
