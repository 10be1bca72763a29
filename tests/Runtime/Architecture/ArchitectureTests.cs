using System.Text.RegularExpressions;

namespace Prebake.Tests.Architecture;

/// <summary>
/// Keeps the table of <c>docs/architecture.md</c> true. It is an order: a room names types of rooms above it and never of a later one, so that there are no
/// circles; and its namespace is its folder.
/// </summary>
public sealed class ArchitectureTests
{
    // What handlers ask for by that name: rooms hand it through without knowing what it is
    private static readonly HashSet<string> s_exempt = ["Server"];

    private static readonly string s_sources = Path.Combine(Repository.Root, "src");

    [Fact]
    public void Each_room_uses_only_rooms_above_it()
    {
        List<Room> rooms = Room.ReadTable();
        var homes = new Dictionary<string, Room>();
        foreach (Room room in rooms)
            foreach (string type in room.Files.SelectMany(file => SourceText.Of(file).Types)) homes.TryAdd(type, room);

        var faults = new List<string>();
        foreach (Room room in rooms)
        {
            List<(string File, SourceText Text)> files = room.Files.ConvertAll(file => (file, SourceText.Of(file)));
            HashSet<string> members = files.SelectMany(file => file.Text.Members).ToHashSet();
            foreach ((string file, SourceText text) in files)
            {
                foreach (string type in text.NamesUsed(homes.Keys, members))
                {
                    Room home = homes[type];
                    if (home == room || room.MayUse.Contains(home.Name) || s_exempt.Contains(type)) continue;
                    faults.Add($"{Path.GetRelativePath(s_sources, file)} uses {type} of {home.Name}");
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    [Fact]
    public void The_table_is_an_order()
    {
        List<Room> rooms = Room.ReadTable();
        for (int i = 0; i < rooms.Count; i++) Assert.Empty(rooms[i].MayUse.Except(rooms.Take(i).Select(room => room.Name)));
        Assert.Equal("Shared", rooms[0].Name);
        Assert.Equal("Testing", rooms[^1].Name);
    }

    [Fact]
    public void Every_folder_has_a_row()
    {
        IEnumerable<string> folders = Directory.EnumerateDirectories(Path.Combine(s_sources, "Runtime")).Select(path => Path.GetFileName(path))
            .Where(name => name is not ("bin" or "obj" or "build" or "buildTransitive"));
        Assert.Empty(folders.Except(Room.ReadTable().Select(room => room.Name)));
    }

    // Prebake holds the user's own words. Prebake.Routing holds what emitted code names, wherever it lives; it is public, and hidden from users
    [Fact]
    public void A_namespace_is_a_folder()
    {
        var faults = new List<string>();
        foreach (string file in Room.ReadTable().SelectMany(room => room.Files))
        {
            string text = File.ReadAllText(file);
            string folder = Path.GetRelativePath(s_sources, Path.GetDirectoryName(file)!).Replace("Runtime" + Path.DirectorySeparatorChar, "");
            string own = "Prebake." + folder.Replace(Path.DirectorySeparatorChar, '.');
            string found = Regex.Match(text, @"^namespace ([\w.]+);", RegexOptions.Multiline).Groups[1].Value;
            if (found == own || found == "Prebake" || found == "Prebake.Routing" && text.Contains("EditorBrowsableState.Never")) continue;
            faults.Add($"{Path.GetRelativePath(s_sources, file)} is in {found}, which is not {own}");
        }

        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    [Theory]
    [InlineData("class A { void Run() { var loop = new Loop(0); } }", true)]
    [InlineData("class A(Loop loop) { }", true)]
    [InlineData("class A : Loop { }", true)]
    [InlineData("class A { Loop? Of(int at) => null; }", true)]
    [InlineData("class A { List<Loop> _all = []; }", true)]
    [InlineData("class A { bool Is(object o) => o is Loop; }", true)]
    [InlineData("class A { Loop Loop { get; } }", true)]
    [InlineData("class A { int Now() => Loop.Count; }", true)]
    [InlineData("class A { int Loop { get; } int Twice() => Loop + Loop; }", false)]
    [InlineData("class A { void Loop(int times) { } void Run() => Loop(2); }", false)]
    [InlineData("enum A { Round, Loop, Line }", false)]
    [InlineData("// a Loop is a thread\nclass A { string Text => \"new Loop()\"; }", false)]
    public void A_type_in_use_is_told_from_a_member_of_that_name(string code, bool isUsed)
    {
        SourceText text = new(code);
        Assert.Equal(isUsed ? ["Loop"] : [], text.NamesUsed(["Loop"], text.Members.ToHashSet()));
    }
}
