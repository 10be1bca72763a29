using System.Globalization;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Serve]</c>: its properties become the initialiser of the options in the written <c>Main</c>.</summary>
internal static class ServeParser
{
    public static ParsedServe Parse(GeneratorAttributeSyntaxContext context)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        if (!type.IsNamed()) return new ParsedServe(null, EquatableArray<Problem>.Empty, null, null);

        AttributeData attribute = context.OwnAttributes().Select(own => own.Attribute).FirstOrDefault() ?? context.Attributes[0];
        var problems = new List<Problem>();
        var options = new List<string>();

        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key is "Certificate" or "Key" || argument.Value.Value is not { } value) continue;
            if (OptionOf(attribute, argument.Key, value, problems) is { } option) options.Add(argument.Key + " = " + option);
        }

        if (TlsOf(attribute, problems) is { } tls) options.Add("Tls = " + tls);

        if (attribute.Named<string?>("Hostname", null) is not null && attribute.Named<string?>("Unix", null) is not null)
            problems.Add(Problem.At(Diagnostics.HostnameAndUnix, attribute.NamedLocation("Unix")));

        Location? place = attribute.ArgumentLocation(int.MaxValue);
        string? reason = ReasonAgainst(type);
        if (reason is not null) problems.Add(Problem.At(Diagnostics.UnfitForMain, place, AppParser.DisplayName(type), reason));

        ServeModel? model = reason is not null ? null : new ServeModel(type.FullName(), AppParser.DisplayName(type), options.ToEquatable()) { HasRoutes = AppParser.HasRoutes(type) };
        return new ParsedServe(model, problems.ToEquatable(), Place.Of(place), options.Count == 0 ? null : Place.Of(attribute.NamedLocation(attribute.NamedArguments[0].Key)));
    }

    public static ParsedServe Failed(Problem problem) => new(null, new[] { problem }.ToEquatable(), problem.Place, null);

    // Certificate and Key, which are one option
    private static string? TlsOf(AttributeData attribute, List<Problem> problems)
    {
        string? certificate = attribute.Named<string?>("Certificate", null);
        string? key = attribute.Named<string?>("Key", null);
        if (certificate is null && key is null) return null;
        if (certificate is { Length: > 0 } && key is { Length: > 0 })
            return $"[global::Prebake.TlsOptions.FromPemFiles({Literal.Text(certificate)}, {Literal.Text(key)})]";

        Location? place = attribute.NamedLocation(key is null ? "Certificate" : "Key");
        problems.Add(Problem.At(Diagnostics.HalfOfPair, place, key is { Length: > 0 } ? "certificate" : "key"));
        return null;
    }

    private static string? OptionOf(AttributeData attribute, string name, object value, List<Problem> problems)
    {
        switch (value)
        {
            case 0 when name is "HttpsRedirectTo":
            case < 0 or > 65535 when name is "Port" or "HttpsRedirect" or "HttpsRedirectTo":
                problems.Add(Problem.At(
                    Diagnostics.BadPort, attribute.NamedLocation(name),
                    Convert.ToString(value, CultureInfo.InvariantCulture)!, name is "HttpsRedirectTo" ? "1" : "0"));
                return null;

            case 0 when name == "MaxConnections":
            case < 0 or < 0L:
                problems.Add(Problem.At(Diagnostics.BadLimit, attribute.NamedLocation(name), Convert.ToString(value, CultureInfo.InvariantCulture)!,
                    name == "MaxConnections" ? "1 or more" : "0 or more"));
                return null;

            case double seconds:
                return LimitParser.Seconds(seconds, attribute.NamedLocation(name), problems) switch
                {
                    null => null,
                    0 => "global::System.Threading.Timeout.InfiniteTimeSpan",
                    { } some => "global::System.TimeSpan.FromSeconds(" + Literal.Constant(some) + ")",
                };

            default:
                return Literal.Constant(value);
        }
    }

    /// <summary>Why <c>Main</c> cannot make an object of the class, or null.</summary>
    private static string? ReasonAgainst(INamedTypeSymbol type)
    {
        if (type.TypeKind != TypeKind.Class || type.IsStatic || type.IsGenericType || type.IsFileLocal)
            return "cannot be instantiated by its name";
        if (type.IsAbstract) return "is abstract";
        if (!type.IsVisible()) return "is private";
        if (!type.InstanceConstructors.Any(constructor => constructor.Parameters.IsEmpty && constructor.DeclaredAccessibility == Accessibility.Public))
            return type.InstanceConstructors.Any(constructor => constructor.Parameters.IsEmpty)
                ? "has no public constructor"
                : "has no constructor without parameters";

        if (type.InstanceConstructors.Any(constructor => constructor.Parameters.IsEmpty && constructor.Find("System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute") is not null)) return null;

        for (INamedTypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            if (ancestor.GetMembers().Any(member =>
                member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }))
                return "has required members";

        return null;
    }
}
