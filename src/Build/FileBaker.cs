using System.Globalization;
using System.Text;
using Prebake.Grammar;

namespace Prebake.Build;

/// <summary>What the build has: bytes for the assembly, and a description for the generator.</summary>
/// <param name="Data">All bodies, one behind the other.</param>
/// <param name="Manifest">
/// Lines of fields between tabs. <c>project</c> and its folder; <c>missing</c> and a name that is not there; <c>folder</c> and the name of one that is;
/// <c>file</c>, or <c>below</c> for one in a folder: the name in the attribute, the path below the folder, and for each variant coding, start, length and
/// hash with colons between.
/// </param>
internal sealed record BakedData(byte[] Data, string Manifest)
{
    /// <summary>Files that were left out of a folder since their names say that they are secret.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];
}

/// <summary>Reads, hashes and compresses files, and lays them into one block of data.</summary>
internal static class FileBaker
{
    /// <exception cref="BakeException">A file cannot be baked; the message names it.</exception>
    public static BakedData Bake(ProjectFiles project, IEnumerable<FileRequest> requests, Compressor compressor)
    {
        FileRequest[] asked = WithoutTwins(requests);
        var set = new FileSet(project);
        List<SourceFile> files = set.Find(asked);
        List<Variant>[] variants = Read(files, compressor);

        var data = new MemoryStream();
        var starts = new Dictionary<(ulong Hash, int Length), long>();
        var manifest = new StringBuilder();
        manifest.Append("project\t").Append(Escape(project.Folder)).Append('\n');
        foreach (FileRequest request in asked.OrderBy(request => request.Name, StringComparer.Ordinal))
        {
            string path = Path.Combine(project.Folder, request.Name);
            if (!(request.IsFolder ? Directory.Exists(path) : File.Exists(path))) manifest.Append("missing\t").Append(Escape(request.Name)).Append('\n');
            else if (request.IsFolder) manifest.Append("folder\t").Append(Escape(request.Name)).Append('\n');
        }

        for (int i = 0; i < files.Count; i++)
        {
            manifest.Append(files[i].Request.IsFolder ? "below" : "file").Append('\t').Append(Escape(files[i].Request.Name)).Append('\t').Append(Escape(files[i].Relative));
            foreach (Variant variant in variants[i])
            {
                // Contents that are there already are not put there twice
                if (!starts.TryGetValue((variant.Hash, variant.Bytes.Length), out long start))
                {
                    start = data.Length;
                    starts.Add((variant.Hash, variant.Bytes.Length), start);
                    data.Write(variant.Bytes);
                }

                manifest.Append(CultureInfo.InvariantCulture, $"\t{(int)variant.Coding}:{start}:{variant.Bytes.Length}:{variant.Hash:x16}");
            }

            manifest.Append('\n');
        }

        if (data.Length > int.MaxValue)
            throw new InvalidDataException(
                $"The files come to {data.Length >> 20} MiB, and an assembly holds 2 GiB; serve large ones from disk.");
        return new BakedData(data.ToArray(), manifest.ToString()) { Secrets = set.Secrets };
    }

    // A folder that is asked for with dot files and without is there once, with them: which of them are routes the
    // generator decides
    private static FileRequest[] WithoutTwins(IEnumerable<FileRequest> requests) =>
        requests.GroupBy(request => (request.IsFolder, request.Name))
            .Select(twins => twins.MaxBy(twin => twin.DotFiles)!).ToArray();

    private static List<Variant>[] Read(List<SourceFile> files, Compressor compressor)
    {
        var variants = new List<Variant>[files.Count];
        try
        {
            Parallel.For(0, files.Count, i =>
            {
                byte[] bytes = FileReader.Read(files[i]);
                variants[i] = [new Variant(ContentCoding.Identity, bytes), .. compressor.Compress(files[i].FullPath, bytes)];
            });
        }
        catch (AggregateException e)
        {
            // One that is wrong is enough to say
            Exception first = e.InnerExceptions.FirstOrDefault(inner => inner is BakeException) ?? e.InnerExceptions[0];
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }

        return variants;
    }

    // Names may hold any character but NUL
    private static string Escape(string name) => name.Replace("%", "%25", StringComparison.Ordinal).Replace("\t", "%09", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal);
}
