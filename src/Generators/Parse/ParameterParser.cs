using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Decides where each parameter of a handler comes from: the pattern, then the type, then the query.</summary>
internal static class ParameterParser
{
    private static readonly string[] s_sources = [KnownNames.Body, KnownNames.Query, KnownNames.Header, KnownNames.Cookie, KnownNames.Form, KnownNames.Provided];

    public static EquatableArray<ParameterModel> Parse(
        IMethodSymbol method, PatternModel? pattern, IReadOnlyList<string> methods, bool isError, Location? patternLocation, List<Problem> problems)
    {
        var parameters = new List<ParameterModel>();
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            ParameterModel? model = isError || pattern?.Names.Contains(parameter.Name) == true
                ? ParseOne(Slot.Of(parameter), pattern, methods, isError, problems)
                : KnownParameters.Of(parameter, methods, problems, () => ParseOne(Slot.Of(parameter), pattern, methods, isError, problems));
            if (model is not null) parameters.Add(model);
        }

        foreach (string name in pattern?.Names ?? [])
        {
            if (method.Parameters.Any(parameter => parameter.Name == name)) continue;
            if (parameters.Any(parameter => parameter.Members.Any(member => member.Source == Source.Path && member.WireName == name))) continue;

            string advice = method.Parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } similar
                ? "names are compared with their case, so write '{" + similar.Name + "}'"
                : "add one, such as 'string " + name.Escaped() + "'";
            problems.Add(Problem.At(Diagnostics.UnboundParameter, patternLocation, name, pattern!.Text, method.Name, advice));
        }

        return parameters.ToEquatable();
    }

    /// <summary>One parameter, or one member of a type that stands for several.</summary>
    public static ParameterModel? ParseOne(
        Slot parameter, PatternModel? pattern, IReadOnlyList<string> methods, bool isError, List<Problem> problems)
    {
        Location? place = parameter.Symbol.NameLocation();
        if (parameter.RefKind is not (RefKind.None or RefKind.In))
        {
            problems.Add(Problem.At(Diagnostics.ParameterModifier, place, parameter.Name,
                parameter.RefKind switch { RefKind.Ref => "ref", RefKind.Out => "out", _ => "ref readonly" }));
            return null;
        }

        string[] sources = parameter.Symbol.GetAttributes().IsEmpty ? [] : s_sources.Where(source => parameter.Symbol.Find(source) is not null)
            .Select(source => source.Substring("Prebake.".Length, source.Length - "Prebake.Attribute".Length)).ToArray();
        if (sources.Length > 1)
        {
            problems.Add(Problem.At(Diagnostics.TwoAttributes, place, parameter.Name, sources[0], sources[1]));
            return null;
        }

        ITypeSymbol declared = parameter.Type;
        if (declared.IsBroken()) return null;      // the compiler has said so

        ITypeSymbol type = declared is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } wrapped ? wrapped.TypeArguments[0] : declared;
        bool nullable = !SymbolEqualityComparer.Default.Equals(type, declared) || (type.IsReferenceType && declared.NullableAnnotation == NullableAnnotation.Annotated);
        bool optional = parameter.Default is not null || nullable && parameter.Symbol.Find("System.ComponentModel.DataAnnotations.RequiredAttribute") is null;

        ParameterModel Model(Source source, ValueKind value, string? wireName = null) => new(
            parameter.Name, wireName ?? parameter.WireName, source, value, type.FullName(), optional, nullable, parameter.Default,
            value == ValueKind.Enum ? EnumNames(type) : EquatableArray<string>.Empty, type.IsValueType)
            {
                IsHidden = !type.IsVisible() || type.IsForbidden(),
                Hidden = type.HiddenPart()?.FullName(),
                IsForbidden = type.IsForbidden() || value == ValueKind.Enum && type.GetMembers().Any(constant => constant is IFieldSymbol && constant.IsForbiddenMember()),
                IsIn = parameter.RefKind == RefKind.In,
                IsFlags = type.TypeKind == TypeKind.Enum && type.Find(KnownNames.Flags) is not null,
                Check = source is Source.Path or Source.Query or Source.Field or Source.Cookie or Source.Form or Source.File || source == Source.Body && value != ValueKind.Json
                    ? CheckParser.OfParameter(parameter.Symbol, declared, parameter.Attributes, parameter.Project ?? parameter.Symbol.ContainingAssembly, problems)
                    : source is Source.Body or Source.Custom ? CheckParser.OfBody((IParameterSymbol)parameter.Symbol, problems)
                    : null,
            };

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
            case "Prebake.Next" when parameter.Symbol.ContainingSymbol.Find(KnownNames.Around) is not null: return Model(Source.Next, ValueKind.Json);
            case "Prebake.Next" when !isError: return Refuse("only an [Around] method has what comes next");
            case "Prebake.Errors" when !isError:
                return Refuse("only a [Validate] method has errors; throw an HttpException with its Errors");
            case "Prebake.Response" when type is INamedTypeSymbol { Arity: > 0 }:
                return Refuse("that is what a handler returns; ask for 'Response response' to add headers to");
            case "Prebake.Response" when !isError && !parameter.IsMember: return Model(Source.Response, ValueKind.Json);
        }

        if (PartOfRequest(type.PlainName()) is { } part) return Refuse($"ask for 'Request request' and use {part}");

        if (DepthOf(type) >= 0)
        {
            if (!isError) return Refuse("only an [Error] handler has an exception");
            if (parameter.Symbol.ContainingSymbol is IMethodSymbol { Parameters: var all } && all.First(other => DepthOf(other.Type) >= 0).Name != parameter.Name)
                return Refuse("an [Error] handler has one exception");

            return Model(Source.Exception, ValueKind.Json);
        }

        if (isError)
            return Refuse("an [Error] handler may ask for an exception, Request, Server and CancellationToken");

        // It may be provided by this class or one above it, which is known when all classes are
        ParameterModel? UnlessProvided(Microsoft.CodeAnalysis.DiagnosticDescriptor descriptor, params string[] arguments)
        {
            if (CanBeProvided(type))
                return Model(Source.Provided, ValueKind.Json) with { IsImplicit = true, Refusal = new Refusal(descriptor.Id, arguments.ToEquatable()) };

            problems.Add(Problem.At(descriptor, place, arguments));
            return null;
        }

        ParameterModel? RefuseUnlessProvided(string reason) =>
            UnlessProvided(Diagnostics.ParameterType, parameter.Name, declared.ShortName(), reason);

        ValueKind kind = KindOf(type);
        bool simple = kind is ValueKind.Text or ValueKind.Primitive or ValueKind.Enum or ValueKind.Parsable;

        if (pattern is not null && pattern.Names.Contains(parameter.WireName) && OtherSource(parameter.Symbol) is { } other)
        {
            problems.Add(Problem.At(Diagnostics.TwoSources, place, parameter.Name, pattern.Text, other));
            return null;
        }

        if (pattern is not null && pattern.Names.Contains(parameter.WireName))
            return simple || kind == ValueKind.CharSpan
                ? Model(Source.Path, kind)
                : Refuse("a path holds text, numbers, enums and types with ISpanParsable<T>");

        if (!parameter.IsMember && parameter.Symbol.Find(KnownNames.Provided) is not null)
            return CanBeProvided(type)
                ? Model(Source.Provided, ValueKind.Json) with
                {
                    Refusal = new Refusal(Diagnostics.MissingProvider.Id, new[]
                    {
                        $"The parameter '{parameter.Name}' of "
                            + $"'{RouteParser.LabelOf(parameter.Symbol.ContainingSymbol)}'", type.ShortName(),
                        "no class above provides it; add a [Provide] method that returns it",
                    }.ToEquatable()),
                }
                : Refuse("no [Provide] method can return that type");

        if (parameter.Symbol.Find(KnownNames.Header) is { } header)
        {
            string name = header.Text(0) ?? parameter.WireName;
            if (!FieldSyntax.IsToken(name))
            {
                problems.Add(Problem.At(Diagnostics.FieldName, header.ArgumentLocation(0), name));
                return null;
            }

            return simple
                ? Model(Source.Field, kind, name)
                : Refuse("a header holds text, numbers, enums and types with ISpanParsable<T>");
        }

        if (parameter.Symbol.Find(KnownNames.Cookie) is { } cookie)
            return simple
                ? Model(Source.Cookie, kind, cookie.Text(0))
                : Refuse("a cookie holds text, numbers, enums and types with ISpanParsable<T>");

        if (parameter.Symbol.Find(KnownNames.Query) is { } queryOfList && ListParser.Parse(type, out ITypeSymbol? value) is { } list && KindOf(value!) is var ofValue && IsSimple(ofValue))
            return ListOf(list, value!, ofValue, queryOfList.Text(0));

        if (parameter.Symbol.Find(KnownNames.Query) is { } query)
            return simple || kind == ValueKind.CharSpan
                ? Model(Source.Query, kind, query.Text(0))
                : Refuse("a query holds text, numbers, enums and types with ISpanParsable<T>, and lists of these");

        if (FilesOf(type) is { } file) return FormPart(file.Type, Source.File, ValueKind.Json, parameter.Symbol.Find(KnownNames.Form)?.Text(0));
        if (parameter.Symbol.Find(KnownNames.Form) is { } form || parameter.IsForm)
            return simple ? FormPart(null, Source.Form, kind, parameter.Symbol.Find(KnownNames.Form)?.Text(0))
                : ListParser.Parse(type, out ITypeSymbol? field) is not null && KindOf(field!) is var ofField && IsSimple(ofField) ? FormPart(field, Source.Form, ofField, parameter.Symbol.Find(KnownNames.Form)?.Text(0))
                : parameter.IsMember ? Refuse("a form holds text, numbers, enums, types with ISpanParsable<T>, lists "
                    + "of these and files")
                : ParametersParser.Parse((IParameterSymbol)parameter.Symbol, type, pattern, isForm: true, problems) is { } fields
                    ? Model(Source.Several, ValueKind.Json) with { Members = fields.ToEquatable() }
                    : null;

        if (parameter.Symbol.Find(KnownNames.Body) is not null)
        {
            if (kind is ValueKind.CharSpan || kind == ValueKind.Json && (type.IsRefLikeType || type.TypeKind is TypeKind.Delegate or TypeKind.Pointer or TypeKind.FunctionPointer))
                return Refuse("a body can be string, byte[], ReadOnlySpan<byte> or a JSON type");
            if (ResultParser.IsStream(type)) return Refuse("ask for 'Request request' and read 'request.Body'");
            // The one that System.Text.Json reads itself
            if (type.PlainName() != "System.Text.Json.JsonDocument" && type.AllInterfaces.Concat([type]).Any(one => one.PlainName() is "System.IDisposable" or "System.IAsyncDisposable"))
                return Refuse("what must be disposed of is not data, so it cannot be JSON");
            if (ResultParser.ReasonAgainst(type) is { } reason) return Refuse("it cannot be JSON" + reason);

            return Model(Source.Body, kind is ValueKind.Text or ValueKind.Bytes or ValueKind.ByteSpan ? kind : ValueKind.Json);
        }

        if (!parameter.IsMember && (parameter.Symbol.Find(KnownNames.Parameters) ?? type.Find(KnownNames.Parameters)) is not null)
            return ParametersParser.Parse((IParameterSymbol)parameter.Symbol, type, pattern, isForm: false, problems) is { } members
                ? Model(Source.Several, ValueKind.Json) with { Members = members.ToEquatable() }
                : null;

        if (!parameter.IsMember && BinderParser.Parse(type, place, problems, out bool isBinder) is var binder && isBinder)
            return binder is null ? null : Model(Source.Custom, ValueKind.Json) with { Binder = binder };

        if (simple || kind == ValueKind.CharSpan) return Model(Source.Query, kind) with { IsImplicit = !parameter.IsMember };
        if (kind is ValueKind.ByteSpan or ValueKind.Bytes) return Refuse("say [Body] if it is the body");

        string[] bodiless = methods.Where(name => name is not ("POST" or "PUT" or "PATCH" or "DELETE" or "QUERY")).ToArray();
        if (bodiless.Length > 0 && bodiless[0] != "*" && ListParser.Parse(type, out ITypeSymbol? item) is { } listType && KindOf(item!) is var ofItem && IsSimple(ofItem))
            return ListOf(listType, item!, ofItem, null) with { IsImplicit = !parameter.IsMember };
        if (parameter.IsMember)
            return Refuse("it is not a value; a member is text, a number, an enum, a type with ISpanParsable<T> or a "
                + "list of these");

        // Most parameters are not refused
        string HowToPass() => ToConstructor((IParameterSymbol)parameter.Symbol);
        if (type.IsRefLikeType || type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Dynamic or TypeKind.TypeParameter)
            return Refuse("a request has nothing of that type");
        if (ResultParser.IsStream(type)) return RefuseUnlessProvided("ask for 'Request request' and read 'request.Body'");
        if (IsService(type)) return RefuseUnlessProvided("a request has nothing of that type; if it is a service, " + HowToPass());
        if (ResultParser.ReasonAgainst(type) is { } against) return RefuseUnlessProvided("it cannot be JSON" + against);
        if (bodiless.Length == 0) return Model(Source.Body, ValueKind.Json) with { IsImplicit = true };

        if (bodiless[0] == "*") return RefuseUnlessProvided("say [Body] if it is the body; if it is a service, " + HowToPass());

        // A type of the project may be either; what comes from a library is hardly ever a query
        if (type.DeclaringSyntaxReferences.IsEmpty && ElementOf(type) is null)
            return RefuseUnlessProvided(
                $"{bodiless[0]} requests have no body that it could be read from; if it is a service, {HowToPass()}");
        return UnlessProvided(Diagnostics.BodyOnGet, parameter.Name, declared.ShortName(), bodiless[0],
            ", or a type that a query can hold; if it is a service, " + HowToPass());

        // A field of a form or a file, or all of its name when there is an item
        ParameterModel? FormPart(ITypeSymbol? item, Source source, ValueKind kindOfPart, string? wireName)
        {
            string[] without = methods.Where(name => name is not ("POST" or "PUT" or "PATCH" or "DELETE" or "QUERY")).ToArray();
            if (without.Length > 0 && !parameter.IsMember)
            {
                problems.Add(Problem.At(Diagnostics.BodyOnGet, place, parameter.Name, declared.ShortName(), without[0] == "*" ? "some" : without[0], ""));
                return null;
            }

            ParameterModel model = item is null ? Model(source, kindOfPart, wireName) : ListOf(type.FullName(), item, kindOfPart, wireName) with { Source = source };
            // A check box that is not checked is not sent
            return model is { ListType: null, Type: "bool", Optional: false } ? model with { Optional = true, Default = "false" } : model;
        }

        // All values of the name, in order; none is an empty list, or null where that can be
        ParameterModel ListOf(string listType, ITypeSymbol value, ValueKind kindOfValue, string? wireName) => Model(Source.Query, kindOfValue, wireName) with
        {
            Type = value.FullName(),
            IsValueType = value.IsValueType,
            ListType = listType,
            IsArray = type is IArrayTypeSymbol,
            Optional = true,
            EnumNames = kindOfValue == ValueKind.Enum ? EnumNames(value) : EquatableArray<string>.Empty,
            IsFlags = value.TypeKind == TypeKind.Enum && value.Find(KnownNames.Flags) is not null,
        };
    }

    /// <summary>What holds files: one, or a list of them.</summary>
    private static (ITypeSymbol? Type, bool IsFile)? FilesOf(ITypeSymbol type)
    {
        if (type.Is(KnownNames.UploadedFile)) return (null, true);

        return ListParser.Parse(type, out ITypeSymbol? item) is not null && item!.Is(KnownNames.UploadedFile) ? (item, true) : null;
    }

    /// <summary>Whether a parameter is a field of a form or a file, wherever it stands.</summary>
    public static bool IsOfForm(IParameterSymbol parameter) =>
        parameter.Find(KnownNames.Form) is not null || FilesOf(parameter.Type) is not null;

    private static bool IsSimple(ValueKind kind) => kind is ValueKind.Text or ValueKind.Primitive or ValueKind.Enum or ValueKind.Parsable;

    /// <summary>Whether a parameter of the type may get what a [Provide] method returns: simple types have another meaning.</summary>
    public static bool CanBeProvided(ITypeSymbol type) =>
        KindOf(type) is ValueKind.Json or ValueKind.Parsable
        && type is { IsRefLikeType: false, SpecialType: not (SpecialType.System_Object or SpecialType.System_Void) }
        && type.TypeKind is not (TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Dynamic or TypeKind.TypeParameter)
        && type.PlainName() is not ("Prebake.Request" or "Prebake.Response" or "Prebake.Server" or "System.Threading.CancellationToken" or KnownNames.UploadedFile)
        && PartOfRequest(type.PlainName()) is null && DepthOf(type) < 0;

    /// <summary>How a service gets to where a parameter cannot bring it.</summary>
    public static string ToConstructor(IParameterSymbol parameter) =>
        $"pass it to the constructor, 'partial class {parameter.ContainingType.Name}("
            + $"{parameter.Type.ShortName()} {parameter.Name.Escaped()})'";

    /// <summary>What has a type of its own in a request: how one gets it.</summary>
    private static string? PartOfRequest(string type) => type switch
    {
        "Prebake.Headers" => "'request.Headers'",
        "Prebake.Cookies" => "'request.Cookies'",
        "Prebake.QueryString" => "'request.Query'",
        "Prebake.FormData" => "'await request.FormAsync()'",
        _ => null,
    };

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
        if (type.Is("System.Guid") || type.Is("System.DateOnly")) return ValueKind.Primitive;

        bool parsable = type.AllInterfaces.Any(implemented =>
            implemented.Is("System.ISpanParsable") && SymbolEqualityComparer.Default.Equals(implemented.TypeArguments[0], type));
        return parsable ? ValueKind.Parsable : ValueKind.Json;
    }

    /// <summary>The attribute that says another source than the pattern, or null.</summary>
    private static string? OtherSource(ISymbol parameter) =>
        parameter.Find(KnownNames.Query) is not null ? "Query"
        : parameter.Find(KnownNames.Header) is not null ? "Header"
        : parameter.Find(KnownNames.Cookie) is not null ? "Cookie"
        : parameter.Find(KnownNames.Body) is not null ? "Body"
        : parameter.Find(KnownNames.Provided) is not null ? "Provided"
        : null;

    /// <summary>What an array or a list holds, or null.</summary>
    private static ITypeSymbol? ElementOf(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => array.ElementType,
        INamedTypeSymbol { TypeArguments: [var element] } when type.PlainName().StartsWith("System.Collections.", StringComparison.Ordinal) => element,
        _ => null,
    };

    /// <summary>What holds resources, or can be anything, is no data.</summary>
    private static bool IsService(ITypeSymbol type) =>
        type.TypeKind == TypeKind.Delegate
        || (type.TypeKind == TypeKind.Interface || type.IsAbstract) && ElementOf(type) is null
        || type.AllInterfaces.Any(implemented => implemented.Is("System.IDisposable") || implemented.Is("System.IAsyncDisposable"));

    /// <summary>How many classes a type is below <c>Exception</c>; −1 for what is not an exception.</summary>
    public static int DepthOf(ITypeSymbol type)
    {
        int depth = 0;
        for (ITypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType, depth++)
            if (ancestor.Is("System.Exception")) return depth;

        return -1;
    }

    private static EquatableArray<string> EnumNames(ITypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue).Select(field => field.Name).ToEquatable();

    /// <summary>The default of a parameter as C#, or null.</summary>
    public static string? DefaultOf(IParameterSymbol parameter)
    {
        if (!parameter.HasExplicitDefaultValue) return null;
        if (parameter.ExplicitDefaultValue is not { } value) return "default";

        ITypeSymbol type = parameter.Type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } wrapped
            ? wrapped.TypeArguments[0]
            : parameter.Type;
        string literal = Literal.Constant(value);
        return type.TypeKind == TypeKind.Enum ? "(" + type.FullName() + ")(" + literal + ")" : literal;
    }
}

