using Prebake.Generators.Model;
using Prebake.Generators.Plan;
using Prebake.Shared;

namespace Prebake.Generators.Emit;

/// <summary>What the emitters of one file share.</summary>
internal sealed class EmitContext(RoutePlan plan, EmitOptions options, SourceWriter writer)
{
    public const string Routing = "global::Prebake.Routing.";
    public const string Bytes = "global::System.ReadOnlySpan<byte>";

    // Origin of both numbers: with fewer, compares are faster than a hash and a person can still read them
    private const int MostComparedPaths = 15, MostComparedPatterns = 32;

    private readonly Dictionary<string, string> _methodNames = [];
    private readonly NameScope _calls = new([]);

    public RoutePlan Plan { get; } = plan;

    public SourceWriter Writer { get; } = writer;

    /// <summary>Names of constants by the set of methods, in the order of first use.</summary>
    public SortedDictionary<uint, string> MethodSets { get; } = new(plan.Routes.Select(route => route.Bits).Distinct().ToDictionary(bits => bits, plan.Methods.NameOf));

    public bool TextLiterals => options.TextLiterals;

    public bool HashesPaths { get; } = IsForTable(plan.Exact, MostComparedPaths);

    public bool HashesPatterns { get; } = IsForTable(plan.Patterns, MostComparedPatterns);

    public AppModel App => Plan.Table.App;

    /// <summary>A literal that is compared with bytes: UTF-8 data, or text where methods are to stay reloadable.</summary>
    public string Bytes8(string text) => Literal.Text(TextLiterals ? text : WholeCharacters(text)) + (TextLiterals ? "" : "u8");

    // Half a character has no bytes; nothing that is sent is equal to it
    private static string WholeCharacters(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>The bytes of a head as text.</summary>
    public static string Latin1(byte[] bytes) => new(bytes.Select(b => (char)b).ToArray());

    /// <summary>The metadata of a type: <c>global::App.AppJson.Default.Todo</c>.</summary>
    public string JsonInfo(string type)
    {
        JsonTypeModel found = Plan.Table.Json.First(model => model.Type == type);
        return found.Context + ".Default." + found.Property;
    }

    /// <summary>A name for the method that calls a handler; overloads get numbers.</summary>
    public string CallName(PlannedRoute route)
    {
        string key = route.Model.Key + (route.Model.Disk is { Redirects: true } ? "|slash" + route.Model.Pattern!.Text : "");
        if (_methodNames.TryGetValue(key, out string? name)) return name;

        name = _calls.Add("Call" + route.Model.Member!.Name);
        _methodNames.Add(key, name);
        return name;
    }

    private static bool IsForTable(IReadOnlyList<PlannedPath> paths, int mostCompared) =>
        paths.Count > mostCompared && paths.All(path => path.Pattern.Shape.Length <= PathHash.LongestKey);
}
