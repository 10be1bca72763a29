using System.ComponentModel;
using System.Text;
using Prebake.Files;

namespace Prebake.Routing;

/// <summary>A folder of a <c>[Directory]</c>; emitted tables keep one for each.</summary>
/// <param name="folder">From the working directory.</param>
/// <exception cref="DirectoryNotFoundException">It does not exist.</exception>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ServedFolder(string folder)
{
    private readonly FolderRoot _root = new(folder);

    /// <summary>The file at a path below the folder.</summary>
    /// <param name="rest">What stands behind the prefix, canonical, as <see cref="Exchange.Path"/> has it.</param>
    /// <returns>Null, which is 404, for a name that no file can have: with an escaped slash, or not UTF-8.</returns>
    public Response? Find(ReadOnlySpan<byte> rest)
    {
        Span<byte> name = rest.Length <= 1024 ? stackalloc byte[rest.Length] : new byte[rest.Length];
        int length = 0;
        for (int i = 0; i < rest.Length; i++)
        {
            byte b = rest[i];
            if (b == '%')
            {
                b = (byte)((Hex(rest[i + 1]) << 4) | Hex(rest[i + 2]));         // canonical: two digits follow
                if (b is (byte)'/' or (byte)'\\' or 0) return null;
                i += 2;
            }

            name[length++] = b;
        }

        name = name[..length];
        return System.Text.Unicode.Utf8.IsValid(name) ? Response.FileBelow(_root, Encoding.UTF8.GetString(name)) : null;
    }

    /// <summary>From <c>/docs</c> to <c>/docs/</c>, with the query.</summary>
    public static Response ToSlash(Exchange exchange) => Response.Redirect(
        Encoding.ASCII.GetString(exchange.Path) + "/" + (exchange.Query.IsEmpty ? "" : "?" + Encoding.Latin1.GetString(exchange.Query)), 301);

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
