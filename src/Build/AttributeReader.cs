using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.Build;

/// <summary>
/// Finds the names of files in <c>[StaticFile("/path", "name")]</c> and <c>[StaticDirectory("/prefix", "name")]</c>.
/// The build needs them before there is
/// a compilation, so the sources are parsed as the compiler will parse them, and nothing is evaluated: a name that is
/// not a literal is left to the
/// generator, which says so.
/// </summary>
internal sealed class AttributeReader
{
    private readonly CSharpParseOptions _options;

    /// <param name="languageVersion">As in the project; empty for the compiler's default.</param>
    /// <param name="symbols">The preprocessor symbols, between semicolons.</param>
    public AttributeReader(string languageVersion, string symbols)
    {
        // A version that this compiler does not know is the compiler's to complain about
        if (!LanguageVersionFacts.TryParse(languageVersion, out LanguageVersion version))
            version = LanguageVersion.Latest;

        IEnumerable<string> defined = symbols.Split([';', ',', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Where(SyntaxFacts.IsValidIdentifier);
        _options = new CSharpParseOptions(version, DocumentationMode.None, preprocessorSymbols: defined)
            .WithFeatures([new("FileBasedProgram", "true")]);
    }

    /// <summary>What the attributes of a source name, in their order.</summary>
    public IEnumerable<(FileRequest Request, SourcePlace Place)> Read(string path, string source)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(source, _options, path);
        SyntaxNode root = tree.GetRoot();
        Dictionary<string, string> aliases = AliasesOf(root);

        foreach (AttributeSyntax attribute in root
            .DescendantNodes(node => node is not (StatementSyntax or ExpressionSyntax)).OfType<AttributeSyntax>())
        {
            string name = NameOf(attribute.Name);
            bool? isFolder = KindOf(aliases.GetValueOrDefault(name, name));
            if (isFolder is null || attribute.Parent?.Parent is not BaseTypeDeclarationSyntax) continue;

            if (LiteralOf(attribute, isFolder.Value ? "folder" : "file") is not { } literal) continue;

            var request = new FileRequest(isFolder.Value, literal.Token.ValueText, AsksForDotFiles(attribute));
            yield return (request, PlaceOf(path, literal));
        }
    }

    private static bool? KindOf(string name) => name switch
    {
        "StaticFile" or "StaticFileAttribute" => false,
        "StaticDirectory" or "StaticDirectoryAttribute" => true,
        _ => null,
    };

    // using Baked = Prebake.StaticFileAttribute;
    private static Dictionary<string, string> AliasesOf(SyntaxNode root)
    {
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (UsingDirectiveSyntax directive in root
            .DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<UsingDirectiveSyntax>())
        {
            if (directive is { Alias: { } alias, Name: { } name })
                aliases[alias.Name.Identifier.ValueText] = NameOf(name);
        }

        return aliases;
    }

    private static string NameOf(NameSyntax name) => name switch
    {
        QualifiedNameSyntax qualified => NameOf(qualified.Right),
        AliasQualifiedNameSyntax qualified => NameOf(qualified.Name),
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };

    /// <summary>The second argument by place, or the one that is called by its name.</summary>
    private static LiteralExpressionSyntax? LiteralOf(AttributeSyntax attribute, string parameter)
    {
        ExpressionSyntax? second = null;
        int index = 0;
        foreach (AttributeArgumentSyntax argument in attribute.ArgumentList?.Arguments ?? [])
        {
            if (argument.NameEquals is not null) continue;
            bool isWanted = argument.NameColon is { } name ? name.Name.Identifier.ValueText == parameter : index == 1;
            if (isWanted) second = argument.Expression;
            index++;
        }

        while (second is ParenthesizedExpressionSyntax parenthesized) second = parenthesized.Expression;
        return second is LiteralExpressionSyntax literal && literal.IsKind(SyntaxKind.StringLiteralExpression)
            ? literal
            : null;
    }

    // What is not literally false may be true: then they are baked, and the generator, which knows, decides whether
    // they are routes
    private static bool AsksForDotFiles(AttributeSyntax attribute) =>
        attribute.ArgumentList!.Arguments.Any(argument =>
            argument.NameEquals?.Name.Identifier.ValueText == "DotFiles"
            && !argument.Expression.IsKind(SyntaxKind.FalseLiteralExpression));

    private static SourcePlace PlaceOf(string path, SyntaxNode node)
    {
        Microsoft.CodeAnalysis.Text.LinePosition start = node.GetLocation().GetLineSpan().StartLinePosition;
        return new SourcePlace(path, start.Line + 1, start.Character + 1);
    }
}
