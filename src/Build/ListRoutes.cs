using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Microsoft.Build.Framework;

namespace Prebake.Build;

/// <summary>
/// The MSBuild task behind the compiler: writes the route tables of an assembly as text, so that a change of the routes is a change of a file. Nothing is
/// run: the table describes itself in one method that returns one string, which is read from the code.
/// </summary>
public sealed class ListRoutes : Microsoft.Build.Utilities.Task
{
    private const byte LoadString = 0x72;

    /// <summary>What the compiler made.</summary>
    [Required] public string Assembly { get; set; } = "";

    /// <summary>Where the text goes.</summary>
    [Required] public string File { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            string text = Read(Assembly);
            if (System.IO.File.Exists(File) && System.IO.File.ReadAllText(File) == text) return true;
            if (text.Length > 0 || System.IO.File.Exists(File)) System.IO.File.WriteAllText(File, text);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            // Nobody's build fails over a listing
            Log.LogMessage(MessageImportance.Normal, $"The routes were not listed: {e.Message}");
            return true;
        }
    }

    /// <summary>Each app's name in brackets, and its routes.</summary>
    internal static string Read(string assembly)
    {
        using FileStream stream = System.IO.File.OpenRead(assembly);
        using var image = new PEReader(stream);
        MetadataReader metadata = image.GetMetadataReader();

        var apps = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            if (!IsTable(metadata, type)) continue;

            foreach (MethodDefinitionHandle method in type.GetMethods())
                if (Describe(metadata, image, metadata.GetMethodDefinition(method)) is { } routes) apps[NameOf(metadata, type.GetDeclaringType())] = routes;
        }

        return string.Join("\n", apps.Select(app => $"[{app.Key}]\n{app.Value}"));
    }

    private static bool IsTable(MetadataReader metadata, TypeDefinition type) =>
        type.BaseType.Kind == HandleKind.TypeReference && type.GetDeclaringType() is { IsNil: false }
        && metadata.GetTypeReference((TypeReferenceHandle)type.BaseType) is var parent
        && metadata.StringComparer.Equals(parent.Name, "RouteTable") && metadata.StringComparer.Equals(parent.Namespace, "Prebake");

    private static string? Describe(MetadataReader metadata, PEReader image, MethodDefinition method)
    {
        if (!metadata.StringComparer.Equals(method.Name, "Describe") || method.RelativeVirtualAddress == 0) return null;

        BlobReader code = image.GetMethodBody(method.RelativeVirtualAddress).GetILReader();
        while (code.RemainingBytes >= 5)
            if (code.ReadByte() == LoadString) return metadata.GetUserString((UserStringHandle)MetadataTokens.Handle(code.ReadInt32()));

        return null;
    }

    private static string NameOf(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        TypeDefinition type = metadata.GetTypeDefinition(handle);
        string name = metadata.GetString(type.Name);
        if (!type.GetDeclaringType().IsNil) return NameOf(metadata, type.GetDeclaringType()) + "." + name;

        string space = metadata.GetString(type.Namespace);
        return space.Length == 0 ? name : space + "." + name;
    }
}
