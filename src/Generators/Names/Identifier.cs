using Microsoft.CodeAnalysis.CSharp;

namespace Prebake.Generators.Names;

/// <summary>The user's names, written so that C# reads them as names.</summary>
internal static class Identifier
{
    public static string Escaped(this string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None
            ? "@" + name
            : name;
}
