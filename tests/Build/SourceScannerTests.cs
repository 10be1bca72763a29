namespace Prebake.Build.Tests;

/// <summary>Names of files are read from text: what the compiler would see must be found, what it would not see must not.</summary>
public sealed class SourceScannerTests
{
    [Theory]
    [InlineData("""[StaticFile("/a", "a.txt")] class App;""", "a.txt")]
    [InlineData("""[StaticFileAttribute("/a", "a.txt")] class App;""", "a.txt")]
    [InlineData("""[Prebake.StaticFile("/a", "a.txt")] class App;""", "a.txt")]
    [InlineData("""[global::Prebake.StaticFile("/a", "a.txt")] class App;""", "a.txt")]
    [InlineData("""[StaticFile("/a", "a.txt"), StaticFile("/b", "b.txt")] class App;""", "a.txt", "b.txt")]
    [InlineData("""[Redirect("/x", "/y"), StaticFile("/b", "b.txt")] class App;""", "b.txt")]
    [InlineData("""[StaticFile("/a", "a.txt", ContentType = "a/b")] class App;""", "a.txt")]
    [InlineData("""[StaticFile("/a", file: "a.txt")] class App;""", "a.txt")]
    [InlineData("""[StaticFile(file: "a.txt", path: "/a")] class App;""", "a.txt")]
    [InlineData("[ StaticFile ( \"/a\" , // which\n \"a.txt\" /* this */ ) ] class App;", "a.txt")]
    [InlineData("""[StaticFile("/a", @"a\b.txt")] class App;""", @"a\b.txt")]
    [InlineData("""[StaticFile("/a", "a\\b\u0041.txt")] class App;""", @"a\bA.txt")]
    [InlineData("""[StaticFile("/a", @"say ""a"".txt")] class App;""", "say \"a\".txt")]
    [InlineData(""""[StaticFile("/a", """a.txt""")] class App;"""", "a.txt")]
    [InlineData("""[StaticDirectory("/a", "wwwroot")] class App;""", "wwwroot/")]
    [InlineData("""[StaticDirectory(prefix: "/a", folder: "wwwroot")] class App;""", "wwwroot/")]
    [InlineData("""class A { char c = '"'; string s = "\""; } [StaticFile("/a", "a.txt")] class App;""", "a.txt")]
    [InlineData("""class A { char c = '\''; } [StaticFile("/a", "a.txt")] class App;""", "a.txt")]
    [InlineData(""""class A { string s = """ " ""; """; } [StaticFile("/a", "a.txt")] class App;"""", "a.txt")]
    [InlineData("""class A { string s = @"\"; } [StaticFile("/a", "a.txt")] class App;""", "a.txt")]
    [InlineData("""// [StaticFile("/a", "a.txt")]""")]
    [InlineData("""/* [StaticFile("/a", "a.txt")] */ class App;""")]
    [InlineData("""/// <code>[StaticFile("/a", "a.txt")]</code>""")]
    [InlineData("""class A { string s = "[StaticFile(\"/a\", \"a.txt\")]"; }""")]
    [InlineData(""""class A { string s = """[StaticFile("/a", "a.txt")]"""; }"""")]
    [InlineData("""class A { void M() { StaticFile("/a", "a.txt"); } }""")]
    [InlineData("""class StaticFile(string a, string b);""")]
    [InlineData("""[StaticFile("/a")] class App;""")]
    [InlineData("""[StaticFile("/a", Names.File)] class App;""")]
    [InlineData("""[StaticFile("/a", "unfinished""")]
    [InlineData("""[StaticFile(""")]
    [InlineData("")]
    public void What_attributes_name_is_found(string source, params string[] expected) =>
        Assert.Equal(expected, SourceScanner.Scan(source).Select(request => request.IsFolder ? request.Name + "/" : request.Name));
}
