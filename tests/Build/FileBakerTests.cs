using System.Globalization;
using System.IO.Compression;
using System.Text;
using Prebake.Grammar;

namespace Prebake.Build.Tests;

/// <summary>What of a folder goes into the assembly, and that the same folder always gives the same bytes.</summary>
public sealed class FileBakerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bake").FullName;
    private readonly RecordingEngine _engine = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    private void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private BakedData Bake(CompressionLevels levels, params FileRequest[] requests) => FileBaker.Bake(Project(), requests, new Compressor(Path.Combine(_folder, "obj"), levels));

    private ProjectFiles Project(params string[] outputs) => new(_folder, outputs, new HashSet<string> { Path.Combine(_folder, "f", "Compiled.cs") });

    private static string[][] Lines(BakedData baked, string kind) =>
        baked.Manifest.Split('\n').Select(line => line.Split('\t')).Where(fields => fields[0] == kind).Select(fields => fields[1..]).ToArray();

    private static byte[] Part(BakedData baked, string variant)
    {
        int[] numbers = variant.Split(':').Take(3).Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return baked.Data[numbers[1]..(numbers[1] + numbers[2])];
    }

    [Fact]
    public void Bytes_places_and_hashes_are_those_of_the_files()
    {
        Write("a.txt", "first");
        Write("b.txt", "second");
        BakedData baked = Bake(CompressionLevels.None, new(false, "b.txt"), new(false, "a.txt"), new(false, "a.txt"));

        string[][] files = Lines(baked, "file");
        Assert.Equal(["a.txt", "b.txt"], files.Select(file => file[0]));
        Assert.Equal("first", Encoding.UTF8.GetString(Part(baked, files[0][2])));
        Assert.Equal("second", Encoding.UTF8.GetString(Part(baked, files[1][2])));
        Assert.EndsWith(":" + XxHash64.Hash("second"u8).ToString("x16", CultureInfo.InvariantCulture), files[1][2]);
        Assert.Equal("firstsecond", Encoding.UTF8.GetString(baked.Data));
    }

    [Fact]
    public void The_same_contents_are_there_once()
    {
        Write("a.txt", "same");
        Write("f/b.txt", "same");
        BakedData baked = Bake(CompressionLevels.None, new(false, "a.txt"), new(true, "f"));
        Assert.Equal("same", Encoding.UTF8.GetString(baked.Data));
    }

    [Fact]
    public void A_folder_gives_what_may_be_seen_in_an_order_of_its_own()
    {
        foreach (string name in new[] { "f/z.txt", "f/a/b.txt", "f/a.txt", "f/.env", "f/.git/config", "f/.well-known/x", "f/.well-known/.y", "g/other" }) Write(name, name);
        BakedData baked = Bake(CompressionLevels.None, new FileRequest(true, "f"));
        Assert.Equal([".well-known/x", "a.txt", "a/b.txt", "z.txt"], Lines(baked, "below").Select(file => file[1]));
        Assert.Equal([["f"]], Lines(baked, "folder"));
    }

    [Fact]
    public void What_is_not_there_is_said()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "empty"));
        BakedData baked = Bake(CompressionLevels.None, new(false, "none.txt"), new(true, "nowhere"), new(true, "empty"), new(false, "empty"));
        Assert.Equal(["empty", "none.txt", "nowhere"], Lines(baked, "missing").Select(line => line[0]).Order());
        Assert.Equal(["empty"], Lines(baked, "folder").Select(line => line[0]));
    }

    [Fact]
    public void Names_survive_the_manifest()
    {
        Write("f/100%.txt", "x");
        Assert.Equal("100%25.txt", Lines(Bake(CompressionLevels.None, new FileRequest(true, "f")), "below")[0][1]);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0 1")]
    [InlineData(2, "0 1 2 3")]
    public void Codings_are_those_of_the_level_smallest_first(int level, string codings)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2_000).Select(i => $"line {i}\n")));
        Write("a.txt", text);
        BakedData baked = Bake((CompressionLevels)level, new FileRequest(false, "a.txt"));
        string[] variants = Lines(baked, "file")[0][2..];

        Assert.Equal(codings, string.Join(' ', variants.Select(variant => variant[..1]).Order()));
        int[] lengths = variants[1..].Select(variant => Part(baked, variant).Length).ToArray();
        Assert.Equal(lengths.Order(), lengths);

        foreach (string variant in variants)
        {
            byte[] bytes = Part(baked, variant);
            using Stream decoded = (ContentCoding)(variant[0] - '0') switch
            {
                ContentCoding.Gzip => new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress),
                ContentCoding.Brotli => new BrotliStream(new MemoryStream(bytes), CompressionMode.Decompress),
                ContentCoding.Zstandard => new ZstdSharp.DecompressionStream(new MemoryStream(bytes)),
                _ => new MemoryStream(bytes),
            };
            var output = new MemoryStream();
            decoded.CopyTo(output);
            Assert.Equal(text, output.ToArray());
        }
    }

    [Theory]
    [InlineData("noise.txt", true)]         // does not get smaller
    [InlineData("picture.png", false)]      // is compressed, says its name
    [InlineData("short.txt", false)]        // one packet anyway
    public void What_is_not_worth_it_is_left_as_it_is(string name, bool noise)
    {
        byte[] bytes = name == "short.txt" ? "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"u8.ToArray() : new byte[4_000];
        if (noise) new Random(1).NextBytes(bytes);
        Write(name, bytes);
        Assert.Single(Lines(Bake(CompressionLevels.Full, new FileRequest(false, name)), "file")[0][2..]);
    }

    [Fact]
    public void The_same_files_give_the_same_bytes_and_are_compressed_once()
    {
        Write("f/a.txt", new string('a', 5_000));
        Write("f/b.txt", new string('b', 5_000));
        BakedData first = Bake(CompressionLevels.Full, new FileRequest(true, "f"));
        string[] kept = Directory.GetFiles(Path.Combine(_folder, "obj")).Order().ToArray();
        Assert.Equal(6, kept.Length);

        foreach (string file in kept) File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        BakedData second = Bake(CompressionLevels.Full, new FileRequest(true, "f"));
        Assert.Equal(first.Manifest, second.Manifest);
        Assert.Equal(first.Data, second.Data);
        Assert.All(kept, file => Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file)));
    }

    [Fact]
    public void The_task_writes_only_what_changed()
    {
        Write("App.cs", """[StaticFile("/a", "a.txt")] partial class App;""");
        Write("a.txt", "one");
        Assert.True(Task().Execute());
        string data = Path.Combine(_folder, "obj", "p", "Prebake.Files.bin");
        File.SetLastWriteTimeUtc(data, DateTime.UnixEpoch);

        Assert.True(Task().Execute());
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(data));

        Write("a.txt", "two");
        Assert.True(Task().Execute());
        Assert.Equal("two", File.ReadAllText(data));
    }

    [Fact]
    public void A_project_without_files_gets_none()
    {
        Write("App.cs", "partial class App;");
        BakeFiles task = Task();
        Assert.True(task.Execute());
        Assert.Equal("", task.Data);
        Assert.False(Directory.Exists(Path.Combine(_folder, "obj", "p")));
    }

    [Fact]
    public void Only_a_build_that_will_compile_it_bakes_it()
    {
        Write("App.cs", "#if DEBUG\n[StaticFile(\"/a\", \"a.txt\")]\n#endif\npartial class App;");
        Write("a.txt", "one");
        BakeFiles release = Task(), debug = Task("TRACE;DEBUG");
        Assert.True(release.Execute());
        Assert.Equal("", release.Data);
        // The generator shall know that the build has looked
        Assert.NotEqual("", release.Manifest);

        Assert.True(debug.Execute());
        Assert.Equal("one", File.ReadAllText(debug.Data));
    }

    // ---- what no folder gives away ---------------------------------------------------------------------------------------

    [Fact]
    public void Secrets_are_not_baked_unless_they_are_named_themselves()
    {
        string[] secrets = ["f/.env", "f/.env.local", "f/.git/config", "f/server.pem", "f/sub/server.KEY", "f/x.pfx", "f/secrets.json"];
        foreach (string name in secrets.Append("f/.note").Append("f/a.environment").Append("f/key")) Write(name, name);
        BakedData baked = Bake(CompressionLevels.None, new FileRequest(true, "f", DotFiles: true));
        Assert.Equal([".note", "a.environment", "key"], Lines(baked, "below").Select(file => file[1]));
        Assert.Equal(["f/.env", "f/.env.local", "f/.git", "f/secrets.json", "f/server.pem", "f/sub/server.KEY", "f/x.pfx"], baked.Secrets.Order(StringComparer.Ordinal));

        BakedData named = Bake(CompressionLevels.None, new FileRequest(false, "f/server.pem"), new FileRequest(false, "f/.env"));
        Assert.Equal(["f/.env", "f/server.pem"], Lines(named, "file").Select(file => file[0]));
    }

    [Fact]
    public void Dot_files_are_baked_on_request()
    {
        foreach (string name in new[] { "f/a.txt", "f/.note", "f/.d/x", "f/.well-known/y" }) Write(name, name);
        Assert.Equal([".well-known/y", "a.txt"], Lines(Bake(CompressionLevels.None, new FileRequest(true, "f")), "below").Select(file => file[1]));
        BakedData both = Bake(CompressionLevels.None, new FileRequest(true, "f"), new FileRequest(true, "f", DotFiles: true));
        Assert.Equal([".d/x", ".note", ".well-known/y", "a.txt"], Lines(both, "below").Select(file => file[1]));
        Assert.Equal([["f"]], Lines(both, "folder"));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("./")]
    [InlineData("..")]
    [InlineData("f/..")]
    [InlineData("/")]
    public void A_folder_that_holds_the_project_is_an_error_that_says_what_to_write(string name)
    {
        Write("f/a.txt", "a");
        Write("App.cs", $"[StaticDirectory(\"/p\", \"{name}\")] partial class App;");
        Assert.False(Task().Execute());
        Microsoft.Build.Framework.BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Contains($"'{name}' holds the project itself", error.Message);
        Assert.Contains("a folder of their own, such as 'public'", error.Message);
        Assert.Equal(("App.cs", 1, 24), (Path.GetFileName(error.File), error.LineNumber, error.ColumnNumber));
    }

    [Fact]
    public void Sources_and_what_is_built_are_not_baked()
    {
        foreach (string name in new[]
        {
            "f/a.txt", "f/Compiled.cs", "f/sample.cs", "f/out/App.dll", "f/artifacts/bin/x", "f/sub/Other.csproj", "f/sub/obj/y", "f/sub/bin/z", "f/bin/tool.zip",
        })
            Write(name, name);

        BakedData baked = FileBaker.Bake(Project("f/out/", Path.Combine(_folder, "f", "artifacts"), ""), [new FileRequest(true, "f")], new Compressor(_folder, CompressionLevels.None));
        Assert.Equal(["a.txt", "bin/tool.zip", "sample.cs", "sub/Other.csproj"], Lines(baked, "below").Select(file => file[1]));
    }

    [Fact]
    public void A_folder_that_the_build_writes_to_is_an_error_and_one_below_it_is_not()
    {
        Write("dist/web/a.txt", "a");
        BakeException e = Assert.Throws<BakeException>(() => FileBaker.Bake(Project("dist/"), [new FileRequest(true, "dist")], new Compressor(_folder, CompressionLevels.None)));
        Assert.Contains("'dist' is one that the build writes to", e.Message);
        BakedData below = FileBaker.Bake(Project("dist/"), [new FileRequest(true, "dist/web")], new Compressor(_folder, CompressionLevels.None));
        Assert.Equal(["a.txt"], Lines(below, "below").Select(file => file[1]));
    }

    [Fact]
    public void A_second_and_a_third_build_bake_what_the_first_did()
    {
        Write("public/a.txt", new string('a', 5_000));
        Write("App.cs", """[StaticDirectory("/", "public")] partial class App;""");
        long[] lengths = Enumerable.Range(0, 3).Select(_ => { BakeFiles task = Task(); Assert.True(task.Execute()); return new FileInfo(task.Data).Length; }).ToArray();
        Assert.All(lengths, length => Assert.Equal(5_000, length));
    }

    // ---- what cannot be read ---------------------------------------------------------------------------------------------

    [LinuxFact]
    public void Links_to_files_and_folders_are_followed()
    {
        Write("f/a.txt", "a");
        Write("other/b.txt", "b");
        File.CreateSymbolicLink(Path.Combine(_folder, "f", "c.txt"), "a.txt");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "f", "d"), "../other");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "f", "e"), Path.Combine(_folder, "other"));
        Assert.Equal(["a.txt", "c.txt", "d/b.txt", "e/b.txt"], Lines(Bake(CompressionLevels.None, new FileRequest(true, "f")), "below").Select(file => file[1]));
    }

    [LinuxTheory]
    [InlineData("dangling", "nowhere", "'f/dangling'", "'nowhere', which does not exist")]
    [InlineData("self", "self", "'f/self'", "leads nowhere")]
    [InlineData("loop", ".", "'f/loop'", "leads to a folder that holds it")]
    [InlineData("up", "..", "'f/up'", "leads to a folder that holds it or the project")]
    [InlineData("sub/loop", "../../f", "'f/sub/loop'", "leads to a folder that holds it")]
    public void A_link_that_leads_nowhere_or_in_a_circle_is_one_message_that_names_it(string link, string to, params string[] said)
    {
        Write("f/sub/a.txt", "a");
        File.CreateSymbolicLink(Path.Combine(_folder, "f", link), to);
        AssertFails(said);
    }

    [LinuxFact]
    public void A_pipe_is_one_message_that_names_it()
    {
        Write("f/a.txt", "a");
        using (var mkfifo = System.Diagnostics.Process.Start("mkfifo", Path.Combine(_folder, "f", "pipe"))) mkfifo.WaitForExit();
        AssertFails("'f/pipe' is not a file but a pipe");
    }

    [LinuxFact]
    public void A_file_that_cannot_be_opened_is_one_message_that_names_it()
    {
        // root may read everything, but nobody opens a socket
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        Write("f/a.txt", "a");
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(_folder, "f", "closed")));
        AssertFails("The file 'f/closed' cannot be read: ");
    }

    [LinuxFact]
    public void A_file_or_folder_that_nobody_may_read_is_one_message_that_names_it()
    {
        if (Environment.IsPrivilegedProcess || OperatingSystem.IsWindows()) return;     // it may

        Write("f/closed", "b");
        File.SetUnixFileMode(Path.Combine(_folder, "f", "closed"), UnixFileMode.None);
        AssertFails("The file 'f/closed' cannot be read: ");
        File.Delete(Path.Combine(_folder, "f", "closed"));
        Directory.CreateDirectory(Path.Combine(_folder, "f", "sub"), UnixFileMode.None);
        _engine.Errors.Clear();
        AssertFails("The folder 'f/sub' cannot be read: ");
    }

    [Fact]
    public void A_file_that_changes_while_it_is_read_is_one_message_that_names_it()
    {
        Write("f/log.txt", new byte[48 << 20]);
        using var stop = new CancellationTokenSource();
        using var writing = new ManualResetEventSlim();
        var writer = new Thread(() =>
        {
            using FileStream stream = new(Path.Combine(_folder, "f", "log.txt"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            while (!stop.IsCancellationRequested)
            {
                stream.WriteByte(1);
                writing.Set();
            }
        });
        writer.Start();
        try
        {
            writing.Wait();
            BakeException e = Assert.Throws<BakeException>(() => Bake(CompressionLevels.None, new FileRequest(true, "f")));
            Assert.Contains("'f/log.txt' changes while it is read", e.Message);
        }
        finally
        {
            stop.Cancel();
            writer.Join();
        }
    }

    private void AssertFails(params string[] said)
    {
        Write("App.cs", """[StaticDirectory("/", "f")] partial class App;""");
        Assert.False(Task().Execute());
        Microsoft.Build.Framework.BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.All(said, text => Assert.Contains(text, error.Message));
        Assert.Equal(1, error.LineNumber);
    }

    private BakeFiles Task(string symbols = "") => new()
    {
        BuildEngine = _engine,
        DefineConstants = symbols,
        Sources = [new Microsoft.Build.Utilities.TaskItem(Path.Combine(_folder, "App.cs"))],
        ProjectFolder = _folder,
        OutputFolder = "obj/p",
        Compression = "none",
    };
}
