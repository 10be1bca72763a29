using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Header(name, value)]</c> and <c>[CacheControl]</c> and checks what they would put on the wire.</summary>
internal static class FieldParser
{
    public static IReadOnlyList<StaticField> Parse(ISymbol symbol, List<Problem> problems)
    {
        var fields = new List<StaticField>();
        foreach (AttributeData attribute in symbol.FindAll(KnownNames.Header))
        {
            if (attribute.Text(0) is not { } name) continue;

            if (attribute.ConstructorArguments.Length < 2)
                problems.Add(Problem.At(Diagnostics.FieldWithoutValue, attribute.ArgumentLocation(0), name));
            else if (!FieldSyntax.IsToken(name))
                problems.Add(Problem.At(Diagnostics.FieldName, attribute.ArgumentLocation(0), name));
            else if (FieldSyntax.IsFraming(name))
                problems.Add(Problem.At(Diagnostics.FramingField, attribute.ArgumentLocation(0), name));
            else if (attribute.Text(1) is not { } value || !FieldSyntax.IsValue(value))
                problems.Add(Problem.At(Diagnostics.FieldValue, attribute.ArgumentLocation(1), name));
            else
                fields.Add(new StaticField(name, value));
        }

        if (symbol.Find(KnownNames.CacheControl) is { } cache && cache.Text(0) is { } directives)
        {
            if (FieldSyntax.IsValue(directives)) fields.Add(new StaticField("Cache-Control", directives));
            else problems.Add(Problem.At(Diagnostics.FieldValue, cache.ArgumentLocation(0), "Cache-Control"));
        }

        return fields;
    }

    // These describe a representation, or say how long it may be kept: on a 404 they would be wrong, and would poison caches
    private static readonly string[] s_ofRepresentations =
        ["Cache-Control", "Expires", "Age", "ETag", "Last-Modified", "Accept-Ranges", "Content-Type", "Content-Encoding",
            "Content-Language", "Content-Location", "Content-Disposition", "Content-Range", "Location", "Date"];

    /// <summary>Of the class's fields those that go with every response of its paths, whoever answers: CORS, security headers and the like.</summary>
    public static EquatableArray<StaticField> ForEveryResponse(IReadOnlyList<StaticField> ofClass) =>
        ofClass.Where(field => !s_ofRepresentations.Any(field.Is)).ToEquatable();

    /// <summary>The class's fields, then the member's; a member's field replaces the class's of the same name, except Set-Cookie and the like.</summary>
    public static EquatableArray<StaticField> Merge(IReadOnlyList<StaticField> ofClass, IReadOnlyList<StaticField> ofMember) =>
        ofClass.Where(field => !ofMember.Any(own => own.Is(field.Name))).Concat(ofMember).ToEquatable();
}
