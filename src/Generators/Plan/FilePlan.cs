using Prebake.Generators.Model;
using Prebake.Grammar;
using Prebake.Shared;

namespace Prebake.Generators.Plan;

/// <summary>The heads of the files in the assembly, and the numbers by which the runtime's <c>BakedFiles</c> finds heads and contents.</summary>
internal sealed class FilePlan
{
    // As the runtime's BakedFiles reads them
    private const int FileRow = 2;

    private readonly List<byte[]> _heads = [];

    /// <param name="routes">Those of files, in the order of their numbers.</param>
    public FilePlan(IReadOnlyList<PlannedRoute> routes)
    {
        Routes = routes;
        List<int> rows = [];
        int start = 0;
        foreach (PlannedRoute route in routes)
        {
            FileModel file = route.Model.Static!.File!;
            Numbers.AddRange([(routes.Count * FileRow) + rows.Count, file.Variants.Count]);
            foreach (FileVariant variant in file.Variants)
            {
                StaticLayout layout = StaticLayout.OfFile(route.Model.Static.ContentType!, route.Model.Fields, variant.Length, variant.Hash, NameOf(variant.Coding));
                rows.AddRange([start, layout.Head.Length, layout.DateOffset, layout.EntityTagOffset, layout.EntityTag.Length, layout.NotModified.Length,
                    layout.NotModifiedDateOffset, layout.ClosesConnection ? 1 : 0, variant.Start, variant.Length, variant.Coding]);
                _heads.Add(layout.Head);
                if (layout.NotModified.Length > 0) _heads.Add(layout.NotModified);
                start += layout.Head.Length + layout.NotModified.Length;
            }
        }

        Numbers.AddRange(rows);
    }

    public IReadOnlyList<PlannedRoute> Routes { get; }

    /// <summary>One for each response, 304 included, in the order in which they lie.</summary>
    public IReadOnlyList<byte[]> Heads => _heads;

    /// <summary>
    /// For each file its first variant and how many; for each variant: head, its length, date, tag, length of the tag, length of the 304 head, its date,
    /// whether the connection is closed, body, its length, coding.
    /// </summary>
    public List<int> Numbers { get; } = [];

    private static string NameOf(int coding) => (ContentCoding)coding switch
    {
        ContentCoding.Gzip => "gzip",
        ContentCoding.Brotli => "br",
        ContentCoding.Zstandard => "zstd",
        _ => "",
    };
}
