namespace Prebake.Build;

/// <summary>A file or a folder that an attribute names.</summary>
/// <param name="IsFolder"><c>[StaticDirectory]</c>.</param>
/// <param name="Name">From the folder of the project.</param>
/// <param name="DotFiles">A folder's files that begin with a dot are asked for, too.</param>
internal sealed record FileRequest(bool IsFolder, string Name, bool DotFiles = false);

/// <summary>Where a name stands in the sources; line and column count from 1.</summary>
internal sealed record SourcePlace(string File, int Line, int Column);

/// <summary>What is wrong with a file or folder, as a sentence for whoever wrote its name.</summary>
internal sealed class BakeException(FileRequest request, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public FileRequest Request { get; } = request;
}
