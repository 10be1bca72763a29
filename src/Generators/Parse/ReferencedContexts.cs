using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>The public <c>JsonSerializerContext</c> classes of referenced projects and packages. Each reference is looked through once, not once for each edit.</summary>
internal static class ReferencedContexts
{
    private const string Json = "System.Text.Json", TypeInfo = "System.Text.Json.Serialization.Metadata.JsonTypeInfo";

    private static readonly ConditionalWeakTable<object, ParsedJson> s_known = new();

    public static ParsedJson Of(Compilation compilation, CancellationToken cancellation)
    {
        var types = new List<JsonTypeModel>();
        foreach (MetadataReference reference in compilation.References)
        {
            cancellation.ThrowIfCancellationRequested();
            object key = reference is CompilationReference project ? project.Compilation : reference;
            if (!s_known.TryGetValue(key, out ParsedJson? found))
            {
                found = compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly ? In(assembly) : ParsedJson.None;
                found = s_known.GetValue(key, _ => found);
            }

            types.AddRange(found.Types);
        }

        return types.Count == 0 ? ParsedJson.None : ParsedJson.None with { Types = types.ToEquatable() };
    }

    private static ParsedJson In(IAssemblySymbol assembly)
    {
        // The base library has contexts of its own, which nobody means
        bool isFramework = assembly.Name.StartsWith("System.", StringComparison.Ordinal) || assembly.Name.StartsWith("Microsoft.", StringComparison.Ordinal);
        if (isFramework || !assembly.Modules.Any(module => module.ReferencedAssemblies.Any(other => other.Name == Json))) return ParsedJson.None;

        var types = new List<JsonTypeModel>();
        var open = new Stack<INamespaceOrTypeSymbol>([assembly.GlobalNamespace]);
        while (open.Count > 0)
        {
            foreach (ISymbol member in open.Pop().GetMembers())
            {
                if (member is INamespaceSymbol space) open.Push(space);
                else if (member is INamedTypeSymbol { DeclaredAccessibility: Accessibility.Public } type)
                {
                    open.Push(type);
                    if (!type.IsGenericType && JsonContextParser.IsContext(type)) types.AddRange(TypesOf(type));
                }
            }
        }

        return types.Count == 0 ? ParsedJson.None : ParsedJson.None with { Types = types.ToEquatable() };
    }

    /// <summary>Its generated half is there: each property of metadata is a type.</summary>
    private static IEnumerable<JsonTypeModel> TypesOf(INamedTypeSymbol context)
    {
        JsonStyle style = JsonContextParser.StyleOf(context);
        foreach (IPropertySymbol property in context.GetMembers().OfType<IPropertySymbol>())
            if (property is { DeclaredAccessibility: Accessibility.Public, IsStatic: false, Type: INamedTypeSymbol { TypeArguments: [var type] } info } && info.PlainName() == TypeInfo && type.IsVisible())
                yield return new JsonTypeModel(type.FullName(), context.FullName(), property.Name.Escaped(), style) { IsReferenced = true };
    }
}
