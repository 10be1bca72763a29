using System.Runtime.CompilerServices;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>The metadata that a table can use, by the type: the first context that has it is the one that is meant.</summary>
internal static class JsonTypes
{
    private static readonly ConditionalWeakTable<AppTable, Dictionary<string, JsonTypeModel>> s_known = new();

    /// <summary>Null when no context has the type.</summary>
    public static JsonTypeModel? Find(AppTable table, string type)
    {
        if (table.Json.Count == 0) return null;

        s_known.GetValue(table, static table => IndexOf(table.Json)).TryGetValue(type, out JsonTypeModel? found);
        return found;
    }

    private static Dictionary<string, JsonTypeModel> IndexOf(EquatableArray<JsonTypeModel> types)
    {
        var index = new Dictionary<string, JsonTypeModel>(types.Count);
        foreach (JsonTypeModel type in types)
            if (!index.ContainsKey(type.Type)) index.Add(type.Type, type);

        return index;
    }
}
