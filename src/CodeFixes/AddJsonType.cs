using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace Prebake.CodeFixes;

/// <summary>PB0052 and PB0057: adds <c>[JsonSerializable]</c> to the project's context, and makes the context if there is none.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AddJsonType : CodeFixProvider
{
    private const string Context = "System.Text.Json.Serialization.JsonSerializerContext", Serializable = "global::System.Text.Json.Serialization.JsonSerializable";

    /// <inheritdoc/>
    public override System.Collections.Immutable.ImmutableArray<string> FixableDiagnosticIds { get; } = ["PB1052", "PB0057"];

    // One type after the other, since they go to the same place
    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        Diagnostic diagnostic = context.Diagnostics[0];
        if (!diagnostic.Properties.TryGetValue("what", out string? type) || type is null) return;
        if (!(await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is CompilationUnitSyntax)) return;

        Compilation? compilation = await context.Document.Project.GetCompilationAsync(context.CancellationToken).ConfigureAwait(false);
        ClassDeclarationSyntax? declaration = compilation is null ? null : FindContext(compilation, context.CancellationToken);
        string name = declaration?.Identifier.Text ?? "a new AppJson";
        string shown = type.Replace("global::", "");
        context.RegisterCodeFix(CodeAction.Create($"Add [JsonSerializable(typeof({shown}))] to {name}",
            cancellation => declaration is null ? CreateAsync(context.Document, type, cancellation) : AddAsync(context.Document.Project.Solution, declaration, type, cancellation),
            equivalenceKey: nameof(AddJsonType)), diagnostic);
    }

    private static ClassDeclarationSyntax? FindContext(Compilation compilation, CancellationToken cancellation)
    {
        INamedTypeSymbol? contextType = compilation.GetTypeByMetadataName(Context);
        return compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type, cancellation).OfType<INamedTypeSymbol>()
            .Where(type => SymbolEqualityComparer.Default.Equals(type.BaseType, contextType))
            .Where(type => contextType is not null)
            .Where(type => !IsInGeneric(type))
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .SelectMany(type => type.DeclaringSyntaxReferences).Select(part => part.GetSyntax(cancellation)).OfType<ClassDeclarationSyntax>()
            .FirstOrDefault(part => part.BaseList is not null);
    }

    // There is no single object of a generic context
    private static bool IsInGeneric(INamedTypeSymbol type) => type.IsGenericType || type.ContainingType is { } outer && IsInGeneric(outer);

    private static async Task<Solution> AddAsync(Solution solution, ClassDeclarationSyntax declaration, string type, CancellationToken cancellation)
    {
        Document? document = solution.GetDocument(declaration.SyntaxTree);
        if (document is null || await declaration.SyntaxTree.GetRootAsync(cancellation).ConfigureAwait(false) is not { } root) return solution;

        // A new line above the class, indented as it is; what stands in front of it stays in front
        SyntaxTriviaList leading = declaration.GetLeadingTrivia();
        SyntaxTrivia[] indent = leading.Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).ToArray();
        AttributeListSyntax list = ListOf(type).WithLeadingTrivia(leading).WithTrailingTrivia(SyntaxFactory.LineFeed);
        ClassDeclarationSyntax changed = declaration.WithLeadingTrivia(indent);
        changed = changed.WithAttributeLists(changed.AttributeLists.Insert(0, list));
        if (declaration.AttributeLists.Count > 0) changed = changed.ReplaceNode(changed.AttributeLists[1], changed.AttributeLists[1].WithLeadingTrivia(indent));
        return (await Tidied.AsTextAsync(document.WithSyntaxRoot(root.ReplaceNode(declaration, changed)), cancellation).ConfigureAwait(false)).Project.Solution;
    }

    private static async Task<Solution> CreateAsync(Document document, string type, CancellationToken cancellation)
    {
        var root = (CompilationUnitSyntax)(await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false))!;
        MemberDeclarationSyntax context = SyntaxFactory.ParseMemberDeclaration($"\n[{Serializable}(typeof({type}))]\ninternal sealed partial class AppJson : global::{Context};\n")!
            .WithAdditionalAnnotations(Simplifier.Annotation);

        // Behind everything else: in the namespace of the file if it has one
        CompilationUnitSyntax changed = root.Members.LastOrDefault() is BaseNamespaceDeclarationSyntax space
            ? root.ReplaceNode(space, space.AddMembers(context))
            : root.AddMembers(context);
        return (await Tidied.AsTextAsync(document.WithSyntaxRoot(changed), cancellation).ConfigureAwait(false)).Project.Solution;
    }

    private static AttributeListSyntax ListOf(string type) => SyntaxFactory.AttributeList(SyntaxFactory.SingletonSeparatedList(
        SyntaxFactory.Attribute(SyntaxFactory.ParseName(Serializable), SyntaxFactory.ParseAttributeArgumentList($"(typeof({type}))")!)
            .WithAdditionalAnnotations(Simplifier.Annotation)));
}
