using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[StaticFile]</c> and <c>[StaticDirectory]</c>: which files they are is joined to it later, from the build's manifest.</summary>
internal static class FileParser
{
    public static Parsed Parse(RouteKind kind, Annotated context) => ClassAttributeParser.Parse(context, kind.ToString(), (host, attribute, key, problems) =>
    {
        PatternModel? pattern = kind == RouteKind.Directory ? ParsePrefix(host, attribute, problems) : RouteParser.ParsePattern(host, attribute, exact: true, problems);
        string? contentType = ParseContentType(attribute, problems);
        string label = context.TargetSymbol.Name + (kind == RouteKind.File ? " [StaticFile]" : " [StaticDirectory]");
        return pattern is null ? null : new RouteModel(host.App, key, kind, label, pattern, MethodNames.Split(null), null,
            new StaticModel(200, contentType, true, null, true, attribute.Text(1) ?? "") { DotFiles = attribute.Named("DotFiles", false) }, host.Fields.ToEquatable());
    });

    /// <summary><c>ContentType = "…"</c> of an attribute that names a file.</summary>
    public static string? ParseContentType(AttributeData attribute, List<Problem> problems)
    {
        string? contentType = attribute.Named<string?>("ContentType", null);
        if (contentType is not null && !FieldSyntax.IsValue(contentType)) problems.Add(Problem.At(Diagnostics.FieldValue, attribute.NamedLocation("ContentType"), "Content-Type"));
        return contentType;
    }

    // The same with and without a slash at the end: a folder is a folder
    private static PatternModel? ParsePrefix(AppParser.Host host, AttributeData attribute, List<Problem> problems)
    {
        string prefix = attribute.Text(0) ?? "";
        string trimmed = prefix.Length > 1 ? prefix.TrimEnd('/') : prefix;
        PatternModel? pattern = PatternParser.Parse(trimmed, out PatternParser.Mistake? mistake);
        if (mistake is null) pattern = PatternParser.Parse(host.Prefix.Length > 0 && trimmed == "/" ? host.Prefix : host.Prefix + trimmed, out mistake);
        if (mistake is null && !pattern!.IsExact) mistake = new(Diagnostics.StaticWithParameters, [pattern.Text]);
        if (mistake is not { } wrong) return pattern;

        problems.Add(Problem.At(wrong.Descriptor, attribute.ArgumentLocation(0), wrong.Arguments));
        return null;
    }
}
