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

    /// <summary>Folders that the build writes to; what is in them is never baked as a part of a folder.</summary>
    public string[] Outputs { get; set; } = [];

    /// <summary>The preprocessor symbols, between semicolons.</summary>
    public string DefineConstants { get; set; } = "";

    /// <summary>The version of the language; empty for the compiler's default.</summary>
    public string LanguageVersion { get; set; } = "";

    /// <summary>Where the compiler of this build is, whose parser is used.</summary>
    public string CompilerFolder { get; set; } = "";

    /// <summary>The bodies; empty when no attribute names a file.</summary>
    [Output] public string Data { get; private set; } = "";

    /// <summary>Their description; empty when no source has such an attribute.</summary>
    [Output] public string Manifest { get; private set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (!Enum.TryParse(Compression, ignoreCase: true, out CompressionLevels levels) || int.TryParse(Compression, out _))
        {
            Log.LogError($"PrebakeCompression is '{Compression}'; use none, fast or full.");
            return false;
        }

        var places = new Dictionary<FileRequest, SourcePlace>();
        try
        {
            string[] sources = Sources.Select(source => source.GetMetadata("FullPath")).ToArray();
            (string Path, string Text)[] candidates = sources.Where(File.Exists)
                .Select(path => (Path: path, Text: File.ReadAllText(path)))
                .Where(source => AttributeText.MayNameFiles(source.Text)).ToArray();
            if (candidates.Length == 0) return true;

            CompilerAssemblies.FindIn(CompilerFolder);
            foreach ((FileRequest request, SourcePlace place) in ReadAttributes(candidates))
                places.TryAdd(request, place);

            string folder = Path.GetFullPath(ProjectFolder);
            string output = Path.GetFullPath(Path.Combine(folder, OutputFolder));
            var project = new ProjectFiles(folder, Outputs, sources.ToHashSet(StringComparer.Ordinal));
            var compressor = new Compressor(Path.Combine(output, "compressed"), levels);
            BakedData baked = FileBaker.Bake(project, places.Keys, compressor);
            foreach (string secret in baked.Secrets)
            {
                Log.LogMessage(MessageImportance.High,
                    $"'{secret}' looks like a secret and is not baked; if it is public, name it in a [StaticFile].");
            }

            // A manifest also where no name was found: it tells the generator that the build has looked
            Directory.CreateDirectory(output);
            Manifest = Path.Combine(output, "Prebake.Files.tsv");
            WriteIfChanged(Manifest, System.Text.Encoding.UTF8.GetBytes(baked.Manifest));
            if (places.Count == 0) return true;

            Data = Path.Combine(output, "Prebake.Files.bin");
            WriteIfChanged(Data, baked.Data);
            return true;
        }
        catch (BakeException e)
        {
            SourcePlace? place = places
                .FirstOrDefault(entry => (entry.Key.IsFolder, entry.Key.Name) == (e.Request.IsFolder, e.Request.Name)).Value;
            Log.LogError(null, null, null, place?.File, place?.Line ?? 0, place?.Column ?? 0, 0, 0, $"{e.Message}.");
            return false;
        }
        catch (FileNotFoundException e)
            when (e.FileName?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) == true)
        {
            string assembly = e.FileName.Split(',')[0];
            Log.LogError($"The parser of the C# compiler was not found in '{CompilerFolder}'; "
                + $"set PrebakeCompilerFolder to the folder that has {assembly}.dll.");
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Log.LogError($"The files of [StaticFile] and [StaticDirectory] could not be read: {e.Message}");
            return false;
        }
    }

    // A method of its own: Roslyn is loaded when it is entered
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private List<(FileRequest Request, SourcePlace Place)> ReadAttributes((string Path, string Text)[] sources)
    {
        var reader = new AttributeReader(LanguageVersion, DefineConstants);
        return sources.SelectMany(source => reader.Read(source.Path, source.Text)).ToList();
    }

    private static void WriteIfChanged(string path, byte[] bytes)
    {
        if (File.Exists(path) && new FileInfo(path).Length == bytes.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes)) return;
        File.WriteAllBytes(path, bytes);
    }
}
