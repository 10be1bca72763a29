using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>The names of the methods that call handlers; overloads get numbers.</summary>
internal sealed class CallNames
{
    private readonly Dictionary<string, string> _names = [];
    private readonly NameScope _taken = new([]);

    public CallNames(IEnumerable<PlannedRoute> handlers)
    {
        foreach (PlannedRoute route in handlers)
            if (!_names.ContainsKey(KeyOf(route.Model))) _names.Add(KeyOf(route.Model), _taken.Add("Call" + NameOf(route.Model)));
    }

    public string Of(PlannedRoute route) => _names[KeyOf(route.Model)];

    // Of a route of another project only what it is called is known
    private static string NameOf(RouteModel route) => route.Member?.Name ?? new string(route.Label.Substring(route.Label.LastIndexOf('.') + 1).Where(char.IsLetterOrDigit).ToArray());

    // A served folder and the redirect to its slash come from one attribute
    private static string KeyOf(RouteModel route) => route.Key + (route.Disk is { Redirects: true } ? "|slash" + route.Pattern!.Text : "");
}
