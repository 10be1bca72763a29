using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Prebake.Generators.Parse.Folding;

/// <summary>Evaluates the expressions whose value no run of the program can change: no clock, no culture, no method of the user's.</summary>
internal sealed class ExpressionFolder(ConstantFolder folder, SemanticModel model, CancellationToken cancellation)
{
    public FoldedValue? Fold(ExpressionSyntax expression, Scope scope)
    {
        if (folder.IsTooDeep(expression)) return null;

        // Constants need no tree of operations, and most values are constants
        if (model.GetConstantValue(expression, cancellation) is { HasValue: true, Value: var constant } && constant is not null)
            return folder.Spend(LengthOf(constant)) ? new FoldedConstant(constant, model.GetTypeInfo(expression, cancellation).Type) : null;

        while (expression is ParenthesizedExpressionSyntax inner) expression = inner.Expression;
        return model.GetOperation(expression, cancellation) is { } operation ? Fold(operation, scope) : Unknown(expression);
    }

    public FoldedValue? Fold(IOperation operation, Scope scope)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            if (!folder.Enter() || FoldEntered(operation, scope) is not { } value) return null;

            return folder.Spend(value is FoldedConstant constant ? LengthOf(constant.Value) : value is FoldedBytes bytes ? bytes.Text.Length : 0) ? value : null;
        }
        finally
        {
            folder.Leave();
        }
    }

    private static int LengthOf(object? value) => value is string text ? text.Length : 0;

    private FoldedValue? FoldEntered(IOperation operation, Scope scope)
    {
        if (operation.ConstantValue is { HasValue: true } constant && operation.Type is not null) return new FoldedConstant(constant.Value, operation.Type);

        return operation switch
        {
            IConversionOperation conversion => FoldConversion(conversion, scope),
            IUtf8StringOperation utf8 => new FoldedBytes(utf8.Value, isArray: false),
            ILiteralOperation { ConstantValue: { HasValue: true, Value: null } } => new FoldedConstant(null, operation.Type),
            IDefaultValueOperation { Type.IsReferenceType: true } => new FoldedConstant(null, operation.Type),
            IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, OperatorMethod: null } sum => FoldSum(sum, scope),
            IInterpolatedStringOperation text => FoldInterpolation(text, scope),
            IConditionalOperation { WhenFalse: { } otherwise } choice => Fold(choice.Condition, scope) switch
            {
                FoldedConstant { Value: bool condition } => Fold(condition ? choice.WhenTrue : otherwise, scope),
                _ => null,
            },
            IParameterReferenceOperation { Parameter: var parameter } => scope.Parameters is not null && scope.Parameters.TryGetValue(parameter.Name, out FoldedValue? argument)
                ? argument
                : folder.Fail($"'{parameter.Name}' is a parameter of the constructor"),
            IFieldReferenceOperation { Field: { IsStatic: true, Name: "Empty", ContainingType.SpecialType: SpecialType.System_String } } => new FoldedConstant("", operation.Type),
            IFieldReferenceOperation reference => FoldMember(reference.Field, reference, scope),
            IPropertyReferenceOperation { Arguments.Length: 0 } reference => FoldMember(reference.Property, reference, scope),
            IArrayCreationOperation array => FoldArray(array, scope),
            ICollectionExpressionOperation list => FoldItems(list.Elements, IsReadOnly(list.Type), list, scope),
            IObjectCreationOperation creation => FoldCreation(creation, scope),
            IInvocationOperation call => FoldCall(call, scope),
            IAwaitOperation => folder.Fail("it waits for a task"),
            _ => Unknown(operation.Syntax),
        };
    }

    /// <summary>Each argument by its parameter's name, those that are not written included.</summary>
    public Dictionary<string, FoldedValue>? FoldArguments(IEnumerable<IArgumentOperation> arguments, Scope scope)
    {
        var values = new Dictionary<string, FoldedValue>();
        foreach (IArgumentOperation argument in arguments)
        {
            if (argument.Parameter is null || Fold(argument.Value, scope) is not { } value) return null;
            values[argument.Parameter.Name] = value;
        }

        return values;
    }

    public FoldedValue? Unknown(SyntaxNode syntax)
    {
        string text = string.Join(" ", WithoutSpaces(syntax).ToString().Split((char[])[' ', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries));
        if (text.Length == 0) return folder.Fail("a part of it is missing");

        if (text.Length > 60) text = text.Substring(0, 59) + "…";
        return folder.Fail($"'{text}' is evaluated when the program runs");
    }

    // As it is written everywhere: a comment or a line break in it changes no message
    private static SyntaxNode WithoutSpaces(SyntaxNode syntax) =>
        syntax.ReplaceTrivia(syntax.DescendantTrivia(), static (_, _) => default).NormalizeWhitespace();

    /// <summary>Only conversions that keep the value as it is; those of constants have been done by the compiler.</summary>
    private FoldedValue? FoldConversion(IConversionOperation conversion, Scope scope)
    {
        if (Fold(conversion.Operand, scope) is not { } value) return null;

        bool keeps = conversion.Operand.Type is null
            // new() takes its type from where it stands
            || SymbolEqualityComparer.Default.Equals(conversion.Type, conversion.Operand.Type)
            || conversion is { IsTryCast: false, Conversion: { IsIdentity: true } or { IsReference: true } }
            || conversion.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
                && SymbolEqualityComparer.Default.Equals(nullable.TypeArguments[0], conversion.Operand.Type)
            || conversion is { IsImplicit: true, Type.SpecialType: SpecialType.System_Object }
            || value is FoldedBytes or FoldedList && conversion.Type?.PlainName() is "System.ReadOnlySpan" or "System.ReadOnlyMemory"
            || value is FoldedList && conversion.Operand is ICollectionExpressionOperation;
        return keeps ? value : Unknown(conversion.Syntax);
    }

    private FoldedValue? FoldSum(IBinaryOperation sum, Scope scope)
    {
        if (Fold(sum.LeftOperand, scope) is not { } left || Fold(sum.RightOperand, scope) is not { } right) return null;
        if (left is FoldedBytes a && right is FoldedBytes b) return new FoldedBytes(a.Text + b.Text, isArray: false);
        if (sum.Type?.SpecialType != SpecialType.System_String) return Unknown(sum.Syntax);

        return Text(left, sum.LeftOperand) is { } front && Text(right, sum.RightOperand) is { } back ? new FoldedConstant(front + back, sum.Type) : null;
    }

    private FoldedValue? FoldInterpolation(IInterpolatedStringOperation interpolated, Scope scope)
    {
        var text = new StringBuilder();
        foreach (IInterpolatedStringContentOperation part in interpolated.Parts)
        {
            if (part is IInterpolatedStringTextOperation { Text.ConstantValue.Value: string literal }) text.Append(literal);
            else if (part is not IInterpolationOperation hole) return Unknown(part.Syntax);
            else
            {
                if (Fold(hole.Expression, scope) is not { } value) return null;
                if (hole.FormatString is not null && value is not FoldedConstant { Value: string or null })
                    return folder.Fail($"'{hole.Syntax}' depends on the culture");
                if (Text(value, hole.Expression) is not { } written) return null;

                int width = hole.Alignment?.ConstantValue.Value as int? ?? 0;
                if (!folder.Spend(Math.Abs((long)width))) return null;
                text.Append(width < 0 ? written.PadRight(-width) : written.PadLeft(width));
            }
        }

        return new FoldedConstant(text.ToString(), interpolated.Type);
    }

    /// <summary>What ToString gives in every culture, or null: signs and points are the culture's.</summary>
    private string? Text(FoldedValue value, IOperation origin)
    {
        if (value is FoldedConstant { Type: INamedTypeSymbol { TypeKind: TypeKind.Enum } type, Value: { } number }) return EnumName(type, number);

        string? text = value is FoldedConstant constant ? Text(constant.Value, isInvariant: false) : null;
        if (text is null) folder.Fail($"'{origin.Syntax}' depends on the culture or on a method of its own");
        return text;
    }

    /// <summary>Text of what every culture, or the invariant one, writes the same.</summary>
    public static string? Text(object? value, bool isInvariant) => value switch
    {
        null => "",
        string text => text,
        char c => c.ToString(),
        bool flag => flag ? "True" : "False",
        byte or ushort or uint or ulong => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        sbyte or short or int or long when isInvariant || ((IConvertible)value).ToInt64(null) >= 0 => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };

    private string? EnumName(INamedTypeSymbol type, object number)
    {
        // Of two names for one number it is not said which one is written
        string[] names = type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue && Equals(field.ConstantValue, number)).Select(field => field.Name).ToArray();
        if (names.Length == 1) return names[0];

        folder.Fail($"no single name of '{type.Name}' stands for {number}");
        return null;
    }

    private FoldedValue? FoldMember(ISymbol member, IMemberReferenceOperation reference, Scope scope)
    {
        // A member of the base library: its name is a better reason than that its source is missing
        if (member.DeclaringSyntaxReferences.IsEmpty && !member.IsImplicitlyDeclared) return Unknown(reference.Syntax);
        if (reference.Instance is null) return member.IsStatic ? folder.Fold(member, scope with { This = null, Receiver = null, Parameters = null }) : Unknown(reference.Syntax);

        FoldedObject? target;
        if (reference.Instance is IInstanceReferenceOperation self)
        {
            target = self.ReferenceKind == InstanceReferenceKind.ImplicitReceiver ? scope.Receiver : scope.This;
            // The app itself: its members are what their declarations say
            if (target is null) return folder.Fold(member, scope with { Parameters = null });
        }
        else
        {
            FoldedValue? value = Fold(reference.Instance, scope);
            if (value is null) return null;
            target = value as FoldedObject;
        }

        return target is null ? Unknown(reference.Syntax) : FoldMember(target, member, scope.Initializer);
    }

    /// <summary>A field or a property of a known object.</summary>
    public FoldedValue? FoldMember(FoldedObject target, ISymbol member, SyntaxNode? initializer) => target.Members.TryGetValue(member.Name, out FoldedValue? value)
        ? value
        : folder.Fold(member, new Scope(target, null, null, initializer));

    private FoldedValue? FoldArray(IArrayCreationOperation array, Scope scope)
    {
        if (array.Initializer is { } initializer) return FoldItems(initializer.ElementValues, isReadOnly: false, array, scope);

        return array.DimensionSizes is [{ ConstantValue: { HasValue: true, Value: 0 } }] ? new FoldedList([], isReadOnly: false) : Unknown(array.Syntax);
    }

    private FoldedValue? FoldItems(IEnumerable<IOperation> items, bool isReadOnly, IOperation whole, Scope scope)
    {
        if (whole.Type is IArrayTypeSymbol { Rank: > 1 }) return Unknown(whole.Syntax);

        var values = new List<FoldedValue>();
        foreach (IOperation item in items)
        {
            if (item is ISpreadOperation { Operand: var spread })
            {
                if (Fold(spread, scope) is not FoldedList more) return Unknown(spread.Syntax);
                values.AddRange(more.Items);
            }
            else if (Fold(item, scope) is { } value) values.Add(value);
            else return null;
        }

        return new FoldedList(values, isReadOnly);
    }

    private static bool IsReadOnly(ITypeSymbol? type) => type?.PlainName() is
        "System.Collections.Generic.IReadOnlyList" or "System.Collections.Generic.IReadOnlyCollection" or "System.Collections.Generic.IEnumerable" or "System.ReadOnlySpan";

    private FoldedValue? FoldCreation(IObjectCreationOperation creation, Scope scope) => creation.Type?.PlainName() switch
    {
        "Prebake.Response" => new ResponseFolder(folder, this).FoldCreation(creation, scope),
        "Prebake.HtmlText" => creation.Arguments is [var text] && Fold(text.Value, scope) is FoldedConstant { Value: string html } ? new FoldedHtml(html) : Unknown(creation.Syntax),
        "System.Collections.Generic.List" => FoldNewList(creation, scope),
        _ => new ObjectFolder(folder, this, cancellation).Fold(creation, scope),
    };

    private FoldedValue? FoldNewList(IObjectCreationOperation creation, Scope scope)
    {
        if (creation.Arguments.Length > 0) return Unknown(creation.Syntax);

        var added = new List<IOperation>();
        foreach (IOperation element in creation.Initializer?.Initializers ?? [])
        {
            if (element is not IInvocationOperation { Arguments: [{ Value: var item }] }) return Unknown(creation.Syntax);
            added.Add(item);
        }

        return FoldItems(added, isReadOnly: false, creation, scope);
    }

    private FoldedValue? FoldCall(IInvocationOperation call, Scope scope)
    {
        IMethodSymbol method = call.TargetMethod;
        if (method.ContainingType.PlainName() == "Prebake.Response") return new ResponseFolder(folder, this).FoldFactory(call, scope);
        if (method is { Name: "Empty", IsStatic: true, ContainingType.SpecialType: SpecialType.System_Array }) return new FoldedList([], isReadOnly: true);

        // "…"u8.ToArray()
        if (method is { Name: "ToArray", Parameters.Length: 0 } && call.Instance is { } span && method.ContainingType.PlainName() == "System.ReadOnlySpan")
            return Fold(span, scope) is FoldedBytes bytes ? new FoldedBytes(bytes.Text, isArray: true) : Unknown(call.Syntax);

        return Unknown(call.Syntax);
    }
}
