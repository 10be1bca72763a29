using System.Text.RegularExpressions;
using System.Diagnostics;
using System.IO.Compression;

namespace Prebake.Publish;

/// <summary>The package as a stranger gets it: restored in an empty folder outside of this repository, built, published, run.</summary>
[Collection("dotnet")]
public sealed partial class PackageTests : IClassFixture<PackageTests.Feed>, IDisposable
{
    private readonly Feed _feed;
    private readonly string _folder = Directory.CreateTempSubdirectory("prebake-package-").FullName;

    public PackageTests(Feed feed)
    {
        _feed = feed;
        File.WriteAllText(Path.Combine(_folder, "nuget.config"), $"""<configuration><packageSources><add key="prebake" value="{feed.Folder}" /></packageSources></configuration>""");
        File.WriteAllText(Path.Combine(_folder, "page.html"), string.Concat(Enumerable.Repeat("<p>A page of the package's test.</p>\n", 50)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string App = """
        Serve.Run<App>(args);

        [StaticFile("/", "page.html")]
        partial class App
        {
            [Get("/hello/{name}")] string Hello(string name) => $"Hello, {name}!";
        }
        """;

    [Fact]
    public void The_package_holds_what_it_needs_and_depends_on_the_shape_of_a_logger_alone()
    {
        using ZipArchive package = ZipFile.OpenRead(Directory.GetFiles(_feed.Folder, "*.nupkg").Single());
        string[] files = package.Entries.Select(entry => entry.FullName).ToArray();
        foreach (string file in new[]
        {
            "README.md", "icon.png", "lib/net10.0/Prebake.dll", "lib/net10.0/Prebake.xml", "analyzers/dotnet/roslyn4.14/cs/Prebake.Generators.dll", "analyzers/dotnet/roslyn4.14/cs/Prebake.CodeFixes.dll", "build/Prebake.props",
            "build/Prebake.targets", "build/Prebake.Runtime.targets", "buildTransitive/Prebake.targets", "tools/net10.0/Prebake.Build.dll", "tools/net10.0/ZstdSharp.dll",
        })
            Assert.Contains(file, files);

        using var nuspec = new StreamReader(package.GetEntry("Prebake.nuspec")!.Open());
        string text = nuspec.ReadToEnd();
        Assert.Equal(["Microsoft.Extensions.Logging.Abstractions", "System.Threading.RateLimiting"], Regex.Matches(text, "<dependency id=\"([^\"]+)\"").Select(match => match.Groups[1].Value));
        // No compiler: the task parses with that of the build
        Assert.DoesNotContain(files, file => file.Contains("Microsoft.CodeAnalysis", StringComparison.Ordinal));
        Assert.InRange(new FileInfo(Directory.GetFiles(_feed.Folder, "*.nupkg").Single()).Length, 1, 1_250_000);
        Assert.Contains("<license type=\"expression\">MIT</license>", text);
        Assert.Single(Directory.GetFiles(_feed.Folder, "*.snupkg"));
    }

    [NativeFact]
    public async Task A_project_restores_publishes_and_runs_it()
    {
        File.WriteAllText(Path.Combine(_folder, "App.cs"), App);
        File.WriteAllText(Path.Combine(_folder, "Mine.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <PublishAot>true</PublishAot>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Prebake" Version="{_feed.Version}" /></ItemGroup>
            </Project>
            """);

        Dotnet("publish", "-c", "Release", "-o", "out");
        string routes = File.ReadAllText(Directory.GetFiles(Path.Combine(_folder, "obj", "Release"), "routes.txt", SearchOption.AllDirectories).Single());
        Assert.StartsWith("[App]\n", routes, StringComparison.Ordinal);
        Assert.Matches(@"1  GET  /hello/\{name\}\s+App\.Hello\s+handler", routes);
        await Talk(new RunningServer(Path.Combine(_folder, "out", "Mine"), ["--port=0"]), "br");
    }

    [NativeFact]
    public async Task One_file_is_an_app()
    {
        File.WriteAllText(Path.Combine(_folder, "server.cs"), $"#:package Prebake@{_feed.Version}\n\n{App}");

        var run = new ProcessStartInfo("dotnet", ["run", "server.cs", "--", "--port=0"]) { WorkingDirectory = _folder };
        await Talk(new RunningServer(run), null);

        Dotnet("publish", "server.cs", "-o", "out");
        await Talk(new RunningServer(Path.Combine(_folder, "out", "server"), ["--port=0"]), "br");
    }

    [Fact]
    public void A_mistake_is_said_where_it_is()
    {
        File.WriteAllText(Path.Combine(_folder, "server.cs"), $"#:package Prebake@{_feed.Version}\n\n{App.Replace("page.html", "pages.html")}");
        string output = Dotnet(1, "build", "server.cs");
        Assert.Contains("server.cs(5,18): error PB0067: There is no file 'pages.html'", output);
    }

    [Fact]
    public async Task A_file_based_app_sees_new_files_and_new_attributes_when_it_is_run_again()
    {
        string server = Path.Combine(_folder, "server.cs");
        string head = $"#:package Prebake@{_feed.Version}\n#:property PublishAot=false\n\nServe.Run<App>(args);\n\n";
        Directory.CreateDirectory(Path.Combine(_folder, "public"));
        File.WriteAllText(Path.Combine(_folder, "public", "a.txt"), "a");
        File.WriteAllText(server, head + "partial class App { [Get(\"/\")] string Home() => \"home\"; }\n");
        Assert.Equal("home", await Ask("/"));
        Assert.Equal("home", await Ask("/"));

        // The SDK compiles without MSBuild where nothing but the file has changed: the message says what helps
        File.WriteAllText(server, head + "[StaticDirectory(\"/\", \"public\")] partial class App { [Get(\"/home\")] string Home() => \"home\"; }\n");
        var run = new ProcessStartInfo("dotnet", ["run", "server.cs", "--", "--port=0"]) { WorkingDirectory = _folder };
        string first = await FirstLineOf(run);
        if (!first.StartsWith("Listening", StringComparison.Ordinal))
        {
            Assert.Contains("server.cs(6,23): error PB0068", first);
            Assert.Contains("'dotnet run --no-cache'", first);
        }

        Assert.Equal("a", await Ask("/a.txt", "--no-cache"));

        // From then on each run looks
        File.WriteAllText(Path.Combine(_folder, "public", "b.txt"), "b");
        Assert.Equal("b", await Ask("/b.txt"));
        File.WriteAllText(Path.Combine(_folder, "c.txt"), "c");
        File.WriteAllText(server, File.ReadAllText(server).Replace("[StaticDirectory", "[StaticFile(\"/c\", \"c.txt\"), StaticDirectory"));
        Assert.Equal("c", await Ask("/c"));
        File.Delete(Path.Combine(_folder, "public", "b.txt"));
        Assert.Equal("404", await Ask("/b.txt"));

        async Task<string> Ask(string path, params string[] options)
        {
            using var app = new RunningServer(new ProcessStartInfo("dotnet", ["run", .. options, "server.cs", "--", "--port=0"]) { WorkingDirectory = _folder });
            using var http = new HttpClient();
            HttpResponseMessage response = await http.GetAsync(new Uri($"http://127.0.0.1:{app.Url.Port}{path}"));
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        static async Task<string> FirstLineOf(ProcessStartInfo start)
        {
            using var app = new RunningServer(start);
            if (app.FirstLine.StartsWith("Listening", StringComparison.Ordinal)) return app.FirstLine;

            return app.FirstLine + await app.ReadToEndAsync();
        }
    }

    [Theory]
    [InlineData("artifacts", "")]
    [InlineData("absolute", "<IntermediateOutputPath>{0}/elsewhere/</IntermediateOutputPath>")]
    [InlineData("named", "<PrebakeRoutesFile>routes.txt</PrebakeRoutesFile>")]
    public void Routes_are_listed_wherever_intermediate_files_go(string kind, string property)
    {
        string project = WriteProject("Mine", string.Format(System.Globalization.CultureInfo.InvariantCulture, property, _folder), App);
        if (kind == "artifacts") File.WriteAllText(Path.Combine(_folder, "Mine", "Directory.Build.props"), "<Project><PropertyGroup><UseArtifactsOutput>true</UseArtifactsOutput></PropertyGroup></Project>");
        Dotnet("build", project, "-c", "Release");
        string routes = kind switch
        {
            "artifacts" => Directory.GetFiles(Path.Combine(_folder, "Mine", "artifacts"), "routes.txt", SearchOption.AllDirectories).Single(),
            "absolute" => Directory.GetFiles(Path.Combine(_folder, "elsewhere"), "routes.txt", SearchOption.AllDirectories).Single(),
            _ => Path.Combine(_folder, "Mine", "routes.txt"),
        };
        Assert.StartsWith("[App]\n", File.ReadAllText(routes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_based_app_lists_its_routes_beside_its_intermediate_files()
    {
        File.WriteAllText(Path.Combine(_folder, "server.cs"), $"#:package Prebake@{_feed.Version}\n#:property PublishAot=false\n\n{App}");
        Dotnet("build", "server.cs");
        string folder = Dotnet("build", "server.cs", "-getProperty:IntermediateOutputPath").Trim();
        Assert.Contains("GET  /hello/{name}", File.ReadAllText(Path.Combine(folder, "routes.txt")));
    }

    [Fact]
    public void Only_executables_with_routes_get_the_defaults()
    {
        string app = WriteProject("App", "", App);
        string uses = $"""<ItemGroup><ProjectReference Include="{app}" /></ItemGroup>""";
        string host = WriteProject("Host", "", """System.Console.WriteLine(new System.Globalization.CultureInfo("de-DE").NativeName);""", uses, package: false);
        string test = WriteProject("Test", "<IsTestProject>true</IsTestProject>", "System.Console.WriteLine();");
        string off = WriteProject("Off", "<PrebakeDefaults>false</PrebakeDefaults>", App);
        string own = WriteProject("Own", "<InvariantGlobalization>false</InvariantGlobalization>", App);

        Assert.Equal("true", Invariant(app));
        Assert.Equal("", Invariant(host));
        Assert.Equal("", Invariant(test));
        Assert.Equal("", Invariant(off));
        Assert.Equal("false", Invariant(own));

        // What the runtime in it reads is there all the same
        Dotnet("build", host);
        string config = File.ReadAllText(Directory.GetFiles(Path.Combine(_folder, "Host", "bin"), "Host.runtimeconfig.json", SearchOption.AllDirectories).Single());
        Assert.Contains("\"Prebake.Development\": true", config);
        Assert.DoesNotContain("Globalization.Invariant", config);
        Assert.DoesNotContain("UnfairSemaphoreSpinLimit", config);
        config = File.ReadAllText(Directory.GetFiles(Path.Combine(_folder, "App", "bin"), "App.runtimeconfig.json", SearchOption.AllDirectories).Single());
        Assert.Contains("\"System.Globalization.Invariant\": true", config);
        Assert.Contains("\"System.Threading.ThreadPool.UnfairSemaphoreSpinLimit\": 0", config);

        string Invariant(string project)
        {
            Dotnet("restore", project);
            return Dotnet("msbuild", project, "-getProperty:InvariantGlobalization").Trim();
        }
    }

    [Fact]
    public void Symbols_links_and_a_path_with_a_space_are_as_the_compiler_and_the_system_have_them()
    {
        string folder = Path.Combine(_folder, "My Project", "public", "sub folder");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "a b.txt"), "a");
        if (OperatingSystem.IsLinux())
        {
            File.CreateSymbolicLink(Path.Combine(folder, "link.txt"), "a b.txt");
            Directory.CreateSymbolicLink(Path.Combine(folder, "..", "linked"), "sub folder");
        }

        string project = WriteProject("My Project", "", """
            Serve.Run<App>(args);

            #if DEBUG
            [StaticFile("/debug", "a file that is nowhere.txt")] // 5" wide
            #endif
            #if NEVER
            An odd " and a /*
            #endif
            #if NET10_0_OR_GREATER && RELEASE
            [StaticDirectory("/", "public")]
            #endif
            partial class App { }
            """);
        Dotnet("build", project, "-c", "Release");
        string routes = File.ReadAllText(Directory.GetFiles(Path.Combine(_folder, "My Project", "obj"), "routes.txt", SearchOption.AllDirectories).Single());
        Assert.Contains("/sub%20folder/a%20b.txt", routes);
        Assert.DoesNotContain("/debug", routes);
        if (!OperatingSystem.IsLinux()) return;
        Assert.Contains("/sub%20folder/link.txt", routes);
        Assert.Contains("/linked/a%20b.txt", routes);
    }

    [Fact]
    public void A_folder_that_holds_the_project_is_an_error_at_its_name()
    {
        string project = WriteProject("Mine", "", """
            Serve.Run<App>(args);

            [StaticDirectory("/p", ".")] partial class App { }
            """);
        string output = Dotnet(1, "build", project);
        Assert.Contains("App.cs(3,24): error : The folder '.' holds the project itself", output);
        Assert.DoesNotContain("MSB4018", output);
    }

    [Fact]
    public async Task A_watched_app_serves_edits_and_new_files()
    {
        string project = WriteProject("My Watched", "", """
            Serve.Run<App>(args);

            [StaticDirectory("/", "public")] partial class App { }
            """);
        string folder = Path.Combine(_folder, "My Watched", "public");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "a.txt"), "first");

        var start = new ProcessStartInfo("dotnet", ["watch", "--non-interactive", "run", "--", "--port=0"])
        {
            WorkingDirectory = Path.GetDirectoryName(project),
            Environment = { ["DOTNET_WATCH_SUPPRESS_LAUNCH_BROWSER"] = "1", ["DOTNET_WATCH_RESTART_ON_RUDE_EDIT"] = "1" },
        };
        using var watched = new RunningServer(start, "Listening on http");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{watched.Url.Port}/") };
        Assert.Equal("first", await http.GetStringAsync("a.txt"));

        File.WriteAllText(Path.Combine(folder, "a.txt"), "edited");
        await Until("a.txt", "edited");
        int added = 0;
        await Until("b0.txt", "new", () => File.WriteAllText(Path.Combine(folder, $"b{added++}.txt"), "new"));

        // A file that appears while the watcher is busy with the edit before can be missed, and a later change of a file
        // that it does not know does not interest it: the next one that appears brings the first along
        async Task Until(string path, string expected, Action? save = null)
        {
            for (int tries = 0; ; tries++)
            {
                if (tries % 100 == 0) save?.Invoke();
                HttpResponseMessage response = await http.GetAsync(new Uri(path, UriKind.Relative));
                if (await response.Content.ReadAsStringAsync() == expected) return;
                Assert.True(tries < 900, $"{path} is {(int)response.StatusCode} after three minutes\n{watched.Said}");
                await Task.Delay(200);
            }
        }
    }

    /// <summary>A project in a folder of its own; the path of its file.</summary>
    private string WriteProject(string name, string properties, string source, string items = "", bool package = true)
    {
        string folder = Path.Combine(_folder, name), project = Path.Combine(folder, name.Replace(" ", "", StringComparison.Ordinal) + ".csproj");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "App.cs"), source);
        File.Copy(Path.Combine(_folder, "page.html"), Path.Combine(folder, "page.html"));
        string reference = package ? $"""<ItemGroup><PackageReference Include="Prebake" Version="{_feed.Version}" /></ItemGroup>""" : "";
        File.WriteAllText(project, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                {properties}
              </PropertyGroup>
              {reference}{items}
            </Project>
            """);
        return project;
    }

    private static async Task Talk(RunningServer server, string? coding)
    {
        using (server)
        {
            using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri($"http://127.0.0.1:{server.Url.Port}/") };
            Assert.Equal("Hello, you!", await http.GetStringAsync("/hello/you"));
            Assert.StartsWith("<p>A page", await http.GetStringAsync("/"), StringComparison.Ordinal);

            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Accept-Encoding", "br" } } };
            Assert.Equal(coding, (await http.SendAsync(request)).Content.Headers.ContentEncoding.SingleOrDefault());
        }
    }

    private string Dotnet(params string[] arguments) => Dotnet(0, arguments);

    private string Dotnet(int code, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments, "--nologo"]) { WorkingDirectory = _folder, RedirectStandardOutput = true, Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" } };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == code, output);
        if (code == 0) Assert.DoesNotContain("warning ", output.Replace(" Warning(s)", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
        return output;
    }

    /// <summary>The package, in a version that nobody has in a cache.</summary>
    public sealed class Feed : IDisposable
    {
        public Feed()
        {
            string suffix = "test." + DateTime.UtcNow.Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Version = "0.1.0-" + suffix;
            var start = new ProcessStartInfo("dotnet", ["pack", Path.Combine(Repository.Root, "src", "Runtime"), "-c", "Release", "-o", Folder, "--nologo", "-nodeReuse:false", "-p:VersionSuffix=" + suffix])
            {
                RedirectStandardOutput = true,
            };
            using Process pack = Process.Start(start)!;
            string output = pack.StandardOutput.ReadToEnd();
            pack.WaitForExit();
            Assert.True(pack.ExitCode == 0, output);
        }

        public string Folder { get; } = Directory.CreateTempSubdirectory("prebake-feed-").FullName;

        public string Version { get; }

        public void Dispose()
        {
            Directory.Delete(Folder, recursive: true);
            string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
            string mine = Path.Combine(cache, "prebake", Version);
            if (Directory.Exists(mine)) Directory.Delete(mine, recursive: true);
        }
    }
}
