using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.Generators.Parse.Folding;

/// <summary>
/// Finds the value of a member when the build can know it: then it is the same each time it would be asked for. What it cannot be sure of it leaves
/// to the start of the program, and says why.
/// </summary>
internal sealed class ConstantFolder(Compilation compilation, CancellationToken cancellation)
{
    // 32: deeper than anybody writes by hand; members that mean each other in a circle end here
    private const int DeepestMember = 32;

    // 400: a sum of as many operands is one by hand. Each level costs stack, of which a compiler's thread has a megabyte or so.
    private const int DeepestExpression = 400;

    // 100,000 steps and 16 million characters: more than is written by hand, and a moment for the build. Members that use others twice double with each.
    private const int MostSteps = 100_000, MostCharacters = 16_000_000;

    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];
    private int _depth, _nesting, _steps;
    private long _characters;

    /// <summary>Why there is no value: the end of a sentence that says what the member is.</summary>
    public string? Reason { get; private set; }

    /// <summary>The value of a field, a property or a method without parameters; null, with a <see cref="Reason"/>, when only the program knows.</summary>
    public FoldedValue? Fold(ISymbol member, Scope scope)
    {
        if (member is IFieldSymbol { HasConstantValue: true } constant) return new FoldedConstant(constant.ConstantValue, constant.Type);
        // What a derived class may replace is not known here
        if (member.IsVirtual || member.IsAbstract || member.IsOverride)
            return Fail($"'{member.Name}' may be overridden");
        if (++_depth > DeepestMember) return Fail("it goes through too many members");

        try
        {
            if (ValueOf(member, out bool isHeld) is not { } expression) return null;

            if (scope.IsInitializing && isHeld && !IsEarlier(expression, scope.Initializer!))
                return Fail($"'{member.Name}' may not have its value yet when this is initialised");

            Scope inner = isHeld ? scope.Initialize(expression) : scope;
            FoldedValue? value = new ExpressionFolder(this, ModelOf(expression), cancellation).Fold(expression, inner);
            return isHeld && value is { IsMutable: true }
                ? Fail(
                    $"what '{member.Name}' holds may be changed before the server starts; with '=>' it would be made "
                        + "for this response alone")
                : value;
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>One level further down, in this expression or in the members that it goes through; false, with a reason, when that is too far.</summary>
    public bool Enter()
    {
        if (++_nesting <= DeepestExpression) return Spend(0);

        Fail(TooDeep);
        return false;
    }

    public void Leave() => _nesting--;

    /// <summary>One step, and the characters that it makes; false, with a reason, when the whole value is too much work for a build.</summary>
    public bool Spend(long characters)
    {
        _characters += characters;
        if (++_steps <= MostSteps && _characters <= MostCharacters) return true;

        Fail("it is too large to be evaluated by the build");
        return false;
    }

    /// <summary>
    /// Whether an expression is nested so deep that a walk through it, ours or the compiler's, could end the compiler. It is measured without a walk of that kind.
    /// </summary>
    public bool IsTooDeep(SyntaxNode expression)
    {
        var open = new Stack<(SyntaxNode Node, int Depth)>();
        open.Push((expression, 1));
        while (open.Count > 0)
        {
            (SyntaxNode node, int depth) = open.Pop();
            if (depth > DeepestExpression)
            {
                Fail(TooDeep);
                return true;
            }

            foreach (SyntaxNode child in node.ChildNodes()) open.Push((child, depth + 1));
        }

        return false;
    }

    private const string TooDeep = "it is nested too deep to be evaluated by the build";

    /// <summary>Keeps the first reason: it is the innermost.</summary>
    public FoldedValue? Fail(string reason)
    {
        Reason ??= reason;
        return null;
    }

    public SemanticModel ModelOf(SyntaxNode node)
    {
        if (!_models.TryGetValue(node.SyntaxTree, out SemanticModel? model)) _models.Add(node.SyntaxTree, model = compilation.GetSemanticModel(node.SyntaxTree));
        return model;
    }

    /// <summary>The expression behind a member, and whether it is evaluated once and held.</summary>
    private ExpressionSyntax? ValueOf(ISymbol member, out bool isHeld)
    {
        isHeld = false;
        SyntaxNode? declaration = member.DeclaringSyntaxReferences is [var only] ? only.GetSyntax(cancellation) : null;
        switch (declaration)
        {
            case VariableDeclaratorSyntax variable:
                isHeld = true;
                return member is not IFieldSymbol { IsReadOnly: true } ? Nothing($"'{member.Name}' is not readonly")
                    : variable.Initializer is not { Value: var value } ? Nothing($"'{member.Name}' has no initialiser")
                    : IsAssigned(member) ? Nothing($"a constructor may give '{member.Name}' another value")
                    : value;

            case PropertyDeclarationSyntax { ExpressionBody.Expression: var body }:
                return body;

            case PropertyDeclarationSyntax { Initializer.Value: var initial }:
                isHeld = true;
                return member is not IPropertySymbol { SetMethod: null } ? Nothing($"'{member.Name}' has a setter")
                    : IsAssigned(member) ? Nothing($"a constructor may give '{member.Name}' another value")
                    : initial;

            case PropertyDeclarationSyntax { AccessorList.Accessors: var accessors } when accessors.FirstOrDefault(accessor => accessor.IsKind(SyntaxKind.GetAccessorDeclaration)) is { } getter:
                return getter.ExpressionBody?.Expression ?? Returned(getter.Body, member);

            case MethodDeclarationSyntax method when method.Modifiers.Any(SyntaxKind.AsyncKeyword):
                return Nothing($"'{member.Name}' is async");

            case MethodDeclarationSyntax method:
                return method.ExpressionBody?.Expression ?? Returned(method.Body, member);

            default:
                return Nothing($"the source of '{member.Name}' is not in this project");
        }
    }

    private ExpressionSyntax? Returned(BlockSyntax? body, ISymbol member) => body switch
    {
        { Statements: [ReturnStatementSyntax { Expression: { } result }] } => result,
        null => Nothing($"'{member.Name}' has no value of its own"),
        _ => Nothing($"'{member.Name}' consists of more than one return statement"),
    };

    private ExpressionSyntax? Nothing(string reason)
    {
        Fail(reason);
        return null;
    }

    /// <summary>Initialisers run in the order of the text, and of several files the order is not known.</summary>
    private static bool IsEarlier(SyntaxNode one, SyntaxNode other) =>
        one.SyntaxTree == other.SyntaxTree && one.SpanStart < other.SpanStart
        && one.FirstAncestorOrSelf<TypeDeclarationSyntax>() == other.FirstAncestorOrSelf<TypeDeclarationSyntax>();

    /// <summary>Whether a constructor or an init accessor gives the member another value. Syntax is enough: a wrong yes only costs the constant tier.</summary>
    private bool IsAssigned(ISymbol member) =>
        member.ContainingType.DeclaringSyntaxReferences
            .SelectMany(part => (part.GetSyntax(cancellation) as TypeDeclarationSyntax)?.Members ?? default)
            .SelectMany<MemberDeclarationSyntax, SyntaxNode>(declaration => declaration switch
            {
                ConstructorDeclarationSyntax constructor => [constructor],
                BasePropertyDeclarationSyntax { AccessorList: { } list } => list.Accessors.Where(accessor => accessor.IsKind(SyntaxKind.InitAccessorDeclaration)),
                _ => [],
            })
            .SelectMany(place => place.DescendantNodes().OfType<IdentifierNameSyntax>())
            .Any(name => name.Identifier.ValueText == member.Name);
}

/// <summary>What names mean while an expression is evaluated.</summary>
/// <param name="This">The object whose member is asked; null is the app, which is not known.</param>
/// <param name="Receiver">The object that an initialiser in braces is about.</param>
/// <param name="Parameters">Of the constructor that runs.</param>
/// <param name="Initializer">The initialiser that runs: what stands below it has no value yet.</param>
internal sealed record Scope(FoldedObject? This, FoldedObject? Receiver, IReadOnlyDictionary<string, FoldedValue>? Parameters, SyntaxNode? Initializer)
{
    public static readonly Scope App = new(null, null, null, null);

    public bool IsInitializing => Initializer is not null;

    public Scope Initialize(SyntaxNode initializer) => this with { Initializer = initializer };
}
