namespace Prebake.Generators.Model;

/// <summary>What the build task found for the names in attributes. Contents are known by their hashes only.</summary>
/// <param name="Project">The project's folder, for development.</param>
internal sealed record FileManifest(
    string Project, EquatableArray<string> Folders, EquatableArray<string> Missing, EquatableArray<FileModel> Files, EquatableArray<FileModel> Below)
{
    public static readonly FileManifest None = new(
        "", EquatableArray<string>.Empty, EquatableArray<string>.Empty, EquatableArray<FileModel>.Empty, EquatableArray<FileModel>.Empty);

    /// <summary>Why it could not be read, or null.</summary>
    public string? Failure { get; init; }
}

/// <summary>A file in the assembly.</summary>
/// <param name="Name">The file or folder as the attribute names it.</param>
/// <param name="Relative">Below the folder; empty for a single file.</param>
/// <param name="Variants">The contents as they are, then compressed ones, smallest first.</param>
internal sealed record FileModel(string Name, string Relative, EquatableArray<FileVariant> Variants)
{
    public string Path => Relative.Length == 0 ? Name : Name.TrimEnd('/') + "/" + Relative;
}

/// <summary>One coding of a file.</summary>
/// <param name="Coding">The number of a <see cref="Grammar.ContentCoding"/>.</param>
/// <param name="Start">Where its bytes start in the assembly's resource.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Hash">16 hexadecimal digits.</param>
internal sealed record FileVariant(int Coding, int Start, int Length, string Hash);
