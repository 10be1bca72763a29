using System.Text.RegularExpressions;

namespace Prebake.Tests.Architecture;

/// <summary>Keeps the table of <c>docs/architecture.md</c> true: a folder names types of those folders only that its row allows.</summary>
public sealed partial class ArchitectureTests
{
    // The user's own words, which may be handed through anywhere
    private static readonly HashSet<string> s_everywhere = ["Request", "Response", "Server", "Headers", "Cookie", "Cookies", "HttpException", "RouteTable"];

    private static readonly string s_root = Repository.Root;

    [Fact]
    public void Each_folder_uses_only_the_folders_of_its_row()
    {
        Dictionary<string, HashSet<string>> allowed = ReadTable();
        string runtime = Path.Combine(s_root, "src", "Runtime");
        Dictionary<string, List<string>> files = allowed.Keys.ToDictionary(folder => folder, folder => Directory.EnumerateFiles(Path.Combine(runtime, folder), "*.cs", SearchOption.AllDirectories).ToList());
        Dictionary<string, string> homes = [];

        foreach ((string folder, List<string> paths) in files)
            foreach (string path in paths)
                foreach (Match declaration in Declaration().Matches(Code(path)))
                    homes.TryAdd(declaration.Groups[1].Value, folder);

        var faults = new List<string>();
        foreach ((string folder, List<string> paths) in files)
        {
            foreach (string path in paths)
            {
                foreach (string word in Word().Matches(Code(path)).Select(match => match.Value).Distinct())
                {
                    if (s_everywhere.Contains(word) || !homes.TryGetValue(word, out string? home) || home == folder || allowed[folder].Contains(home)) continue;
                    faults.Add($"{Path.GetRelativePath(runtime, path)} uses {word} of {home}");
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    [Fact]
    public void Every_folder_has_a_row()
    {
        string[] folders = Directory.EnumerateDirectories(Path.Combine(s_root, "src", "Runtime")).Select(path => Path.GetFileName(path)).Where(name => name is not ("bin" or "obj" or "build")).ToArray();
        Assert.Equal(folders.Order(), ReadTable().Keys.Order());
    }

    private static Dictionary<string, HashSet<string>> ReadTable()
    {
        var table = new Dictionary<string, HashSet<string>>();
        foreach (Match row in Row().Matches(File.ReadAllText(Path.Combine(s_root, "docs", "architecture.md"))))
            table[row.Groups[1].Value] = row.Groups[2].Value.Split(',', StringSplitOptions.TrimEntries).Where(name => name != "–").ToHashSet();

        table.Remove("folder");
        return table;
    }

    // Without comments and strings, which may name anything
    private static string Code(string path) => NotCode().Replace(File.ReadAllText(path), "");

    [GeneratedRegex(@"^\| (\w+) \| .+? \| ([^|]+) \|$", RegexOptions.Multiline)] private static partial Regex Row();
    [GeneratedRegex(@"^(?:public|internal) [a-z ]*(?:class|struct|enum|interface|record) (\w+)", RegexOptions.Multiline)] private static partial Regex Declaration();
    // A type in use: before a name, a member, a type argument's end, a cast's end, or behind new. A member of the same name is none of these.
    [GeneratedRegex(@"(?<=\bnew )[A-Z]\w+|\b[A-Z]\w+(?=\??(?:\[\])? [a-z_@]\w*\b(?! or | and )|\.\w|[>)]|\?[ >)])")] private static partial Regex Word();
    [GeneratedRegex("""//[^\n]*|"(?:[^"\\\n]|\\.)*"|using [^;\n]+;|namespace [^;\n]+;|(?<=\w)\.[A-Z]\w*(?=\.|\W)""")] private static partial Regex NotCode();
}
