using System.ComponentModel;
using System.Text;
using Prebake.Files;
using Prebake.Http;

namespace Prebake.Routing;

/// <summary>A folder of a <c>[Directory]</c>; emitted tables keep one for each.</summary>
/// <param name="folder">From the working directory.</param>
/// <param name="dotFiles">Files that begin with a dot are served, too.</param>
/// <exception cref="DirectoryNotFoundException">It does not exist.</exception>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ServedFolder(string folder, bool dotFiles = false)
{
    private readonly FolderRoot _root = new(folder);

    /// <summary>The file at a path below the folder.</summary>
    /// <param name="rest">What stands behind the prefix, canonical, as <see cref="Exchange.Path"/> has it.</param>
    /// <returns>Null, which is 404, for a name that no file can have, with an escaped slash or not UTF-8, and for one
    /// that a folder does not give away.</returns>
    public Response? Find(ReadOnlySpan<byte> rest)
    {
        // Canonical: escapes are in upper case
        if (rest.IndexOf("%2F"u8) >= 0 || rest.IndexOf("%5C"u8) >= 0 || rest.IndexOf("%00"u8) >= 0) return null;

        Span<byte> name = rest.Length <= 1024 ? stackalloc byte[rest.Length] : new byte[rest.Length];
        name = name[..PercentEncoding.Decode(rest, name, plusIsSpace: false)];
        if (!System.Text.Unicode.Utf8.IsValid(name)) return null;

        string path = Encoding.UTF8.GetString(name);
        return FolderRule.Serves(path, dotFiles) ? Response.FileBelow(_root, path) : null;
    }

    /// <summary>From <c>/docs</c> to <c>/docs/</c>, with the query.</summary>
    public static Response ToSlash(Exchange exchange) => Response.Redirect(FilePlanner.WithSlash(exchange.Path, exchange.Query), 301);
}
