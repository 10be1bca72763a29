using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace Prebake.CodeFixes;

/// <summary>PB0091: an arm of <c>request.Path switch</c> becomes a method with <c>[Get]</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class RouteOfArm() : Fix("PB0091")
{
    private protected override string? Title(SyntaxNode node, string? what) =>
        Arm(node) is { } arm && arm.WhenClause is null && Path(arm) is { } path && node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not null ? $"Make it a method with [Get(\"{path}\")]" : null;

    // One at a time: all change the same switch
    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => null;

    private protected override Task<Document> ApplyAsync(Document document, SyntaxNode root, SyntaxNode node, string? what, CancellationToken cancellation)
    {
        SwitchExpressionArmSyntax arm = Arm(node)!;
        var expression = (SwitchExpressionSyntax)arm.Parent!;
        var method = node.FirstAncestorOrSelf<MethodDeclarationSyntax>()!;
        var type = (TypeDeclarationSyntax)method.Parent!;
        string path = Path(arm)!;

        // The parameters that the arm uses go with it, an await makes it async
        var used = new HashSet<string>(arm.Expression.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(name => name.Identifier.ValueText));
        string parameters = string.Join(", ", method.ParameterList.Parameters.Where(parameter => used.Contains(parameter.Identifier.ValueText)).Select(parameter => parameter.ToString()));
        bool awaits = arm.Expression.DescendantNodesAndSelf().OfType<AwaitExpressionSyntax>().Any();
        string modifiers = string.Concat(method.Modifiers.Where(modifier => awaits || !modifier.IsKind(SyntaxKind.AsyncKeyword)).Select(modifier => modifier.Text + " "));
        string result = method.ReturnType.ToString();
        if (!awaits && method.Modifiers.Any(SyntaxKind.AsyncKeyword) && method.ReturnType is GenericNameSyntax { TypeArgumentList.Arguments: [var inner] }) result = inner.ToString();

        MemberDeclarationSyntax route = SyntaxFactory.ParseMemberDeclaration($"[Get({SyntaxFactory.Literal(path)})]\n{modifiers}{result} {Name(path, type)}({parameters}) => {arm.Expression.WithoutTrivia()};")!
            .WithTrailingTrivia(SyntaxFactory.LineFeed, SyntaxFactory.LineFeed).WithAdditionalAnnotations(Formatter.Annotation);

        MethodDeclarationSyntax rest;
        if (expression.Arms.Count == 2 && expression.Arms.Single(other => other != arm) is { Pattern: DiscardPatternSyntax } last)
            rest = method.ReplaceNode(expression, last.Expression.WithoutTrivia());
        else rest = method.ReplaceNode(expression, expression.WithArms(expression.Arms.Remove(arm)));

        // Blank lines stay above, comments stay with what they are about
        SyntaxTriviaList leading = method.GetLeadingTrivia();
        SyntaxTrivia[] blank = leading.TakeWhile(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia)).ToArray();
        SyntaxTrivia[] indent = leading.Reverse().TakeWhile(trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).ToArray();
        route = route.WithLeadingTrivia(blank.Concat(indent));
        rest = rest.WithLeadingTrivia(leading.Skip(blank.Length));
        int index = type.Members.IndexOf(method);
        TypeDeclarationSyntax changed = type.WithMembers(type.Members.Replace(method, rest).Insert(index, route));
        return Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(type, changed)));
    }

    private static SwitchExpressionArmSyntax? Arm(SyntaxNode node) => node.FirstAncestorOrSelf<SwitchExpressionArmSyntax>();

    private static string? Path(SwitchExpressionArmSyntax arm) =>
        arm.Pattern is ConstantPatternSyntax { Expression: LiteralExpressionSyntax literal } && literal.IsKind(SyntaxKind.StringLiteralExpression) ? literal.Token.ValueText : null;

    // GetBlogPosts of /blog/posts, and a number where that is taken
    private static string Name(string path, TypeDeclarationSyntax type)
    {
        string name = "Get" + string.Concat(path.Split('/', '-', '.', '_').Where(part => part.Length > 0)
            .Select(part => new string(part.Where(SyntaxFacts.IsIdentifierPartCharacter).ToArray())).Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part.Substring(1)));
        if (name == "Get") name = "GetHome";

        var taken = new HashSet<string>(type.Members.OfType<MethodDeclarationSyntax>().Select(method => method.Identifier.ValueText));
        for (int i = 2; taken.Contains(name); i++) name = name.TrimEnd("0123456789".ToCharArray()) + i.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return name;
    }
}
