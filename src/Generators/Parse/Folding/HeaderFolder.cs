using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse.Folding;

/// <summary>
/// Reads an <c>[After]</c> that does nothing but set headers to constants: they can be part of a response that is finished at
/// build. Everything else in it, and everything that another method could change, is beyond what is certain.
/// </summary>
internal static class HeaderFolder
{
    // What the bytes of a constant response say themselves, or what is of one client
    private static readonly string[] s_ofResponses =
        ["Cache-Control", "Expires", "Age", "ETag", "Last-Modified", "Accept-Ranges", "Content-Type", "Content-Encoding", "Content-Language",
            "Content-Location", "Content-Disposition", "Content-Range", "Location", "Date", "Vary", "Set-Cookie", "Allow", "Trailer",
            "Connection", "Keep-Alive", "Upgrade"];

    /// <summary>The headers; null when it may do something else.</summary>
    public static EquatableArray<StaticField>? Fold(SyntaxNode declaration, IMethodSymbol method, SemanticModel semantics)
    {
        if (declaration is not MethodDeclarationSyntax syntax || method is not { ReturnsVoid: true, IsVirtual: false, IsOverride: false, IsAbstract: false, IsAsync: false }) return null;
        if (method.Parameters is not [{ RefKind: RefKind.None } response] || response.Type.PlainName() != "Prebake.Response") return null;

        IEnumerable<ExpressionSyntax?> lines = syntax switch
        {
            { ExpressionBody.Expression: var one } => [one],
            { Body.Statements: var statements } => statements.Select(statement => (statement as ExpressionStatementSyntax)?.Expression),
            _ => [null],
        };
        var fields = new List<StaticField>();
        foreach (ExpressionSyntax? line in lines)
        {
            if (line is null || FieldOf(line, response, semantics) is not { } field) return null;

            // The later one replaces the earlier
            fields.RemoveAll(earlier => earlier.Is(field.Name));
            fields.Add(field);
        }

        return fields.ToEquatable();
    }

    public static bool CanFold(string name, string value) =>
        FieldSyntax.IsToken(name) && !FieldSyntax.IsFraming(name) && !s_ofResponses.Contains(name, StringComparer.OrdinalIgnoreCase) && value.Length > 0 && FieldSyntax.IsValue(value);

    // response.Headers["name"] = "value"
    private static StaticField? FieldOf(ExpressionSyntax line, IParameterSymbol response, SemanticModel semantics)
    {
        if (line is not AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression, Left: ElementAccessExpressionSyntax { ArgumentList.Arguments: [{ Expression: var key }] } left, Right: var right }) return null;
        if (left.Expression is not MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax owner } headers) return null;
        if (!SymbolEqualityComparer.Default.Equals(semantics.GetSymbolInfo(owner).Symbol, response)) return null;
        if (semantics.GetSymbolInfo(headers).Symbol is not IPropertySymbol { Name: "Headers", ContainingType: { } type } || type.PlainName() != "Prebake.Response") return null;
        if (semantics.GetConstantValue(key).Value is not string name || semantics.GetConstantValue(right).Value is not string value || !CanFold(name, value)) return null;

        return new StaticField(name, value);
    }
}
