using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Plan;

/// <summary>The headers that go with the responses of handlers, as lines of a head. Many handlers have the same ones.</summary>
internal sealed class FieldPlan
{
    public FieldPlan(IEnumerable<PlannedRoute> handlers)
    {
        var indexes = new Dictionary<string, int>();
        var texts = new List<string>();
        var routes = new List<(int Route, int Text)>();
        foreach (PlannedRoute route in handlers)
        {
            if (route.Model.Fields.Count == 0) continue;

            string text = LinesOf(route.Model.Fields);
            if (!indexes.TryGetValue(text, out int index))
            {
                indexes.Add(text, index = texts.Count);
                texts.Add(text);
            }

            routes.Add((route.Number, index));
        }

        Texts = texts;
        Routes = routes;
    }

    /// <summary>Each distinct text once, in the order of first use.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Which of them a route has.</summary>
    public IReadOnlyList<(int Route, int Text)> Routes { get; }

    /// <summary>Fields as they are in a head.</summary>
    public static string LinesOf(IEnumerable<StaticField> fields) => string.Concat(fields.Select(field => field.Name + ": " + field.Value + "\r\n"));
}
