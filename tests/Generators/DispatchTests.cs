using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary>Random sets of routes against <see cref="ReferenceRouter"/>: both forms of the dispatcher must agree with it on random paths.</summary>
public class DispatchTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private static readonly string[] s_methods = ["GET", "GET", "GET", "POST", "HEAD", "DELETE", "PURGE"];
    private static readonly string[] s_words = ["a", "b", "ab", "a-b", "users", "x.json", "2", "b2", "caf%C3%A9"];

    [Theory]
    [InlineData(1, 3, false)]
    [InlineData(2, 8, false)]
    [InlineData(3, 20, false)]
    [InlineData(4, 30, true)]
    [InlineData(5, 60, false)]
    [InlineData(6, 150, false)]
    [InlineData(7, 150, true)]
    [InlineData(8, 400, false)]
    public void The_dispatcher_agrees_with_the_rules(int seed, int count, bool debug)
    {
        var random = new Random(seed);
        var routes = RandomRoutes(random, count);
        var reference = new ReferenceRouter(routes);
        RouteTable table = Harness.Generate(AppOf(routes), debug).AssertClean().Table();

        int hits = 0;
        for (int i = 0; i < 4000; i++)
        {
            string path = RandomPath(random, routes);
            string method = s_methods[random.Next(s_methods.Length)];

            string[] expected = reference.Answers(method, path).ToArray();
            Assert.Equal(expected, Walk(table, method, path));
            Assert.Equal(reference.Methods(path).OrderBy(name => name), Methods(table, path).OrderBy(name => name));
            if (expected.Length > 0) hits++;
        }

        output.WriteLine($"{routes.Count} routes, {hits} of 4000 paths found something");
        Assert.True(hits > 400);
    }

    [Theory]
    [InlineData(11, 12, false)]
    [InlineData(12, 60, true)]
    [InlineData(13, 300, false)]
    public void Without_case_it_finds_what_it_finds_for_small_letters_and_binds_what_was_sent(int seed, int count, bool debug)
    {
        var random = new Random(seed);
        string Mixed(string text) => string.Concat(text.Select(c => random.Next(2) == 0 ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)));
        string MixedOutsideBraces(string pattern) => System.Text.RegularExpressions.Regex.Replace(pattern, @"\{[^}]*\}|[^{]+", part => part.Value[0] == '{' ? part.Value : Mixed(part.Value));

        // Equal but for their case they would be the same route
        var routes = RandomRoutes(random, count).Select(route => (route.Item1, route.Item2.ToLowerInvariant())).DistinctBy(route => (route.Item1, Shape(route.Item2))).ToList();
        var reference = new ReferenceRouter(routes);
        RouteTable table = Harness.Generate("[Routes(IgnoreCase = true)] " + AppOf(routes.Select(route => (route.Item1, MixedOutsideBraces(route.Item2)))), debug).AssertClean().Table();

        int hits = 0;
        for (int i = 0; i < 3000; i++)
        {
            string small = RandomPath(random, routes).ToLowerInvariant(), path = Mixed(small), method = s_methods[random.Next(s_methods.Length)];
            string[] expected = reference.Answers(method, small).ToArray();
            List<string> answers = Walk(table, method, path);
            Assert.Equal(expected, answers.Select(answer => answer.ToLowerInvariant()));
            Assert.Equal(reference.Methods(small).OrderBy(name => name), Methods(table, path).OrderBy(name => name));
            foreach (string value in answers.SelectMany(answer => answer[(answer.IndexOf(':') + 1)..].Split('|')))
                if (value.All(char.IsAscii)) Assert.Contains(value, path);
            if (expected.Length > 0) hits++;
        }

        Assert.True(hits > 300);

        static string Shape(string pattern) => System.Text.RegularExpressions.Regex.Replace(pattern, @"\{p\d", "{");
    }

    [Theory]
    [InlineData("GET", "/n/lit", "1:lit")]           // POST /n/lit exists, GET falls on to /n/{a}
    [InlineData("POST", "/n/lit", "0:")]
    [InlineData("GET", "/w/x/c", "2:x")]             // Backtracking out of /w/x
    [InlineData("GET", "/w/x/d", "3:")]
    [InlineData("GET", "/u/1/a", "4:1")]             // Each with its own name
    [InlineData("GET", "/u/1/b", "5:1")]
    [InlineData("HEAD", "/u/1/b", "5:1")]
    [InlineData("HEAD", "/h", "7:")]
    [InlineData("GET", "/caf%C3%A9", "8:")]
    [InlineData("GET", "/x/", null)]
    [InlineData("GET", "/", null)]
    [InlineData("GET", "/N/lit", null)]
    public void The_rules_of_the_table_hold(string method, string path, string? expected)
    {
        (string, string)[] routes =
        [
            ("POST", "/n/lit"), ("GET", "/n/{p0}"), ("GET", "/w/{p0}/c"), ("GET", "/w/x/d"), ("GET", "/u/{p0}/a"), ("GET", "/u/{p0}/b"),
            ("GET", "/h"), ("HEAD", "/h"), ("GET", "/café"), ("GET", "/x"),
        ];
        RouteTable table = Harness.Generate(AppOf(routes)).AssertClean().Table();
        Assert.Equal(expected, Walk(table, method, path).FirstOrDefault());
    }

    [Fact]
    public void Each_path_knows_its_methods()
    {
        RouteTable table = Harness.Generate(AppOf([("GET", "/a"), ("PURGE", "/a"), ("POST", "/b"), ("PUT", "/{p0}"), ("DELETE", "/{p0}")])).AssertClean().Table();

        Assert.Equal("GET, HEAD, PUT, DELETE, OPTIONS, PURGE", Encoding.ASCII.GetString(table.AllowOf(table.MethodsOf("/a"u8))));
        Assert.Equal("POST, PUT, DELETE, OPTIONS", Encoding.ASCII.GetString(table.AllowOf(table.MethodsOf("/b"u8))));
        Assert.Equal("PUT, DELETE, OPTIONS", Encoding.ASCII.GetString(table.AllowOf(table.MethodsOf("/c"u8))));
        Assert.Equal("GET, HEAD, POST, PUT, DELETE, OPTIONS, PURGE", Encoding.ASCII.GetString(table.AllowOf(table.AllMethods)));
        Assert.True(table.MethodsOf("/a/b"u8).IsEmpty);
        Assert.Equal(HttpMethod.FirstCustom, table.MethodOf("PURGE"u8));
        Assert.Equal(HttpMethod.Unknown, table.MethodOf("purge"u8));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(10_000)]
    public void Many_routes_compile_and_dispatch_like_few(int count)
    {
        // A third each: exact paths, parameters below different literals, constants
        var source = new StringBuilder("partial class App\n{\n");
        for (int i = 0; i < count; i++)
            source.AppendLine((i % 3) switch
            {
                0 => $"[Get(\"/exact/{i}/path\")] string M{i}() => \"{i}\";",
                1 => $"[Get(\"/things{i}/{{id}}/part\")] string M{i}(int id) => \"{i} \" + id;",
                _ => $"[Static(\"/static/{i}\")] const string M{i} = \"constant {i}\";",
            });
        source.AppendLine("}");

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var compilation = Harness.Compile(source.ToString());
        Microsoft.CodeAnalysis.GeneratorDriver driver = Harness.Driver(track: false).RunGeneratorsAndUpdateCompilation(compilation, out var result, out _);
        output.WriteLine($"{count} routes: generated in {clock.ElapsedMilliseconds} ms, {result.SyntaxTrees.Last().Length / 1024} KB");
        clock.Restart();
        RouteTable table = new Generated((Microsoft.CodeAnalysis.CSharp.CSharpCompilation)result, driver.GetRunResult()).Table();
        output.WriteLine($"compiled in {clock.ElapsedMilliseconds} ms");

        clock.Restart();
        for (int i = 0; i < count; i++)
        {
            string path = (i % 3) switch { 0 => $"/exact/{i}/path", 1 => $"/things{i}/7/part", _ => $"/static/{i}" };
            int route = table.Find(HttpMethod.Get, Encoding.ASCII.GetBytes(path));
            Assert.True(route >= 0, path);
            if (i % 3 == 2)
            {
                StaticBlock block = table.GetStatic(route);
                Assert.Equal($"constant {i}", Encoding.ASCII.GetString(block.Response[block.HeadLength..]));
                continue;
            }

            var exchange = new FakeExchange(path);
            Assert.True(table.Run(exchange, route));
            Assert.Equal(i % 3 == 0 ? $"text {i}" : $"text {i} 7", exchange.Answer);
            Assert.Equal(-1, table.Find(HttpMethod.Post, Encoding.ASCII.GetBytes(path)));
            Assert.Equal(-1, table.Find(HttpMethod.Get, Encoding.ASCII.GetBytes(path + "x")));
        }

        output.WriteLine($"all found in {clock.ElapsedMilliseconds} ms");
    }

    [Theory]
    [InlineData("short", 40, "window: -1, second: -1")]
    [InlineData("same ends", 40, "window: 0, second: -1")]
    [InlineData("two windows", 60, "window: 0, second: 14")]
    [InlineData("whole", 60, "window: -2, second: -1")]
    [InlineData("long", 40, "window: -1, second: -1")]
    [InlineData("forks", 40, "window: -1, second: -1")]
    public void Big_tables_agree_with_the_rules_whatever_tells_their_paths_apart(string kind, int count, string windows)
    {
        var random = new Random(9);
        var routes = new List<(string, string)>();
        for (int i = 0; i < count; i++)
        {
            string path = kind switch
            {
                "short" => "/" + (char)('a' + (i % 26)) + (i < 26 ? "" : (i % 7).ToString()),
                "same ends" => $"/api/{i}/organizations/members",
                "two windows" => $"/api/{(char)('a' + (i % 8))}/organizations/{(char)('a' + (i / 8))}/teams/members",
                "whole" => $"/api/{(char)('a' + (i % 4))}/organizations/{(char)('a' + (i / 4 % 4))}/teams/of/some/kind/{(char)('a' + (i / 16))}/and/all/of/their/members",
                "long" => $"/a/path/that/is/longer/than/the/bits/of/a/word/since/there/are/such/{i}/too",
                _ => $"/v{i % 5}/things{i}",
            };
            routes.Add(("GET", path));
            routes.Add((i % 3 == 0 ? "POST" : "GET", path + "/{p0}"));
            if (i % 4 == 0) routes.Add(("PURGE", path));
            if (i % 5 == 0) routes.Add(("DELETE", path + "/{p0}"));
            if (i % 6 == 0) routes.Add(("GET", path + "/{p0}/parts/{p1}"));
        }

        if (kind == "forks") routes.AddRange([("GET", "/{*p0}"), ("GET", "/v1/{p0}/{p1}"), ("GET", "/v2/things{p0}/{p1}"), ("GET", "/v3/{*p0}")]);

        var reference = new ReferenceRouter(routes);
        Generated generated = Harness.Generate(AppOf(routes)).AssertClean();
        Assert.Contains(windows, generated.Source);
        RouteTable table = generated.Table();
        foreach ((_, string pattern) in routes)
            foreach (string end in new[] { "", "/", "/x", "/x/y", "x", "/parts/1", "/parts/1/2" })
            {
                string path = pattern.Replace("{p0}", "12").Replace("{p1}", "a-rather-long-value").Replace("{*p0}", "a/b") + end;
                string cut = path[..random.Next(1, path.Length)];
                foreach (string method in new[] { "GET", "POST", "PURGE" })
                    foreach (string asked in new[] { path, cut })
                    {
                        Assert.Equal(reference.Answers(method, asked), Walk(table, method, asked));
                        Assert.Equal(reference.Methods(asked).OrderBy(name => name), Methods(table, asked).OrderBy(name => name));
                    }
            }

        // One byte is another: outside of the windows that changes neither the hash nor the fingerprint
        foreach ((_, string pattern) in routes)
        {
            char[] path = pattern.Replace("{p0}", "12").Replace("{p1}", "3").Replace("{*p0}", "a/b").ToCharArray();
            for (int i = 1; i < path.Length; i++)
            {
                char right = path[i];
                path[i] = right == 'q' ? 'r' : 'q';
                string asked = new(path);
                Assert.Equal(reference.Answers("GET", asked), Walk(table, "GET", asked));
                path[i] = right;
            }
        }
    }

    [Fact]
    public void Nothing_outside_the_path_is_read()
    {
        if (!OperatingSystem.IsLinux()) return;

        // One page that may be read between two that may not: a byte beyond either end of a path would end the process
        const int Page = 4096, None = 0, ReadWrite = 3, PrivateAnonymous = 0x22;
        nint pages = MapPages(0, 3 * Page, None, PrivateAnonymous, -1, 0);
        Assert.NotEqual(-1, pages);
        Assert.Equal(0, ProtectPages(pages + Page, Page, ReadWrite));
        Span<byte> page = MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref Unsafe.NullRef<byte>(), pages + Page), Page);

        foreach (string stem in new[] { "/", "/api/", "/a/rather/long/stem/of/organizations/" })
            foreach ((string tail, bool deeper) in new[] { ("", true), ("", false), ("/members/of/them", true) })
            {
                var routes = new List<(string Method, string Pattern)>();
                for (int i = 0; i < 40; i++)
                {
                    routes.AddRange([("GET", stem + i + tail), ("GET", stem + i + tail + "/{p0}")]);
                    if (deeper) routes.Add(("GET", stem + i + tail + "/{p0}/parts"));
                }

                RouteTable table = Harness.Generate(AppOf(routes)).AssertClean().Table();

                foreach ((_, string pattern) in routes)
                {
                    string path = pattern.Replace("{p0}", "1") + "/and/more";
                    for (int length = 0; length <= path.Length; length++)
                    {
                        byte[] bytes = Encoding.ASCII.GetBytes(path[..length]);
                        int found = table.Find(HttpMethod.Get, bytes);
                        bytes.CopyTo(page);
                        Assert.Equal(found, table.Find(HttpMethod.Get, page[..length]));
                        bytes.CopyTo(page[^length..]);
                        Assert.Equal(found, table.Find(HttpMethod.Get, page[^length..]));
                    }
                }
            }

        Assert.Equal(0, UnmapPages(pages, 3 * Page));
    }

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern nint MapPages(nint address, nint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    private static extern int ProtectPages(nint address, nint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int UnmapPages(nint address, nint length);

    private static List<(string, string)> RandomRoutes(Random random, int count)
    {
        var routes = new List<(string, string)>();
        var taken = new HashSet<string>();
        for (int tries = 0; routes.Count < count && tries < count * 20; tries++)
        {
            var pattern = new StringBuilder();
            int parameters = 0, segments = random.Next(1, 5);
            for (int i = 0; i < segments; i++)
            {
                bool last = i == segments - 1;
                pattern.Append('/').Append(random.Next(10) switch
                {
                    < 5 => s_words[random.Next(s_words.Length)],
                    5 => $"{{p{parameters++}}}.json",
                    6 => random.Next(2) == 0 ? $"a{{p{parameters++}}}" : $"{{p{parameters++}}}2",
                    7 => random.Next(2) == 0 ? $"{{p{parameters++}}}-{{p{parameters++}}}" : $"{{p{parameters++}}}b{{p{parameters++}}}.{{p{parameters++}}}",
                    8 when last => $"{{*p{parameters++}}}",
                    _ => $"{{p{parameters++}}}",
                });
            }

            if (random.Next(12) == 0 && !pattern.ToString().EndsWith('}')) pattern.Append('/');
            string method = s_methods[random.Next(s_methods.Length)];
            string text = pattern.ToString();
            if (taken.Add(method + System.Text.RegularExpressions.Regex.Replace(text, @"\{p\d", "{"))) routes.Add((method, text));
        }

        return routes;
    }

    private static string RandomPath(Random random, List<(string, string Pattern)> routes)
    {
        if (random.Next(4) == 0)
            return "/" + string.Join("/", Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomValue(random)));

        string pattern = routes[random.Next(routes.Count)].Pattern;
        string path = System.Text.RegularExpressions.Regex.Replace(pattern, @"\{(\*?)p\d\}", match =>
            match.Groups[1].Length > 0 ? string.Join("/", Enumerable.Range(0, random.Next(0, 3)).Select(_ => RandomValue(random))) : RandomValue(random));
        return random.Next(8) switch { 0 => path + "/", 1 => path + RandomValue(random), _ => path };
    }

    private static string RandomValue(Random random) => random.Next(4) switch
    {
        0 => s_words[random.Next(s_words.Length)],
        1 => s_words[random.Next(s_words.Length)] + "-" + s_words[random.Next(s_words.Length)],
        2 => random.Next(3) switch { 0 => "2", 1 => "b.json", _ => "-." },
        _ => "x" + random.Next(20),
    };

    private static string AppOf(IEnumerable<(string Method, string Pattern)> routes)
    {
        var source = new StringBuilder("partial class App\n{\n");
        int id = 0;
        foreach ((string method, string pattern) in routes)
        {
            string[] names = System.Text.RegularExpressions.Regex.Matches(pattern, @"\{\*?(p\d)\}").Select(match => match.Groups[1].Value).ToArray();
            string attribute = method == "PURGE" ? $"Route(\"{pattern}\", \"PURGE\")" : $"{method[0]}{method[1..].ToLowerInvariant()}(\"{pattern}\")";
            source.AppendLine($"    [{attribute}] string M{id}({string.Join(", ", names.Select(name => "string " + name))}) => \"{id}:\"{(names.Length == 0 ? "" : " + " + string.Join(" + \"|\" + ", names))};");
            id++;
        }

        return source.Append('}').ToString();
    }

    private static List<string> Walk(RouteTable table, string method, string path)
    {
        var answers = new List<string>();
        for (int route = -1; (route = table.Find(FakeExchange.MethodOf(table, method), Encoding.ASCII.GetBytes(path), route)) >= 0;)
        {
            var exchange = new FakeExchange(path);
            Assert.True(table.Run(exchange, route));
            answers.Add(exchange.Answer["text ".Length..]);
        }

        return answers;
    }

    private static IEnumerable<string> Methods(RouteTable table, string path)
    {
        MethodSet set = table.MethodsOf(Encoding.ASCII.GetBytes(path));
        foreach (HttpMethod method in Enum.GetValues<HttpMethod>())
            if (set.Contains(method)) yield return method == HttpMethod.FirstCustom ? "PURGE" : method.ToString().ToUpperInvariant();
    }
}
