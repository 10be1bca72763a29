using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Prebake.Generators.Parse.Folding;

/// <summary>
/// Makes an object of one of the project's own types the way its constructor does: initialisers in the order of the text, then what the
/// constructor assigns, then the braces behind <c>new</c>. A constructor that does anything else is left to the program.
/// </summary>
internal sealed class ObjectFolder(ConstantFolder folder, ExpressionFolder expressions, CancellationToken cancellation)
{
    public FoldedValue? Fold(IObjectCreationOperation creation, Scope scope)
    {
        if (creation is not { Type: INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct } type, Constructor: { } constructor }) return expressions.Unknown(creation.Syntax);
        if (type.DeclaringSyntaxReferences.IsEmpty)
            return folder.Fail($"'{type.ShortName()}' is not a type of this project");
        if (type.BaseType?.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType))
            return folder.Fail($"'{type.Name}' has a base class");
        if (expressions.FoldArguments(creation.Arguments, scope) is not { } arguments) return null;

        var made = new FoldedObject(type);
        var inside = new Scope(made, null, arguments, scope.Initializer);
        return Initialize(made, constructor, inside) && Construct(made, constructor, inside) && Assign(made, creation.Initializer, scope) ? made : null;
    }

    /// <summary>Fields and automatic properties: the parameters of a record, initialisers, and default values.</summary>
    private bool Initialize(FoldedObject made, IMethodSymbol constructor, Scope scope)
    {
        // A struct's own default constructor runs no initialisers, and one that is written beside it is another
        bool runsInitializers = made.Type.TypeKind == TypeKind.Class || !constructor.IsImplicitlyDeclared;

        foreach (ISymbol member in made.Type.GetMembers())
        {
            (ITypeSymbol? type, bool stores) = member switch
            {
                IFieldSymbol { IsStatic: false, IsConst: false, AssociatedSymbol: null, IsImplicitlyDeclared: false } field => (field.Type, true),
                IPropertySymbol { IsStatic: false, IsIndexer: false } property => (property.Type, IsAutomatic(property)),
                _ => (null, false),
            };
            if (type is null || !stores) continue;

            FoldedValue? value;
            switch (member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation))
            {
                case ParameterSyntax:
                    value = scope.Parameters!.TryGetValue(member.Name, out FoldedValue? argument) ? argument : DefaultOf(type);
                    break;
                case PropertyDeclarationSyntax { Initializer.Value: var initial } when runsInitializers:
                    value = Evaluate(initial, scope);
                    break;
                case VariableDeclaratorSyntax { Initializer.Value: var initial } when runsInitializers:
                    value = Evaluate(initial, scope);
                    break;
                default:
                    value = DefaultOf(type);
                    break;
            }

            if (value is null) return false;
            made.Members[member.Name] = value;
        }

        return true;
    }

    private bool Construct(FoldedObject made, IMethodSymbol constructor, Scope scope)
    {
        switch (constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation))
        {
            // The default constructor, or a primary one: what it assigns are the initialisers
            case null or TypeDeclarationSyntax:
                return true;

            case ConstructorDeclarationSyntax { Initializer: null } written:
                IEnumerable<ExpressionSyntax?> statements = written.ExpressionBody is { Expression: var only }
                    ? [only]
                    : written.Body!.Statements.Select(statement => (statement as ExpressionStatementSyntax)?.Expression);

                SemanticModel model = folder.ModelOf(written);
                foreach (ExpressionSyntax? statement in statements)
                {
                    if (statement is null || model.GetOperation(statement, cancellation) is not ISimpleAssignmentOperation { Target: IMemberReferenceOperation { Instance: IInstanceReferenceOperation } target } assignment)
                        return Fails($"the constructor of '{made.Type.Name}' does more than assign");
                    if (!Store(made, target.Member, new ExpressionFolder(folder, model, cancellation).Fold(assignment.Value, scope))) return false;
                }

                return true;

            default:
                return Fails($"the constructor of '{made.Type.Name}' calls another one");
        }
    }

    private bool Assign(FoldedObject made, IObjectOrCollectionInitializerOperation? braces, Scope scope)
    {
        foreach (IOperation entry in braces?.Initializers ?? [])
        {
            if (entry is not ISimpleAssignmentOperation { Target: IMemberReferenceOperation target } assignment)
                return Fails($"'{entry.Syntax}' adds to what is there");
            if (!Store(made, target.Member, expressions.Fold(assignment.Value, scope))) return false;
        }

        return true;
    }

    private bool Store(FoldedObject made, ISymbol member, FoldedValue? value)
    {
        if (value is null) return false;
        if (!made.Members.ContainsKey(member.Name)) return Fails($"'{member.Name}' has a setter of its own");

        made.Members[member.Name] = value;
        return true;
    }

    private FoldedValue? Evaluate(ExpressionSyntax expression, Scope scope) => new ExpressionFolder(folder, folder.ModelOf(expression), cancellation).Fold(expression, scope);

    private FoldedValue? DefaultOf(ITypeSymbol type) => type switch
    {
        { IsReferenceType: true } or INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } => new FoldedConstant(null, type),
        { SpecialType: SpecialType.System_Boolean } => new FoldedConstant(false, type),
        { SpecialType: SpecialType.System_Char } => new FoldedConstant('\0', type),
        { TypeKind: TypeKind.Enum } or { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_Double } => new FoldedConstant(0, type),
        _ => folder.Fail($"the default value of '{type.ShortName()}' is not known here"),
    };

    /// <summary>It has a field behind it and no code of its own.</summary>
    private bool IsAutomatic(IPropertySymbol property)
    {
        bool hasField = property.ContainingType.GetMembers().Any(member =>
            member is IFieldSymbol { AssociatedSymbol: { } owner } && SymbolEqualityComparer.Default.Equals(owner, property));
        return hasField && property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) switch
        {
            ParameterSyntax => true,
            PropertyDeclarationSyntax { ExpressionBody: null, AccessorList.Accessors: var accessors } => accessors.All(accessor => accessor is { Body: null, ExpressionBody: null }),
            _ => false,
        };
    }

    private bool Fails(string reason)
    {
        folder.Fail(reason);
        return false;
    }
}
