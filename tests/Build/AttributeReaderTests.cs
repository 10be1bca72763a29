namespace Prebake.Build.Tests;

/// <summary>Names of files are read before there is a compilation: what the compiler will see must be found, what it will not see must not.</summary>
public sealed class AttributeReaderTests
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
    public void What_attributes_name_is_found(string source, params string[] expected) => Assert.Equal(expected, Read(source));

    [Theory]
    [InlineData("#if DEBUG\n[StaticFile(\"/a\", \"a.txt\")]\n#endif\nclass App;", "")]
    [InlineData("#if DEBUG\n[StaticFile(\"/a\", \"a.txt\")]\n#endif\nclass App;", "DEBUG", "a.txt")]
    [InlineData("#if DEBUG\n[StaticFile(\"/a\", \"a.txt\")]\n#else\n[StaticFile(\"/a\", \"b.txt\")]\n#endif\nclass App;", "TRACE;RELEASE", "b.txt")]
    [InlineData("#define MINE\n#if MINE && !NET10_0_OR_GREATER\n[StaticFile(\"/a\", \"a.txt\")]\n#endif\nclass App;", "NET10_0_OR_GREATER")]
    [InlineData("#define MINE\n#if MINE && NET10_0_OR_GREATER\n[StaticFile(\"/a\", \"a.txt\")]\n#endif\nclass App;", "NET10_0_OR_GREATER", "a.txt")]
    [InlineData("#if false\nThis isn't code: 5\" and an odd \" too\"\n#endif\n[StaticFile(\"/a\", \"a.txt\")] class App;", "", "a.txt")]
    [InlineData("#if NEVER\n/* not ended\n#endif\n[StaticDirectory(\"/a\", \"www\")] class App;", "", "www/")]
    [InlineData("#if NEVER\nstring s = \"\"\"\n#endif\n[StaticDirectory(\"/a\", \"www\")] class App;", "", "www/")]
    [InlineData("#region 5\" wide\n[StaticDirectory(\"/a\", \"www\")] class App;\n#endregion", "", "www/")]
    [InlineData("#error 5\" wide\n[StaticDirectory(\"/a\", \"www\")] class App;", "", "www/")]
    public void Preprocessor_symbols_are_honoured(string source, string symbols, params string[] expected) => Assert.Equal(expected, Read(source, symbols));

    [Theory]
    [InlineData("#!/usr/bin/env dotnet\n#:package Prebake@1.0.0\nServe.Run<App>(args);\n[StaticFile(\"/a\", \"a.txt\")] partial class App;", "a.txt")]
    [InlineData("using Baked = Prebake.StaticFileAttribute; [Baked(\"/a\", \"a.txt\")] class App;", "a.txt")]
    [InlineData("namespace N { using Baked = global::Prebake.StaticDirectoryAttribute; [Baked(\"/a\", \"www\")] class App; }", "www/")]
    [InlineData("namespace N; class Outer { [StaticFile(\"/a\", \"a.txt\")] partial class App; }", "a.txt")]
    [InlineData("[StaticFile(\"/a\", (\"a.txt\"))] class App;", "a.txt")]
    [InlineData("class A { string s = $\"{(1 > 0 ? \"[StaticFile\" : \"\")}\"; } [StaticFile(\"/a\", \"a.txt\")] class App;", "a.txt")]
    [InlineData("class A { string s = $@\"{\"\"\"x\"\"\"}\"\"\"; } [StaticFile(\"/a\", \"a.txt\")] class App;", "a.txt")]
    [InlineData("[StaticFile(\"/a\", $\"a.txt\")] class App;")]
    [InlineData("[StaticFile(\"/a\", \"a\" + \".txt\")] class App;")]
    [InlineData("[assembly: StaticFile(\"/a\", \"a.txt\")]")]
    public void Whatever_C_sharp_looks_like(string source, params string[] expected) => Assert.Equal(expected, Read(source));

    [Theory]
    [InlineData("", false)]
    [InlineData(", DotFiles = true", true)]
    [InlineData(", DotFiles = false", false)]
    [InlineData(", DotFiles = Constants.Yes", true)]            // the generator decides which of them are routes
    public void Dot_files_are_asked_for(string argument, bool expected) =>
        Assert.Equal(new FileRequest(true, "www", expected), new AttributeReader("", "").Read("App.cs", $"[StaticDirectory(\"/\", \"www\"{argument})] class App;").Single().Request);

    [Fact]
    public void A_name_has_its_place() => Assert.Equal(
        new SourcePlace("App.cs", 2, 19),
        new AttributeReader("14", "").Read("App.cs", "\n[StaticFile(\"/a\", \"a.txt\")]\nclass App;").Single().Place);

    [Theory]
    [InlineData("preview")]
    [InlineData("latest")]
    [InlineData("default")]
    [InlineData("13.0")]
    [InlineData("99")]                                          // the compiler says so
    public void Any_version_of_the_language_will_do(string version) =>
        Assert.Equal("a.txt", new AttributeReader(version, "").Read("", "[StaticFile(\"/a\", \"a.txt\")] class App;").Single().Request.Name);

    private static IEnumerable<string> Read(string source, string symbols = "") => new AttributeReader("", symbols).Read("App.cs", source)
        .Select(found => found.Request.IsFolder ? found.Request.Name + "/" : found.Request.Name);
}
