using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Decides where each parameter of a handler comes from: the pattern, then the type, then the query.</summary>
internal static class ParameterParser
{
    public static EquatableArray<ParameterModel> Parse(
        IMethodSymbol method, PatternModel? pattern, IReadOnlyList<string> methods, bool isError, Location? patternLocation, List<Problem> problems)
    {
        var parameters = new List<ParameterModel>();
        ParameterModel? body = null;

        foreach (IParameterSymbol parameter in method.Parameters)
        {
            ParameterModel? model = ParseOne(parameter, pattern, methods, isError, problems);
            if (model is null) continue;

            if (model.Source == Source.Body)
            {
                if (body is null) body = model;
                else problems.Add(Problem.At(Diagnostics.SeveralBodies, parameter.NameLocation(), body.Name, parameter.Name));
            }

            parameters.Add(model);
        }

        foreach (string name in pattern?.Names ?? [])
            if (!method.Parameters.Any(parameter => parameter.Name == name))
                problems.Add(Problem.At(Diagnostics.UnboundParameter, patternLocation, name, pattern!.Text, method.Name));

        return parameters.ToEquatable();
    }

    private static ParameterModel? ParseOne(
        IParameterSymbol parameter, PatternModel? pattern, IReadOnlyList<string> methods, bool isError, List<Problem> problems)
    {
        Location? place = parameter.NameLocation();
        if (parameter.RefKind is not (RefKind.None or RefKind.In))
        {
            problems.Add(Problem.At(Diagnostics.ParameterModifier, place, parameter.Name, parameter.RefKind.ToString().ToLowerInvariant()));
            return null;
        }

        if (parameter.Find(KnownNames.Form) is not null)
        {
            problems.Add(Problem.At(Diagnostics.BindingNotSupported, place, "Form", parameter.Name, "await request.FormAsync()"));
            return null;
        }

        ITypeSymbol declared = parameter.Type;
        if (declared.TypeKind == TypeKind.Error) return null;      // the compiler has said so

        ITypeSymbol type = declared is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } wrapped ? wrapped.TypeArguments[0] : declared;
        bool nullable = !SymbolEqualityComparer.Default.Equals(type, declared) || (type.IsReferenceType && declared.NullableAnnotation == NullableAnnotation.Annotated);
        bool optional = nullable || parameter.HasExplicitDefaultValue;

        ParameterModel Model(Source source, ValueKind value, string? wireName = null) => new(
            parameter.Name.Escaped(), wireName ?? parameter.Name, source, value, type.FullName(), optional, nullable, DefaultOf(parameter, type),
            value == ValueKind.Enum ? EnumNames(type) : EquatableArray<string>.Empty, type.IsValueType) { IsHidden = !type.IsVisible() };

        ParameterModel? Refuse(string reason)
        {
            problems.Add(Problem.At(Diagnostics.ParameterType, place, parameter.Name, declared.ShortName(), reason));
            return null;
        }

        switch (type.PlainName())
        {
            case "Prebake.Request": return Model(Source.Request, ValueKind.Json);
            case "Prebake.Server": return Model(Source.Server, ValueKind.Json);
            case "System.Threading.CancellationToken": return Model(Source.Aborted, ValueKind.Json);
        }

        if (isError && type.PlainName() == "System.Exception") return Model(Source.Exception, ValueKind.Json);
        if (IsException(type)) return Refuse(isError ? "[Error] gets every exception, so ask for 'Exception'" : "only an [Error] handler has an exception");
        if (isError) return Refuse("an [Error] handler may ask for Exception, Request, Server and CancellationToken");

        ValueKind kind = KindOf(type);
        bool simple = kind is ValueKind.Text or ValueKind.Primitive or ValueKind.Enum or ValueKind.Parsable;

        if (pattern is not null && pattern.Names.Contains(parameter.Name))
            return simple || kind == ValueKind.CharSpan ? Model(Source.Path, kind) : Refuse("a path holds text, numbers, enums and types with ISpanParsable<T>");

        if (parameter.Find(KnownNames.Header) is { } header)
        {
            string name = header.Text(0) ?? parameter.Name;
            if (!FieldSyntax.IsToken(name))
            {
                problems.Add(Problem.At(Diagnostics.FieldName, header.ArgumentLocation(0), name));
                return null;
            }

            return simple ? Model(Source.Field, kind, name) : Refuse("a field holds text, numbers, enums and types with ISpanParsable<T>");
        }

