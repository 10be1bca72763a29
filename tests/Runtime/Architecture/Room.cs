using System.Text.RegularExpressions;

namespace Prebake.Tests.Architecture;

/// <summary>A row of the table in <c>docs/architecture.md</c>: a folder, and the rows above it that it may use.</summary>
internal sealed partial record Room(string Name, IReadOnlySet<string> MayUse)
{
    private const string All = "rows above";

    /// <summary>None where the folder does not exist yet.</summary>
    public List<string> Files { get; } = FilesOf(Name);

    /// <summary>In the order of the table.</summary>
    public static List<Room> ReadTable()
    {
        var rooms = new List<Room>();
        foreach (Match row in Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"))))
        {
            string name = row.Groups[1].Value, uses = row.Groups[2].Value.Trim();
            if (name == "folder") continue;

            IEnumerable<string> allowed = uses == All ? rooms.Select(room => room.Name) : uses.Split(',', StringSplitOptions.TrimEntries).Where(used => used != "–");
            rooms.Add(new Room(name, allowed.ToHashSet()));
        }

        return rooms;
    }

    private static List<string> FilesOf(string name)
    {
        string folder = Path.Combine(Repository.Root, "src", name == "Shared" ? "" : "Runtime", name);
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];
    }

    [GeneratedRegex(@"^\| (\w+) \| .+? \| ([^|]+) \|$", RegexOptions.Multiline)] private static partial Regex Row();
}