/// <summary>What is bound: a parameter of a handler, or a member of a type that stands for several.</summary>
/// <param name="Symbol">A parameter or a property.</param>
/// <param name="Name">Tells it from all others of the handler.</param>
/// <param name="WireName">In the request, unless an attribute says another.</param>
/// <param name="Type">Of the value.</param>
/// <param name="Attributes">Those that say what is demanded of it.</param>
internal readonly record struct Slot(ISymbol Symbol, string Name, string WireName, ITypeSymbol Type, IEnumerable<AttributeData> Attributes)
{
    /// <summary>What it is without a value, as C#; null when there is no default.</summary>
    public string? Default { get; init; }

    public RefKind RefKind { get; init; }

    /// <summary>The project that is built, where the symbol may be of another.</summary>
    public IAssemblySymbol? Project { get; init; }

    /// <summary>It belongs to a type that stands for fields of a form.</summary>
    public bool IsForm { get; init; }

    /// <summary>It belongs to a type that stands for several.</summary>
    public bool IsMember { get; init; }

    public static Slot Of(IParameterSymbol parameter) => new(parameter, parameter.Name, parameter.Name, parameter.Type, parameter.GetAttributes())
    {
        Default = ParameterParser.DefaultOf(parameter),
        RefKind = parameter.RefKind,
    };
}
