using Microsoft.Build.Framework;

namespace Prebake.Build;

/// <summary>
/// The MSBuild task before the compiler: finds the files that attributes name and writes two files into <c>obj</c>, one for the assembly and one
/// for the generator. They are written only when something in them changed, so an unchanged project is not compiled again.
/// </summary>
public sealed class BakeFiles : Microsoft.Build.Utilities.Task
{
    /// <summary>The sources of the project.</summary>
    [Required] public ITaskItem[] Sources { get; set; } = [];

    /// <summary>What names of files are relative to.</summary>
    [Required] public string ProjectFolder { get; set; } = "";

    /// <summary>Where results go.</summary>
    [Required] public string OutputFolder { get; set; } = "";

    /// <summary><c>none</c>, <c>fast</c> (gzip) or <c>full</c> (gzip, Brotli, Zstandard).</summary>
    [Required] public string Compression { get; set; } = "";

    /// <summary>The bodies; empty when no attribute names a file.</summary>
    [Output] public string Data { get; private set; } = "";

    /// <summary>Their description; empty when no attribute names a file.</summary>
    [Output] public string Manifest { get; private set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (!Enum.TryParse(Compression, ignoreCase: true, out CompressionLevels levels) || int.TryParse(Compression, out _))
        {
            Log.LogError($"PrebakeCompression is '{Compression}'; use none, fast or full.");
            return false;
        }

        try
        {
            FileRequest[] requests = Sources.Select(source => source.GetMetadata("FullPath")).Where(File.Exists)
                .SelectMany(path => SourceScanner.Scan(File.ReadAllText(path))).Distinct().ToArray();
            if (requests.Length == 0) return true;

            string output = Path.GetFullPath(Path.Combine(ProjectFolder, OutputFolder));
            BakedData baked = FileBaker.Bake(Path.GetFullPath(ProjectFolder), requests, new Compressor(Path.Combine(output, "compressed"), levels));

            Directory.CreateDirectory(output);
            Data = Path.Combine(output, "Prebake.Files.bin");
            Manifest = Path.Combine(output, "Prebake.Files.tsv");
            WriteIfChanged(Data, baked.Data);
            WriteIfChanged(Manifest, System.Text.Encoding.UTF8.GetBytes(baked.Manifest));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Log.LogError($"The files of [StaticFile] and [StaticDirectory] could not be read: {e.Message}");
            return false;
        }
    }

    private static void WriteIfChanged(string path, byte[] bytes)
    {
        if (File.Exists(path) && new FileInfo(path).Length == bytes.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes)) return;
        File.WriteAllBytes(path, bytes);
    }
}
