using System.Globalization;
using System.IO.Compression;
using System.Text;
using Prebake.Grammar;

namespace Prebake.Build.Tests;

/// <summary>What of a folder goes into the assembly, and that the same folder always gives the same bytes.</summary>
public sealed class FileBakerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("bake").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string name, byte[] bytes)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    private void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private BakedData Bake(CompressionLevels levels, params FileRequest[] requests) => FileBaker.Bake(_folder, requests, new Compressor(Path.Combine(_folder, "obj"), levels));

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

    private BakeFiles Task() => new()
    {
        Sources = [new Microsoft.Build.Utilities.TaskItem(Path.Combine(_folder, "App.cs"))],
        ProjectFolder = _folder,
        OutputFolder = "obj/p",
        Compression = "none",
    };
}
