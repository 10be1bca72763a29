using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>What can be seen of the handlers that a <c>[WebSocket]</c> method returns.</summary>
internal static class HandlerTypes
{
    private const SocketCallbacks Messages = SocketCallbacks.Text | SocketCallbacks.Binary | SocketCallbacks.Span;

    /// <summary>A class that derives from <c>WebSocketHandler</c>, or that class itself.</summary>
    public static bool IsHandler(ITypeSymbol type) => RootOf(type) is not null;

    /// <summary>
    /// The callbacks that are overridden: of the declared type where nothing can derive from it, else of the types of all
    /// objects that the method makes; all of them where neither can be seen.
    /// </summary>
    public static SocketCallbacks CallbacksOf(
        IMethodSymbol method, ITypeSymbol declared, Compilation compilation, CancellationToken cancellation)
    {
        if (declared.IsSealed) return OverridesOf(declared, compilation);
        if (MadeBy(method, compilation, cancellation) is not { } made) return SocketCallbacks.All;

        return made.Aggregate(SocketCallbacks.None, (callbacks, type) => callbacks | OverridesOf(type, compilation));
    }

    /// <summary>The callback of a handler that a method is, or null.</summary>
    public static IMethodSymbol? CallbackOf(IMethodSymbol method)
    {
        if (!method.IsOverride) return null;

        IMethodSymbol root = method;
        while (root.OverriddenMethod is { } overridden) root = overridden;
        return root.ContainingType.PlainName() == KnownNames.WebSocketHandler ? root : null;
    }

    private static INamedTypeSymbol? RootOf(ITypeSymbol type)
    {
        for (ITypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            if (ancestor is INamedTypeSymbol { Arity: 0 } named && named.PlainName() == KnownNames.WebSocketHandler)
                return named;

        return null;
    }

    private static SocketCallbacks OverridesOf(ITypeSymbol type, Compilation compilation)
    {
        INamedTypeSymbol root = RootOf(type)!;
        var callbacks = SocketCallbacks.None;
        for (ITypeSymbol at = type; !SymbolEqualityComparer.Default.Equals(at, root); at = at.BaseType!)
        {
            bool isOurs = SymbolEqualityComparer.Default.Equals(at.ContainingAssembly, root.ContainingAssembly);
            bool isHere = SymbolEqualityComparer.Default.Equals(at.ContainingAssembly, compilation.Assembly);
            // A library may override more before the app is compiled again, and another generator may write a part of a class
            if (!isOurs && (!isHere || IsPartial(at))) return SocketCallbacks.All;

            var own = SocketCallbacks.None;
            foreach (IMethodSymbol method in at.GetMembers().OfType<IMethodSymbol>())
                if (CallbackOf(method) is { } callback) own |= FlagOf(callback);

            // However it comes by its messages: it reads every one of them
            if (isOurs && (own & Messages) == 0) own |= Messages;
            callbacks |= own;
        }

        return callbacks;
    }

    private static SocketCallbacks FlagOf(IMethodSymbol callback) => (callback.Name, callback.Parameters) switch
    {
        ("Message", [{ Type.SpecialType: SpecialType.System_String }]) => SocketCallbacks.Text,
        ("Message", [{ Type: INamedTypeSymbol { Name: "ReadOnlyMemory" } }]) => SocketCallbacks.Binary,
        ("Message", [_, _]) => SocketCallbacks.Span,
        ("Ping", _) => SocketCallbacks.Ping,
        ("Pong", _) => SocketCallbacks.Pong,
        ("Drain", _) => SocketCallbacks.Drain,
        _ => SocketCallbacks.None,
    };

    private static bool IsPartial(ITypeSymbol type) => type.DeclaringSyntaxReferences.Any(part =>
        part.GetSyntax() is TypeDeclarationSyntax syntax && syntax.Modifiers.Any(SyntaxKind.PartialKeyword));

    /// <summary>The types of the objects that a method returns, null where one of them comes from elsewhere.</summary>
    private static IReadOnlyList<ITypeSymbol>? MadeBy(
        IMethodSymbol method, Compilation compilation, CancellationToken cancellation)
    {
        SyntaxReference? part = (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences.FirstOrDefault();
        if (part?.GetSyntax(cancellation) is not MethodDeclarationSyntax declaration) return null;

        (BlockSyntax? body, ArrowExpressionClauseSyntax? arrow) = (declaration.Body, declaration.ExpressionBody);
        if (body is null && arrow is null) return null;

        SemanticModel semantics = compilation.GetSemanticModel(part.SyntaxTree);
        IEnumerable<ExpressionSyntax?> returned = arrow is not null
            ? [arrow.Expression]
            : body!
                .DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax))
                .OfType<ReturnStatementSyntax>().Select(statement => statement.Expression);

        var made = new List<ITypeSymbol>();
        return returned.All(value => value is not null && AddMade(value, semantics, made, cancellation)) ? made : null;
    }

    private static bool AddMade(
        ExpressionSyntax expression, SemanticModel semantics, List<ITypeSymbol> made, CancellationToken cancellation)
    {
        bool All(params ExpressionSyntax[] parts) => parts.All(part => AddMade(part, semantics, made, cancellation));

        switch (expression)
        {
            case ParenthesizedExpressionSyntax { Expression: var inner }: return All(inner);
            case PostfixUnaryExpressionSyntax { OperatorToken.RawKind: (int)SyntaxKind.ExclamationToken } sure:
                return All(sure.Operand);
            case ConditionalExpressionSyntax { WhenTrue: var yes, WhenFalse: var no }: return All(yes, no);
            case SwitchExpressionSyntax { Arms: var arms }: return All([.. arms.Select(arm => arm.Expression)]);
            case ThrowExpressionSyntax: return true;
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.NullLiteralExpression }: return true;
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.DefaultLiteralExpression }: return true;

            // Task.FromResult(new Chat())
            case InvocationExpressionSyntax { ArgumentList.Arguments: [{ Expression: var result }] } call
                when call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "FromResult" }:
                ITypeSymbol? of = semantics.GetSymbolInfo(call, cancellation).Symbol?.ContainingType;
                return of?.PlainName() is "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask" && All(result);

            case BaseObjectCreationExpressionSyntax creation
                when semantics.GetTypeInfo(creation, cancellation).Type is { } type:
                if (IsHandler(type))
                {
                    made.Add(type);
                    return true;
                }

                return type.PlainName() == "System.Threading.Tasks.ValueTask"
                    && creation.ArgumentList?.Arguments is [{ Expression: var wrapped }]
                    && All(wrapped);

            default: return false;
        }
    }
}
