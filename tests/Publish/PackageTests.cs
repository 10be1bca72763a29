using System.Text.RegularExpressions;
using System.Diagnostics;
using System.IO.Compression;

namespace Prebake.Publish;

/// <summary>The package as a stranger gets it: restored in an empty folder outside of this repository, built, published, run.</summary>
[Collection("dotnet")]
public sealed class PackageTests : IClassFixture<PackageTests.Feed>, IDisposable
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
            "build/Prebake.targets", "buildTransitive/Prebake.props", "buildTransitive/Prebake.targets", "tools/net10.0/Prebake.Build.dll", "tools/net10.0/ZstdSharp.dll",
        })
            Assert.Contains(file, files);

        using var nuspec = new StreamReader(package.GetEntry("Prebake.nuspec")!.Open());
        string text = nuspec.ReadToEnd();
        Assert.Equal(["Microsoft.Extensions.Logging.Abstractions"], Regex.Matches(text, "<dependency id=\"([^\"]+)\"").Select(match => match.Groups[1].Value));
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
        if (code == 0) Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
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