        if (parameter.Find(KnownNames.Cookie) is { } cookie)
            return simple ? Model(Source.Cookie, kind, cookie.Text(0)) : Refuse("a cookie holds text, numbers, enums and types with ISpanParsable<T>");

        if (parameter.Find(KnownNames.Query) is { } query)
            return simple || kind == ValueKind.CharSpan ? Model(Source.Query, kind, query.Text(0)) : Refuse("a query holds text, numbers, enums and types with ISpanParsable<T>");

        if (parameter.Find(KnownNames.Body) is not null)
        {
            if (kind is ValueKind.CharSpan) return Refuse("a body can be string, byte[], ReadOnlySpan<byte> or a JSON type");
            return Model(Source.Body, kind is ValueKind.Text or ValueKind.Bytes or ValueKind.ByteSpan ? kind : ValueKind.Json);
        }

        if (simple || kind == ValueKind.CharSpan) return Model(Source.Query, kind);
        if (kind is ValueKind.ByteSpan or ValueKind.Bytes) return Refuse("say [Body] if it is the body");
        if (type.IsRefLikeType || type.TypeKind is TypeKind.Delegate or TypeKind.Pointer or TypeKind.Interface or TypeKind.Dynamic or TypeKind.TypeParameter || type.IsAbstract)
            return Refuse("it is none of what a request has; pass services to the constructor");

        string[] bodiless = methods.Where(name => name is not ("POST" or "PUT" or "PATCH" or "DELETE")).ToArray();
        if (bodiless.Length == 0) return Model(Source.Body, ValueKind.Json);

        if (bodiless[0] == "*") return Refuse("say [Body] if it is the body");
        problems.Add(Problem.At(Diagnostics.BodyOnGet, place, parameter.Name, declared.ShortName(), bodiless[0]));
        return null;
    }

    private static ValueKind KindOf(ITypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_String) return ValueKind.Text;
        if (type.TypeKind == TypeKind.Enum) return ValueKind.Enum;
        if (ResultParser.IsSpanOf(type, SpecialType.System_Char)) return ValueKind.CharSpan;
        if (ResultParser.IsSpanOf(type, SpecialType.System_Byte)) return ValueKind.ByteSpan;
        if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte }) return ValueKind.Bytes;
        if (type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Int16 or SpecialType.System_Byte
            or SpecialType.System_SByte or SpecialType.System_UInt16 or SpecialType.System_UInt32 or SpecialType.System_UInt64 or SpecialType.System_Boolean
            or SpecialType.System_Double or SpecialType.System_Single or SpecialType.System_Decimal) return ValueKind.Primitive;
        if (type.PlainName() is "System.Guid" or "System.DateOnly") return ValueKind.Primitive;

        bool parsable = type.AllInterfaces.Any(implemented =>
            implemented.PlainName() == "System.ISpanParsable" && SymbolEqualityComparer.Default.Equals(implemented.TypeArguments[0], type));
        return parsable ? ValueKind.Parsable : ValueKind.Json;
    }

    private static bool IsException(ITypeSymbol type)
    {
        for (ITypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            if (ancestor.PlainName() == "System.Exception") return true;

        return false;
    }

    private static EquatableArray<string> EnumNames(ITypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue).Select(field => field.Name).ToEquatable();

    private static string? DefaultOf(IParameterSymbol parameter, ITypeSymbol type)
    {
        if (!parameter.HasExplicitDefaultValue) return null;
        if (parameter.ExplicitDefaultValue is not { } value) return "default";

        string literal = value switch
        {
            bool flag => flag ? "true" : "false",
            string or char => SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false),
            double.NaN => "double.NaN",
            double.PositiveInfinity => "double.PositiveInfinity",
            double.NegativeInfinity => "double.NegativeInfinity",
            double number => number.ToString("R", CultureInfo.InvariantCulture) + "d",
            float number => number.ToString("R", CultureInfo.InvariantCulture) + "f",
            decimal number => number.ToString(CultureInfo.InvariantCulture) + "m",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => "default",
        };
        return type.TypeKind == TypeKind.Enum ? "(" + type.FullName() + ")(" + literal + ")" : literal;
    }
}
