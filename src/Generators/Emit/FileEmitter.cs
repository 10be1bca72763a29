using System.Text;
using Prebake.Generators.Model;
using Prebake.Generators.Plan;
using Prebake.Grammar;
using Prebake.Shared;

namespace Prebake.Generators.Emit;

/// <summary>Heads and places of the files in the assembly. Their contents are a resource that the build task wrote.</summary>
internal static class FileEmitter
{
    // As the runtime's BakedFiles reads them
    private const int FileRow = 2, VariantRow = 11;

    // 64: what one still scrolls through. Beyond that all heads are one text.
    private const int MostNamed = 64;

    public static void Emit(EmitContext context)
    {
        RoutePlan plan = context.Plan;
        PlannedRoute[] files = plan.Routes.Take(plan.StaticCount).Skip(plan.FirstFile).ToArray();
        if (files.Length == 0) return;

        SourceWriter writer = context.Writer;
        var heads = new List<string>();
        List<int> rows = [], numbers = [];
        int start = 0;

        foreach (PlannedRoute route in files)
        {
            FileModel file = route.Model.Static!.File!;
            numbers.AddRange([(files.Length * FileRow) + rows.Count, file.Variants.Count]);
            foreach (FileVariant variant in file.Variants)
            {
                StaticLayout layout = StaticLayout.OfFile(route.Model.Static.ContentType!, route.Model.Fields, variant.Length, variant.Hash, NameOf(variant.Coding));
                rows.AddRange([start, layout.Head.Length, layout.DateOffset, layout.EntityTagOffset, layout.EntityTag.Length, layout.NotModified.Length,
                    layout.NotModifiedDateOffset, layout.ClosesConnection ? 1 : 0, variant.Start, variant.Length, variant.Coding]);
                heads.Add(EmitContext.Latin1(layout.Head));
                if (layout.NotModified.Length > 0) heads.Add(EmitContext.Latin1(layout.NotModified));
                start += layout.Head.Length + layout.NotModified.Length;
            }
        }

        numbers.AddRange(rows);
        string first = Literal.Number(plan.FirstFile);
        string index = plan.FirstFile == 0 ? "route" : "route - " + first;
        bool fromDisk = context.TextLiterals;

        writer.Line($"private readonly {EmitContext.Routing}BakedFiles _files = {EmitContext.Routing}BakedFiles.Of(typeof({context.App.FullName}).Assembly);");
        if (fromDisk) EmitDisk(context, files);
        writer.Line($"private {EmitContext.Routing}StaticBlock File(int route) => {(fromDisk ? $"_disk.Find({index}) is {{ }} onDisk ? onDisk.Block : " : "")}_files.Block(FileHeads, FileNumbers, {index});");
        writer.Line();
        writer.Line($"public override {EmitContext.Routing}StaticBlock GetVariant(int route, int variant) => _files.Variant(FileHeads, FileNumbers, {index}, variant);");
        writer.Line();
        EmitHeads(context, heads, start);
        EmitNumbers(context, numbers);
    }

    /// <summary>Development: what is on disk now, as long as it is there.</summary>
    private static void EmitDisk(EmitContext context, PlannedRoute[] files)
    {
        SourceWriter writer = context.Writer;
        writer.Line("// A debug build: contents come from disk, so that an edit needs no build");
        writer.Line($"private readonly {EmitContext.Routing}DiskFiles _disk = new {EmitContext.Routing}DiskFiles({Literal.Text(context.Plan.Table.Project)},");
        writer.Indent();
        for (int i = 0; i < files.Length; i++)
        {
            StaticModel how = files[i].Model.Static!;
            string fields = string.Concat(files[i].Model.Fields.Select(field => $", ({Literal.Text(field.Name)}, {Literal.Text(field.Value)})"));
            writer.Line($"new {EmitContext.Routing}DiskFile({Literal.Text(how.File!.Path)}, {Literal.Text(how.ContentType!)}{fields}){(i < files.Length - 1 ? "," : ");")}");
        }

        writer.Outdent();
    }

    private static void EmitHeads(EmitContext context, List<string> heads, int length)
    {
        SourceWriter writer = context.Writer;
        string all = string.Concat(heads);
        // A field may hold Latin-1, which is not UTF-8
        bool ascii = all.All(c => c < 0x80);
        if (context.TextLiterals || !ascii)
        {
            writer.Line($"private readonly byte[] _fileHeads = {EmitContext.Routing}BakedResponse.PinParts({Literal.Text(all)}, \"\");");
            writer.Line($"private {EmitContext.Bytes} FileHeads => _fileHeads;");
        }
        else
        {
            writer.Line($"private static {EmitContext.Bytes} FileHeads =>");
            writer.Indent();
            string[] pieces = heads.Count <= MostNamed ? heads.ToArray() : [all];
            for (int i = 0; i < pieces.Length; i++) writer.Line(Literal.Text(pieces[i]) + (i < pieces.Length - 1 ? "u8 +" : "u8;"));
            writer.Outdent();
        }

        writer.Line();
    }

    private static void EmitNumbers(EmitContext context, List<int> numbers)
    {
        SourceWriter writer = context.Writer;
        writer.Line("// For each file its first variant and how many; for each variant: head, its length, date, tag, length of the tag, length of the 304 head, its date,");
        writer.Line("// whether the connection is closed, body, its length, coding");
        if (context.TextLiterals)
        {
            writer.Line($"private static global::System.ReadOnlySpan<int> FileNumbers => {EmitContext.Routing}PathTable.Numbers({Literal.NumbersAsText(numbers)});");
        }
        else
        {
            writer.Open("private static global::System.ReadOnlySpan<int> FileNumbers => new int[]");
            for (int i = 0; i < numbers.Count; i += 22)         // 22: two variants
                writer.Line(string.Join(", ", numbers.Skip(i).Take(22).Select(number => Literal.Number(number))) + ",");
            writer.Close("};");
        }

        writer.Line();
    }

    private static string NameOf(int coding) => (ContentCoding)coding switch
    {
        ContentCoding.Gzip => "gzip",
        ContentCoding.Brotli => "br",
        ContentCoding.Zstandard => "zstd",
        _ => "",
    };
}
