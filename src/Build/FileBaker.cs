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
internal sealed record BakedData(byte[] Data, string Manifest);

/// <summary>Reads, hashes and compresses files, and lays them into one block of data.</summary>
internal static class FileBaker
{
    public static BakedData Bake(string projectFolder, IEnumerable<FileRequest> requests, Compressor compressor)
    {
        FileRequest[] asked = requests.Distinct().ToArray();
        List<SourceFile> files = FileSet.Find(projectFolder, asked);
        var variants = new List<Variant>[files.Count];
        Parallel.For(0, files.Count, i =>
        {
            byte[] bytes = File.ReadAllBytes(files[i].FullPath);
            variants[i] = [new Variant(ContentCoding.Identity, bytes), .. compressor.Compress(files[i].FullPath, bytes)];
        });

        var data = new MemoryStream();
        var starts = new Dictionary<(ulong Hash, int Length), long>();
        var manifest = new StringBuilder();
        manifest.Append("project\t").Append(Escape(projectFolder)).Append('\n');
        foreach (FileRequest request in asked.OrderBy(request => request.Name, StringComparer.Ordinal))
        {
            string path = Path.Combine(projectFolder, request.Name);
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

        if (data.Length > int.MaxValue) throw new InvalidDataException($"The files come to {data.Length >> 20} MiB, and an assembly holds 2 GiB; serve large ones from disk.");
        return new BakedData(data.ToArray(), manifest.ToString());
    }

    // Names may hold any character but NUL
    private static string Escape(string name) => name.Replace("%", "%25", StringComparison.Ordinal).Replace("\t", "%09", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal);
}
