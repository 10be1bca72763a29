using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Plan;

/// <summary>Makes one route of each file that the build found for <c>[StaticFile]</c> and <c>[StaticDirectory]</c>.</summary>
internal static class FileExpander
{
    private const string Immutable = "public, max-age=31536000, immutable";

    /// <summary>What was not found stays, for the checks to report, but matches nothing.</summary>
    /// <param name="routes">Of one app.</param>
    /// <param name="manifest">What the build has found.</param>
    /// <param name="ignoresCase">The routes are folded, and so are those of files to be.</param>
    public static IEnumerable<RouteModel> Expand(IReadOnlyList<RouteModel> routes, FileManifest manifest, bool ignoresCase)
    {
        routes = WithSlashes(routes);
        if (!routes.Any(route => route.Kind is RouteKind.File or RouteKind.Directory)) return routes;

        var expanded = routes.Where(route => route.Kind is not (RouteKind.File or RouteKind.Directory)).ToList();
        var taken = new HashSet<string>(expanded.Where(route => route.Pattern is not null).Select(route => route.Pattern!.Shape));
        Dictionary<string, FileModel> files = manifest.Files.ToDictionary(file => file.Name);
        ILookup<string, FileModel> below = manifest.Below.ToLookup(file => file.Name);

        foreach (RouteModel route in routes.Where(route => route.Kind == RouteKind.File))
            expanded.Add(files.TryGetValue(route.Static!.Target!, out FileModel? file) ? RouteOf(route, route.Pattern!, file) : route with { Pattern = null });

        foreach (RouteModel route in routes.Where(route => route.Kind == RouteKind.Directory))
        {
            // The build has dot files as soon as one attribute asks for them
            FileModel[] served = below[route.Static!.Target!].Where(file => FolderRule.Serves(file.Relative, route.Static.DotFiles)).ToArray();
            if (served.Length == 0) expanded.Add(route with { Pattern = null });
            foreach (FileModel file in served) expanded.AddRange(RoutesOf(route, file, taken, ignoresCase));
        }

        return expanded;
    }

    /// <summary>A served folder has a route without its slash, which leads to the one with it; unless that is somebody's route.</summary>
    private static IReadOnlyList<RouteModel> WithSlashes(IReadOnlyList<RouteModel> routes)
    {
        RouteModel[] folders = routes.Where(route => route.Disk is { IsFolder: true } && route.Pattern!.Segments.Count > 1).ToArray();
        if (folders.Length == 0) return routes;

        var taken = new HashSet<string>(routes.Where(route => route.Pattern is not null).Select(route => route.Pattern!.Shape));
        var all = new List<RouteModel>(routes);
        foreach (RouteModel folder in folders)
        {
            var bare = new PatternModel("", folder.Pattern!.Segments.Take(folder.Pattern.Segments.Count - 1).ToEquatable());
            if (taken.Add(bare.Shape)) all.Add(folder with { Pattern = bare with { Text = bare.Shape }, Disk = folder.Disk! with { Redirects = true } });
        }

        return all;
    }

    private static IEnumerable<RouteModel> RoutesOf(RouteModel route, FileModel file, HashSet<string> taken, bool ignoresCase)
    {
        string[] parts = file.Relative.Split('/');
        PatternModel pattern = Below(route.Pattern!, parts, ignoresCase);
        yield return RouteOf(route, pattern, file);

        if (parts[parts.Length - 1] != "index.html") yield break;

        string[] folder = parts.Take(parts.Length - 1).ToArray();
        PatternModel slash = Below(route.Pattern!, [.. folder, ""], ignoresCase);
        yield return RouteOf(route, slash, file);

        // Where the folder itself is a route of the user's, that one answers
        PatternModel bare = Below(route.Pattern!, folder, ignoresCase);
        if (bare.Shape == slash.Shape || taken.Contains(bare.Shape)) yield break;

        // No constant, as it keeps the query
        yield return route with
        {
            Kind = RouteKind.Handler,
            Pattern = bare,
            Methods = new[] { "GET" }.ToEquatable(),
            Member = DiskModel.MemberOf(isFolder: true, idleTimeout: null),
            Static = null,
            Disk = new DiskModel(true, "", null, Redirects: true),
        };
    }

    private static RouteModel RouteOf(RouteModel route, PatternModel pattern, FileModel file)
    {
        StaticModel how = route.Static!;
        string type = how.ContentType ?? MediaType.OfPath(file.Path) ?? MediaType.Bytes;
        var fields = new List<StaticField>(route.Fields);
        if (IsFingerprinted(file.Path) && !fields.Any(field => field.Is("Cache-Control"))) fields.Add(new StaticField("Cache-Control", Immutable));
        if (file.Variants.Count > 1) fields.Add(new StaticField("Vary", "Accept-Encoding"));
        fields.Add(new StaticField("Accept-Ranges", "bytes"));

        return route with { Kind = RouteKind.Static, Pattern = pattern, Static = how with { ContentType = type, File = file }, Fields = fields.ToEquatable() };
    }

    // The names of files are no patterns: whatever they contain is literal, a percent sign too
    private static PatternModel Below(PatternModel prefix, IReadOnlyList<string> parts, bool ignoresCase)
    {
        var segments = prefix.Segments.ToList();
        if (segments[segments.Count - 1].Literals[0].Length == 0) segments.RemoveAt(segments.Count - 1);
        foreach (string part in parts)
            segments.Add(new SegmentModel(SegmentKind.Literal, new[] { CanonicalPath.Of(part.Replace("%", "%25")) }.ToEquatable(), EquatableArray<string>.Empty));
        if (segments.Count == 0) segments.Add(new SegmentModel(SegmentKind.Literal, new[] { "" }.ToEquatable(), EquatableArray<string>.Empty));

        var pattern = new PatternModel("/" + string.Join("/", segments.Select(segment => segment.Linked[0])), segments.ToEquatable());
        return ignoresCase ? pattern.Folded() : pattern;
    }

    /// <summary>
    /// Whether a name holds a hash of the contents, as bundlers write it before the extension: eight or more hexadecimal digits, or eight characters
    /// with upper case, lower case and digits. Strict, since a name that only looks so would stay in caches for a year.
    /// </summary>
    internal static bool IsFingerprinted(string path)
    {
        string[] parts = path.Substring(path.LastIndexOf('/') + 1).Split('.');
        for (int i = 0; i < parts.Length - 1; i++)
        {
            // The whole of a part between dots, or what is behind a dash; not a name that is all hash
            if (i > 0 && IsHash(parts[i])) return true;
            for (int dash = parts[i].IndexOf('-', 1 <= parts[i].Length ? 1 : 0); dash >= 0; dash = parts[i].IndexOf('-', dash + 1))
                if (IsHash(parts[i].Substring(dash + 1))) return true;
        }

        return false;
    }

    private static bool IsHash(string text)
    {
        bool digit = text.Any(c => c is >= '0' and <= '9'), lower = text.Any(c => c is >= 'a' and <= 'z'), upper = text.Any(c => c is >= 'A' and <= 'Z');
        if (text.Length is >= 8 and <= 64 && text.All(c => c is >= '0' and <= '9' or >= 'a' and <= 'f')) return digit && lower;

        return text.Length == 8 && digit && lower && upper && text.All(c => c is >= '0' and <= '9' or >= 'a' and <= 'z' or >= 'A' and <= 'Z' or '_' or '-');
    }
}
