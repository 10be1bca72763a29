using System.Globalization;
using Microsoft.CodeAnalysis.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads what the build task writes: lines of fields between tabs, the first of which says what the line is.</summary>
internal static class FileManifestParser
{
    public const string FileName = "Prebake.Files.tsv";

    public static FileManifest Parse(SourceText? text)
    {
        string project = "";
        List<string> folders = [], missing = [];
        List<FileModel> files = [], below = [];

        foreach (TextLine line in text?.Lines ?? Enumerable.Empty<TextLine>())
        {
            string[] fields = line.ToString().Split('\t');
            if (fields.Length < 2) continue;

            switch (fields[0])
            {
                case "project": project = Unescape(fields[1]); break;
                case "folder": folders.Add(Unescape(fields[1])); break;
                case "missing": missing.Add(Unescape(fields[1])); break;
                case "file" when fields.Length > 3: files.Add(FileOf(fields)); break;
                case "below" when fields.Length > 3: below.Add(FileOf(fields)); break;
            }
        }

        return new FileManifest(project, folders.ToEquatable(), missing.ToEquatable(), files.ToEquatable(), below.ToEquatable());
    }

    private static FileModel FileOf(string[] fields) => new(Unescape(fields[1]), Unescape(fields[2]), fields.Skip(3).Select(VariantOf).ToEquatable());

    private static FileVariant VariantOf(string text)
    {
        string[] parts = text.Split(':');
        return new FileVariant(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture), parts[3]);
    }

    private static string Unescape(string name) => name.Replace("%0D", "\r").Replace("%0A", "\n").Replace("%09", "\t").Replace("%25", "%");
}
