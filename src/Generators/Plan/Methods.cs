using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>The numbers of methods: the runtime's <c>HttpMethod</c>, then the table's own in alphabetical order.</summary>
internal sealed class Methods
{
    public const uint StaticBit = 1u << 31;
    public const int FirstCustom = 16, MostCustom = 14;

    public static readonly string[] Registered = ["", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

    public Methods(IEnumerable<string> used)
    {
        Custom = used.Where(name => name != "*" && Array.IndexOf(Registered, name) < 0).Distinct().OrderBy(name => name, StringComparer.Ordinal).ToArray();
    }

    /// <summary>The table's own.</summary>
    public string[] Custom { get; }

    public uint BitsOf(EquatableArray<string> names)
    {
        uint bits = 0;
        for (int i = 0; i < names.Count; i++) bits |= BitsOf(names[i]);
        return bits;
    }

    /// <summary>In the order of <c>Allow</c>. OPTIONS is added: every path answers it.</summary>
    public string Allow(uint bits)
    {
        var names = new List<string>();
        for (int i = 1; i < Registered.Length; i++)
            if ((bits & (1u << i)) != 0 || Registered[i] == "OPTIONS") names.Add(Registered[i]);
        for (int i = 0; i < Custom.Length; i++)
            if ((bits & (1u << (FirstCustom + i))) != 0) names.Add(Custom[i]);

        return string.Join(", ", names);
    }

    /// <summary>A word for a set in emitted code: <c>GetHead</c>.</summary>
    public string NameOf(uint bits)
    {
        string name = "";
        for (int i = 1; i < Registered.Length; i++)
            if ((bits & (1u << i)) != 0) name += Registered[i][0] + Registered[i].Substring(1).ToLowerInvariant();
        for (int i = 0; i < Custom.Length; i++)
            if ((bits & (1u << (FirstCustom + i))) != 0) name += "_" + (Custom[i].All(char.IsLetterOrDigit) ? Custom[i] : "Custom" + i);

        // In front, since "GetStatic" is a member of every table
        return ((bits & StaticBit) != 0 ? "Static" : "") + name;
    }

    private uint BitsOf(string name)
    {
        if (name != "*") return 1u << (Array.IndexOf(Registered, name) is > 0 and int known ? known : FirstCustom + Array.IndexOf(Custom, name));

        // Every method but CONNECT, whose target is no path
        uint bits = 0;
        for (int i = 1; i < Registered.Length - 1; i++) bits |= 1u << i;
        for (int i = 0; i < Math.Min(Custom.Length, MostCustom); i++) bits |= 1u << (FirstCustom + i);
        return bits;
    }
}
