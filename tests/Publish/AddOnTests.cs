using System.IO.Compression;

namespace Prebake.Publish;

public sealed partial class PackageTests
{
    private const string Compressing = """
        using System.Linq;

        Serve.Run<App>(args);

        partial class App
        {
            [Use] readonly Compression _compression = new() { Codings = [Zstandard.Coding, Coding.Brotli, Coding.Gzip] };
            [Use] readonly Decompression _decompression = new() { Codings = [Zstandard.Coding, Coding.Gzip] };

            [Get("/report")] string Report() => string.Join('\n', Enumerable.Repeat("a line of the report", 500));
            [Post("/echo")] string Echo([Body] string lines) => lines;
        }
        """;

    /// <summary>Packs what stands beside the main package, in the same version, and gives its folder.</summary>
    private string PackBeside(string project)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "packages")).FullName;
        string suffix = _feed.Version["0.1.0-".Length..];
        Dotnet("pack", Path.Combine(Repository.Root, "src", project), "-c", "Release", "-o", folder, "-nodeReuse:false", "-p:VersionSuffix=" + suffix);
        return folder;
    }

    [Theory, InlineData("Redis", "StackExchange.Redis"), InlineData("Zstandard", "ZstdSharp.Port")]
    public void A_package_beside_the_main_one_says_what_it_is(string name, string dependency)
    {
        using ZipArchive package = ZipFile.OpenRead(Directory.GetFiles(PackBeside(name), "*.nupkg").Single());
        string[] files = package.Entries.Select(entry => entry.FullName).ToArray();
        foreach (string file in (string[])["README.md", "icon.png", $"lib/net10.0/Prebake.{name}.dll", $"lib/net10.0/Prebake.{name}.xml"])
            Assert.Contains(file, files);

        using var nuspec = new StreamReader(package.GetEntry($"Prebake.{name}.nuspec")!.Open());
        string text = nuspec.ReadToEnd();
        Assert.Contains("<readme>README.md</readme>", text);
        Assert.Contains("<license type=\"expression\">MIT</license>", text);
        Assert.Contains($"<dependency id=\"Prebake\" version=\"{_feed.Version}\"", text);
        Assert.Contains($"<dependency id=\"{dependency}\"", text);
    }

    [NativeFact]
    public async Task A_native_binary_speaks_Zstandard()
    {
        string packages = PackBeside("Zstandard");
        File.WriteAllText(Path.Combine(_folder, "nuget.config"), $"""
            <configuration><packageSources><add key="prebake" value="{_feed.Folder}" /><add key="beside" value="{packages}" /></packageSources></configuration>
            """);
        string reference = $"""<ItemGroup><PackageReference Include="Prebake.Zstandard" Version="{_feed.Version}" /></ItemGroup>""";
        string project = WriteProject("Compressing", "<PublishAot>true</PublishAot><TreatWarningsAsErrors>true</TreatWarningsAsErrors>", Compressing, reference);
        string output = Path.Combine(_folder, "out");
        try
        {
            Dotnet("publish", project, "-c", "Release", "-o", output);
        }
        finally
        {
            string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
            string mine = Path.Combine(cache, "prebake.zstandard", _feed.Version);
            if (Directory.Exists(mine)) Directory.Delete(mine, recursive: true);
        }

        using var server = new RunningServer(Path.Combine(output, "Compressing"), ["--port=0"]);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Url.Port}/") };
        using var asks = new HttpRequestMessage(HttpMethod.Get, "report") { Headers = { { "Accept-Encoding", "zstd, br" } } };
        using HttpResponseMessage report = await http.SendAsync(asks);
        Assert.Equal("zstd", report.Content.Headers.ContentEncoding.Single());
        byte[] coded = await report.Content.ReadAsByteArrayAsync();
        string plain = await http.GetStringAsync("report");
        Assert.InRange(coded.Length, 1, plain.Length / 10);

        // What it has made itself comes back as it was
        using var sends = new ByteArrayContent(coded) { Headers = { { "Content-Encoding", "zstd" } } };
        using HttpResponseMessage echo = await http.PostAsync("echo", sends);
        Assert.Equal(plain, await echo.Content.ReadAsStringAsync());

        using var wrong = new ByteArrayContent([1, 2, 3, 4, 5]) { Headers = { { "Content-Encoding", "zstd" } } };
        Assert.Equal(400, (int)(await http.PostAsync("echo", wrong)).StatusCode);
    }
}
