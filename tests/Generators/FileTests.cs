using System.Text;
using Microsoft.CodeAnalysis;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary>From the build's manifest to routes. What they send is tried on the wire, in the conformance tests.</summary>
public sealed class FileTests
{
    private const string Hash = "0123456789abcdef";

    private static string Manifest(params string[] lines) => "project\t/nowhere\n" + string.Join("\n", lines) + "\n";

    private static string Below(string folder, params string[] files) =>
        $"folder\t{folder}\n" + string.Join("\n", files.Select(file => $"below\t{folder}\t{file}\t0:0:3:{Hash}"));

    private static string[] Routes(Generated generated) =>
        generated.Source.Split('\n').Where(line => line.StartsWith("//  ", StringComparison.Ordinal)).Select(line => string.Join(' ', line[2..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[2..])).ToArray();

    [Theory]
    [InlineData("/Docs")]
    [InlineData("/docs")]
    public void Without_case_a_folder_of_files_gives_way_to_a_route_of_its_name(string path)
    {
        Generated generated = Harness.Generate($$"""
            [Routes(IgnoreCase = true), StaticDirectory("/", "f")] partial class App { [Get("{{path}}")] string Own() => "own"; }
            """, files: Manifest(Below("f", "Docs/index.html", "Readme.TXT")), data: "..."u8.ToArray()).AssertClean();
        RouteTable table = generated.Table();

        Assert.Contains("/Docs/index.html App [StaticDirectory] file f/Docs/index.html", Routes(generated));
        foreach (string asked in new[] { "/docs", "/DOCS", "/docs/", "/docs/INDEX.html", "/readme.txt" }) Assert.True(table.Find(HttpMethod.Get, Encoding.ASCII.GetBytes(asked)) >= 0, asked);
        var exchange = new FakeExchange("/DOCS");
        Assert.True(table.Run(exchange, table.Find(HttpMethod.Get, "/DOCS"u8)));
        Assert.Equal("text own", exchange.Answer);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_is_its_head_and_a_place_in_the_assembly(bool debug)
    {
        Generated generated = Harness.Generate("""
            [StaticFile("/a.txt", "files/a.txt"), Header("X-One", "1")] partial class App { [Static("/s")] const string S = "s"; }
            """, debug, files: Manifest($"file\tfiles/a.txt\t\t0:3:5:{Hash}\t2:8:2:{Hash}\t1:10:2:{Hash}"), data: "...helloBRGZ"u8.ToArray()).AssertClean();
        RouteTable table = generated.Table();

        StaticBlock block = table.GetStatic(1);
        Assert.Equal(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=utf-8\r\nX-One: 1\r\nVary: Accept-Encoding\r\nAccept-Ranges: bytes\r\nETag: \"{Hash}\"\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 5\r\n\r\n",
            Encoding.ASCII.GetString(block.Response));
        Assert.Equal("hello", Encoding.ASCII.GetString(block.FarBody));
        Assert.Equal(2, block.VariantCount);
        Assert.Equal("Thu, ", Encoding.ASCII.GetString(block.Response.Slice(block.DateOffset, 5)));
        Assert.StartsWith("HTTP/1.1 304 Not Modified\r\n", Encoding.ASCII.GetString(block.NotModified));
        Assert.Equal("Thu, ", Encoding.ASCII.GetString(block.NotModified.Slice(block.NotModifiedDateOffset, 5)));
        Assert.Equal($"\"{Hash}\"", Encoding.ASCII.GetString(block.EntityTag));

        Assert.Equal("BR", Encoding.ASCII.GetString(table.GetVariant(1, 0).FarBody));
        Assert.Contains("\r\nContent-Encoding: br\r\n", Encoding.ASCII.GetString(table.GetVariant(1, 0).Response));
        Assert.Equal("GZ", Encoding.ASCII.GetString(table.GetVariant(1, 1).FarBody));
        Assert.Equal("s", Encoding.ASCII.GetString(table.GetStatic(0).Response[table.GetStatic(0).HeadLength..]));
    }

    [Fact]
    public void Development_sends_what_is_on_disk_now()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("disk");
        try
        {
            string file = Path.Combine(folder.FullName, "a.html");
            RouteTable table = Harness.Generate("""[StaticFile("/", "a.html")] [CacheControl("no-cache")] partial class App { }""", debug: true,
                files: $"project\t{folder.FullName}\nfile\ta.html\t\t0:0:5:{Hash}", data: "baked"u8.ToArray()).AssertClean().Table();

            Assert.Equal("baked", Body(table));                 // not there: what the build found
            File.WriteAllText(file, "first");
            Assert.Equal("first", Body(table));
            Assert.Contains("\r\nContent-Type: text/html;charset=utf-8\r\nCache-Control: no-cache\r\n", Encoding.ASCII.GetString(table.GetStatic(0).Head));
            File.WriteAllText(file, "another");
            Assert.Equal("another", Body(table));
            File.WriteAllText(file, "ANOTHER");
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
            Assert.Equal("ANOTHER", Body(table));
            File.Delete(file);
            Assert.Equal("baked", Body(table));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static string Body(RouteTable table) => Encoding.ASCII.GetString(table.GetStatic(0).Body);
    }

    [Theory]
    [InlineData("/", "/a.txt", "/b/c.txt")]
    [InlineData("/x", "/x/a.txt", "/x/b/c.txt")]
    [InlineData("/x/", "/x/a.txt", "/x/b/c.txt")]
    [InlineData("/x/y", "/x/y/a.txt", "/x/y/b/c.txt")]
    public void A_folder_is_served_under_its_prefix(string prefix, params string[] expected)
    {
        Generated generated = Harness.Generate($$"""[StaticDirectory("{{prefix}}", "f")] partial class App { }""", files: Manifest(Below("f", "a.txt", "b/c.txt")), data: "..."u8.ToArray()).AssertClean();
        Assert.Equal(expected, Routes(generated).Select(line => line.Split(' ')[0]).Order());
    }

    [Fact]
    public void The_class_s_prefix_goes_in_front() => Assert.Equal(
        ["/api/f/a.txt"],
        Routes(Harness.Generate("""[Routes("/api")] [StaticDirectory("/f", "f")] partial class App { }""", files: Manifest(Below("f", "a.txt")), data: "..."u8.ToArray()).AssertClean()).Select(line => line.Split(' ')[0]));

    [Fact]
    public void An_index_answers_for_its_folder_unless_somebody_else_does()
    {
        Generated generated = Harness.Generate("""
            [StaticDirectory("/docs", "f")] partial class App { [Get("/docs/sub")] string Sub() => ""; }
            """, files: Manifest(Below("f", "index.html", "sub/index.html", "sub/a.html", "x/index.html")), data: "..."u8.ToArray()).AssertClean();
        Assert.Equal(
        [
            "/docs App [StaticDirectory] redirect to its slash",
            "/docs/ App [StaticDirectory] file f/index.html",
            "/docs/index.html App [StaticDirectory] file f/index.html",
            "/docs/sub App.Sub handler",
            "/docs/sub/ App [StaticDirectory] file f/sub/index.html",
            "/docs/sub/a.html App [StaticDirectory] file f/sub/a.html",
            "/docs/sub/index.html App [StaticDirectory] file f/sub/index.html",
            "/docs/x App [StaticDirectory] redirect to its slash",
            "/docs/x/ App [StaticDirectory] file f/x/index.html",
            "/docs/x/index.html App [StaticDirectory] file f/x/index.html",
        ], Routes(generated).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Dot_files_are_routes_where_they_are_asked_for()
    {
        // As another attribute asks for them, the build has them for both
        Generated generated = Harness.Generate("""
            [StaticDirectory("/a", "f"), StaticDirectory("/b", "f", DotFiles = true)] partial class App { }
            """, files: Manifest(Below("f", ".note", ".well-known/x", "a.txt", "b/.git/config")), data: "..."u8.ToArray()).AssertClean();
        Assert.Equal(["/a/.well-known/x", "/a/a.txt", "/b/.note", "/b/.well-known/x", "/b/a.txt"], Routes(generated).Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("[id].js", "/%5Bid%5D.js")]
    [InlineData("a@b+c,(d)&$;'!=:.txt", "/a@b+c,(d)&$;'!=:.txt")]
    [InlineData("100%.txt", "/100%25.txt")]
    [InlineData("%41.txt", "/%2541.txt")]
    [InlineData("a b\"<>^`{|}\\.txt", "/a%20b%22%3C%3E%5E%60%7B%7C%7D%5C.txt")]
    [InlineData("naïve.txt", "/na%C3%AFve.txt")]
    public void A_name_has_the_spelling_that_the_server_gives_every_path(string name, string path)
    {
        RouteTable table = Harness.Generate("""[StaticDirectory("/", "f")] partial class App { }""", files: Manifest(Below("f", name)), data: "..."u8.ToArray()).AssertClean().Table();
        Assert.Equal(0, table.Find(HttpMethod.Get, Encoding.ASCII.GetBytes(path)));
    }

    [Fact]
    public void Where_the_build_has_not_looked_the_message_says_how_to_make_it_look()
    {
        const string Source = """[StaticFile("/a", "a.txt")] partial class App { }""";
        Assert.Contains("'dotnet run --no-cache'", Assert.Single(Harness.Generate(Source).Diagnostics).GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("a string literal", Assert.Single(Harness.Generate(Source, files: Manifest("")).Diagnostics).GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Hundreds_of_files_are_one_block_of_heads()
    {
        string[] names = Enumerable.Range(0, 300).Select(i => $"file{i}.txt").ToArray();
        RouteTable table = Harness.Generate("""[StaticDirectory("/", "f")] partial class App { }""", files: Manifest(Below("f", names)), data: "abc"u8.ToArray()).AssertClean().Table();
        Assert.Equal(300, table.StaticCount);
        foreach (string name in names)
        {
            int route = table.Find(HttpMethod.Get, Encoding.ASCII.GetBytes("/" + name));
            Assert.Equal("abc", Encoding.ASCII.GetString(table.GetStatic(route).Body));
        }
    }

    [Theory]
    [InlineData("app.3f2a9c1b.js", true)]
    [InlineData("app-3f2a9c1b4d5e6f70.js", true)]
    [InlineData("index-BxYz12Ab.js", true)]
    [InlineData("index-B_Yz-2Ab.js", true)]
    [InlineData("chunk.a1b2c3d4.css.map", true)]
    [InlineData("app.js", false)]
    [InlineData("app.20240101.js", false)]          // a date
    [InlineData("release-version10.css", false)]
    [InlineData("photo-deadbeef.jpg", false)]       // words are no hashes
    [InlineData("jquery-3.7.1.min.js", false)]
    [InlineData("report-Q12024Ab.pdf", true)]       // indistinguishable
    [InlineData("3f2a9c1b.js", false)]              // its whole name
    [InlineData("a-3f2a9c1.js", false)]             // seven
    [InlineData("app-3f2a9c1b", false)]             // no extension
    public void Only_names_that_hold_a_hash_are_kept_for_good(string name, bool expected) => Assert.Equal(expected, Plan.FileExpander.IsFingerprinted("f/" + name));

    [Fact]
    public void A_class_s_cache_control_beats_the_fingerprint() => Assert.Contains("Cache-Control: no-store", Encoding.ASCII.GetString(
        Harness.Generate("""[CacheControl("no-store")] [StaticDirectory("/", "f")] partial class App { }""", files: Manifest(Below("f", "app.3f2a9c1b.js")), data: "abc"u8.ToArray()).AssertClean().Table().GetStatic(0).Response));

    [Theory]
    [InlineData("""[StaticFile("/a", "none.txt")]""", "missing\tnone.txt", "PB0067", "\"none.txt\"")]
    [InlineData("""[StaticDirectory("/a", "none")]""", "missing\tnone", "PB0067", "\"none\"")]
    [InlineData("""[StaticFile("/a", "a" + ".txt")]""", "", "PB0068", "\"a\" + \".txt\"")]
    [InlineData("""[StaticDirectory("/a", "f")]""", "folder\tf", "PB0069", "\"f\"")]
    [InlineData("""[StaticFile("a", "a.txt")]""", "file\ta.txt\t\t0:0:1:0123456789abcdef", "PB0010", "\"a\"")]
    [InlineData("""[StaticFile("/{id}", "a.txt")]""", "file\ta.txt\t\t0:0:1:0123456789abcdef", "PB0020", "\"/{id}\"")]
    [InlineData("""[StaticDirectory("/{id}", "f")]""", "folder\tf", "PB0020", "\"/{id}\"")]
    [InlineData("""[StaticFile("/a", "a.txt", ContentType = "a\n")]""", "file\ta.txt\t\t0:0:1:0123456789abcdef", "PB0071", "\"a\\n\"")]
    [InlineData("""[StaticFile("/a", "a.txt"), StaticFile("/a", "a.txt")]""", "file\ta.txt\t\t0:0:1:0123456789abcdef", "PB0040", "\"/a\"")]
    public void What_cannot_be_baked_is_said_at_its_place(string attributes, string manifest, string id, string underlined)
    {
        string source = attributes + " partial class App { }";
        Generated generated = Harness.Generate(source, files: Manifest(manifest), data: "abc"u8.ToArray());
        Diagnostic diagnostic = Assert.Single(generated.Diagnostics);
        Assert.Equal(id, diagnostic.Id);
        Assert.Equal(underlined, source.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length));
        generated.AssertCompiles();
    }

    [Fact]
    public void A_file_of_another_app_changes_nothing()
    {
        const string Source = """
            [StaticFile("/a", "a.txt")] partial class One { }
            [StaticFile("/b", "b.txt")] partial class Two { }
            """;
        Caching.AssertOnlyChanges(Source, Manifest($"file\ta.txt\t\t0:0:1:{Hash}", $"file\tb.txt\t\t0:1:1:{Hash}"), Manifest($"file\ta.txt\t\t0:0:1:{Hash}", $"file\tb.txt\t\t0:1:2:{Hash}"), "Two");
    }
}
