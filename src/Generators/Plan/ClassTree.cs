using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>Which class mounts which, and what those above a class provide to it.</summary>
internal sealed class ClassTree
{
    private readonly IReadOnlyDictionary<string, AppTable> _tables;
    private readonly ILookup<string, (AppTable Above, MountModel Mount)> _mounters;

    /// <param name="tables">One for each class, by its name, with its own routes.</param>
    /// <param name="mounts">By the class that mounts.</param>
    public ClassTree(IReadOnlyDictionary<string, AppTable> tables, ILookup<string, MountModel> mounts)
    {
        _tables = tables;
        _mounters = mounts.Where(group => tables.ContainsKey(group.Key))
            .SelectMany(group => group.Select(mount => (Above: tables[group.Key], Mount: mount)))
            .ToLookup(pair => pair.Mount.Part);
    }

    /// <summary>The providers of a type in the classes above, whichever mounts lead there.</summary>
    public IReadOnlyList<GateModel> ProvidersAbove(AppModel app, string type) => Above(app.FullName)
        .SelectMany(table => table.Providers)
        .Where(provider => provider.Type == type)
        .ToArray();

    /// <summary>A class that provides the type and is not above.</summary>
    public AppTable? ProviderElsewhere(AppModel app, string type)
    {
        AppTable[] above = Above(app.FullName).ToArray();
        return _tables.Values.Where(table => table.App.FullName != app.FullName && !above.Contains(table))
            .OrderBy(table => table.App.FullName, StringComparer.Ordinal)
            .FirstOrDefault(table => table.Providers.Any(provider => provider.Type == type));
    }

    /// <summary>Wherever the class is mounted there is a guard of a class or of a mount above it.</summary>
    public bool IsGuardedAbove(AppModel app) => IsGuardedAbove(app.FullName, []);

    /// <summary>Something above the class may guard it, or demands that it is guarded.</summary>
    public bool MayBeGuardedAbove(AppModel app) =>
        Above(app.FullName).Any(table => table.App.IsGuarded || table.App.IsOffered || table.Guards.Count > 0)
        || Mounts(app.FullName, []).Any(mount => mount.Guards.Count > 0);

    private bool IsGuardedAbove(string name, HashSet<string> seen)
    {
        if (!seen.Add(name)) return false;

        (AppTable Above, MountModel Mount)[] mounters = _mounters[name].ToArray();
        return mounters.Length > 0 && mounters.All(pair =>
            pair.Above.Guards.Count > 0 || pair.Mount.Guards.Count > 0 || IsGuardedAbove(pair.Above.App.FullName, [.. seen]));
    }

    private IEnumerable<AppTable> Above(string name)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([name]);
        while (open.Count > 0)
        {
            foreach ((AppTable above, _) in _mounters[open.Pop()])
            {
                if (!seen.Add(above.App.FullName)) continue;

                yield return above;
                open.Push(above.App.FullName);
            }
        }
    }

    private IEnumerable<MountModel> Mounts(string name, HashSet<string> seen) => !seen.Add(name)
        ? []
        : _mounters[name].SelectMany(pair => Mounts(pair.Above.App.FullName, seen).Prepend(pair.Mount));
}
