using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse.Folding;

/// <summary>
/// Says what System.Text.Json would write for a value, where its declaration leaves no doubt: public properties with their names, text, numbers,
/// true, false, null, arrays and lists of these. Anything that a converter, a callback or a base class could change is left to the serializer.
/// </summary>
internal sealed class JsonFolder(ConstantFolder folder, ExpressionFolder expressions)
{
    private const string Attributes = "System.Text.Json.Serialization";

    // 32: half of what the serializer allows
    private const int Deepest = 32;

    // What an interface of the base library may be without changing how a type is written
    private static readonly string[] s_harmless = ["IEquatable", "IComparable", "IFormattable", "ISpanFormattable", "IUtf8SpanFormattable", "IParsable", "ISpanParsable", "IEqualityOperators"];

    /// <summary>The value as it is written for a declared type, or null with a reason.</summary>
    public JsonValue? Fold(FoldedValue value, ITypeSymbol type, int depth = 0)
    {
        if (depth > Deepest) return Fail("it is nested too deep");
        if (!folder.Spend(value is FoldedConstant { Value: string content } ? content.Length : 0)) return null;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable && value is not FoldedConstant { Value: null }) type = nullable.TypeArguments[0];

        return value switch
        {
            FoldedConstant { Value: null } => JsonToken.Null,
            FoldedConstant constant => FoldConstant(constant.Value!, type),
            FoldedBytes { Text: var text } when IsBytes(type) => new JsonToken("\"" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) + "\""),
            FoldedList list => FoldList(list, type, depth),
            FoldedObject made => FoldObject(made, type, depth),
            _ => Fail($"it is not known here how '{type.ShortName()}' is written"),
        };
    }

    private JsonValue? FoldConstant(object value, ITypeSymbol type)
    {
        if (type.TypeKind == TypeKind.Enum)
        {
            if (HasAttributes(type)) return Fail($"'{type.Name}' has a converter");
            return new JsonToken(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
        }

        // A constant comes with its own type, and is written as the declared one
        return (type.SpecialType, value) switch
        {
            (SpecialType.System_String, string text) => new JsonString(text),
            (SpecialType.System_Char, char c) => new JsonString(c.ToString()),
            (SpecialType.System_Boolean, bool flag) => new JsonToken(flag ? "true" : "false"),
            ( >= SpecialType.System_SByte and <= SpecialType.System_UInt64, IConvertible number) => Number(number is char c ? (int)c : number),
            (SpecialType.System_Decimal, IConvertible number) => Number(number is char ? number.ToInt32(null) : number.ToDecimal(CultureInfo.InvariantCulture)),
            (SpecialType.System_Double, IConvertible number) => Real(number is char ? number.ToInt32(null) : number.ToDouble(CultureInfo.InvariantCulture), 15, text => double.Parse(text, CultureInfo.InvariantCulture)),
            (SpecialType.System_Single, IConvertible number) => Real(number is char ? number.ToInt32(null) : number.ToSingle(CultureInfo.InvariantCulture), 7, text => float.Parse(text, CultureInfo.InvariantCulture)),
            _ => Fail($"it is not known here how '{type.ShortName()}' is written"),
        };
    }

    private static JsonToken Number(object number) => new(((IFormattable)number).ToString(null, CultureInfo.InvariantCulture));

    /// <summary>
    /// The shortest digits that mean this number, as the serializer writes them. With few digits and no exponent every version of the
    /// base library agrees on them; the compiler may run on an older one than the program.
    /// </summary>
    private JsonValue? Real(double value, int digits, Func<string, double> parse)
    {
        bool isNegativeZero = value == 0 && BitConverter.DoubleToInt64Bits(value) != 0;
        if (!isNegativeZero && (value == 0 || Math.Abs(value) is >= 1e-4 and < 1e7))
        {
            for (int precision = 1; precision <= digits; precision++)
            {
                string text = value.ToString("G" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
                if (text.IndexOf('E') < 0 && parse(text) == value) return new JsonToken(text);
            }
        }

        return Fail($"how {value.ToString("R", CultureInfo.InvariantCulture)} is written is not the same everywhere");
    }

    private JsonValue? FoldList(FoldedList list, ITypeSymbol type, int depth)
    {
        if (IsBytes(type))
        {
            return list.Items.All(item => item is FoldedConstant { Value: IConvertible and not string })
                ? new JsonToken("\"" + Convert.ToBase64String(list.Items.Select(item => Convert.ToByte(((FoldedConstant)item).Value, CultureInfo.InvariantCulture)).ToArray()) + "\"")
                : Fail("its bytes are not constants");
        }

        ITypeSymbol? element = type switch
        {
            IArrayTypeSymbol { Rank: 1 } array => array.ElementType,
            INamedTypeSymbol { TypeArguments: [var argument] } when type.PlainName() is
                "System.Collections.Generic.List" or "System.Collections.Generic.IList" or "System.Collections.Generic.ICollection" or "System.Collections.Generic.IEnumerable"
                or "System.Collections.Generic.IReadOnlyList" or "System.Collections.Generic.IReadOnlyCollection" => argument,
            _ => null,
        };
        if (element is null) return Fail($"it is not known here how '{type.ShortName()}' is written");

        var items = new List<JsonValue>();
        foreach (FoldedValue item in list.Items)
        {
            if (Fold(item, element, depth + 1) is not { } json) return null;
            items.Add(json);
        }

        return new JsonList(items.ToEquatable());
    }

    private JsonValue? FoldObject(FoldedObject made, ITypeSymbol type, int depth)
    {
        if (!SymbolEqualityComparer.Default.Equals(made.Type, type))
            return Fail($"a '{made.Type.Name}' is written as '{type.ShortName()}'");
        if (HasAttributes(type)) return Fail($"'{type.Name}' has attributes of {Attributes}");
        if (type.AllInterfaces.FirstOrDefault(implemented => implemented.DeclaringSyntaxReferences.IsEmpty && Array.IndexOf(s_harmless, implemented.Name) < 0) is { } other)
            return Fail($"'{type.Name}' implements '{other.ShortName()}'");

        var members = new List<JsonMember>();
        foreach (ISymbol member in type.GetMembers())
        {
            if (member.IsStatic || member is not (IPropertySymbol or IFieldSymbol) || member.IsImplicitlyDeclared && member is IFieldSymbol) continue;

            string name = member.Name;
            bool isFixed = false, isIgnored = false, keepsNull = false, leavesNull = false;
            foreach (AttributeData attribute in member.GetAttributes())
            {
                if (attribute.AttributeClass?.ContainingNamespace.ToDisplayString() != Attributes) continue;

                switch (attribute.AttributeClass.Name)
                {
                    case "JsonPropertyNameAttribute" when attribute.Text(0) is { } given:
                        (name, isFixed) = (given, true);
                        break;
                    case "JsonIgnoreAttribute":
                        // Never, Always, WhenWritingDefault, WhenWritingNull
                        switch (attribute.Named("Condition", 1))
                        {
                            case 0: keepsNull = true; break;
                            case 1: isIgnored = true; break;
                            case 3: leavesNull = true; break;
                            default: return Fail($"'{member.Name}' is left out depending on its value");
                        }

                        break;
                    default:
                        return Fail($"'{member.Name}' has [{attribute.AttributeClass.Name.Replace("Attribute", "")}]");
                }
            }

            if (isIgnored || member is not IPropertySymbol { IsIndexer: false, DeclaredAccessibility: Accessibility.Public, GetMethod.DeclaredAccessibility: Accessibility.Public } property) continue;

            if (expressions.FoldMember(made, property, null) is not { } value || Fold(value, property.Type, depth + 1) is not { } json) return null;
            if (!leavesNull || !Equals(json, JsonToken.Null)) members.Add(new JsonMember(name, isFixed, keepsNull, json));
        }

        return new JsonObject(members.ToEquatable());
    }

    private static bool IsBytes(ITypeSymbol type) => type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte };

    private static bool HasAttributes(ITypeSymbol type) => type.GetAttributes().Any(attribute => attribute.AttributeClass?.ContainingNamespace.ToDisplayString() == Attributes);

    private JsonValue? Fail(string reason)
    {
        folder.Fail(reason);
        return null;
    }
}
