using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[File]</c> and <c>[Directory]</c>: handlers that nobody has to write.</summary>
internal static class DiskParser
{
    public static Parsed Parse(bool isFolder, Annotated context) => ClassAttributeParser.Parse(context, isFolder ? "diskfolder" : "diskfile", (host, attribute, key, problems) =>
    {
        PatternModel? pattern = isFolder ? ParsePrefix(host, attribute, problems) : RouteParser.ParsePattern(host, attribute, exact: true, problems);
        string name = attribute.Text(1) ?? "";
        if (name.Length == 0) problems.Add(Problem.At(Diagnostics.MissingFile, attribute.ArgumentLocation(1), isFolder ? "folder" : "file", name));
        string? contentType = FileParser.ParseContentType(attribute, problems);

        MemberModel member = DiskModel.MemberOf(isFolder, host.IdleTimeout);
        string label = context.TargetSymbol.Name + (isFolder ? " [Directory]" : " [File]");
        return pattern is null ? null : new RouteModel(host.App, key, RouteKind.Handler, label, pattern, new[] { "GET" }.ToEquatable(), member, null, host.Fields.ToEquatable())
        {
            Disk = new DiskModel(isFolder, name, contentType) { FallsThrough = attribute.Named("Fallthrough", false), DotFiles = isFolder && attribute.Named("DotFiles", false) },
        };
    });

    // "/static", "/static/" and "/static/{*path}" are one and the same
    private static PatternModel? ParsePrefix(AppParser.Host host, AttributeData attribute, List<Problem> problems)
    {
        string prefix = attribute.Text(0) ?? "";
        PatternModel? given = PatternParser.Parse(prefix, out PatternParser.Mistake? mistake);
        PatternModel? pattern = null;
        if (mistake is null)
        {
            string text = given!.Segments[given.Segments.Count - 1].Kind == SegmentKind.Rest ? prefix : prefix.TrimEnd('/') + "/{*path}";
            pattern = PatternParser.Parse(host.Prefix + text, out mistake);
            if (mistake is null && pattern!.Segments.Take(pattern.Segments.Count - 1).Any(segment => segment.Kind != SegmentKind.Literal))
                mistake = new(Diagnostics.StaticWithParameters, [pattern.Text]);
        }

        if (mistake is not { } wrong) return pattern;

        problems.Add(Problem.At(wrong.Descriptor, attribute.ArgumentLocation(0), wrong.Arguments));
        return null;
    }
}
