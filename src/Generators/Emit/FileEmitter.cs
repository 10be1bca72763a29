using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>Heads and places of the files in the assembly. Their contents are a resource that the build task wrote.</summary>
internal static class FileEmitter
{
    // 64: what one still scrolls through. Beyond that all heads are one text.
    private const int MostNamed = 64;

    /// <param name="ofParts">Files of parts, which the parts' tables have.</param>
    public static void Emit(EmitContext context, IReadOnlyList<PlannedRoute> ofParts)
    {
        RoutePlan plan = context.Plan;
        IReadOnlyList<PlannedRoute> files = plan.Files.Routes;
        SourceWriter writer = context.Writer;
        if (ofParts.Count > 0)
        {
            writer.Line($"public override {EmitContext.Routing}StaticBlock GetVariant(int route, int variant) => VariantOf(variant, route);");
            writer.Line();
            RouteSwitch.Emit(writer, "private", EmitContext.Routing + "StaticBlock", "VariantOf", ("int", "variant"),
                ofParts.Select(route => (route.Number, $"{MountEmitter.FieldOf(route.Model.Via!)}.GetVariant({Literal.Number(route.Model.Via!.Number)}, variant)")).ToArray(),
                files.Count > 0 ? "OwnVariantOf(variant, route)" : "default");
        }

        if (files.Count == 0) return;

        string first = Literal.Number(plan.FirstFile);
        string index = plan.FirstFile == 0 ? "route" : "route - " + first;
        bool fromDisk = context.TextLiterals;

        writer.Line($"private readonly {EmitContext.Routing}BakedFiles _files = {EmitContext.Routing}BakedFiles.Of(typeof({context.App.FullName}).Assembly);");
        if (fromDisk) EmitDisk(context, files);
        writer.Line($"private {EmitContext.Routing}StaticBlock File(int route) => {(fromDisk ? $"_disk.Find({index}) is {{ }} onDisk ? onDisk.Block : " : "")}_files.Block(FileHeads, FileNumbers, {index});");
        writer.Line();
        string variant = ofParts.Count > 0 ? "private {0}StaticBlock OwnVariantOf(int variant, int route)" : "public override {0}StaticBlock GetVariant(int route, int variant)";
        writer.Line($"{string.Format(System.Globalization.CultureInfo.InvariantCulture, variant, EmitContext.Routing)} => _files.Variant(FileHeads, FileNumbers, {index}, variant);");
        writer.Line();
        EmitHeads(context, plan.Files.Heads);
        EmitNumbers(context, plan.Files.Numbers);
    }

    /// <summary>Development: what is on disk now, as long as it is there.</summary>
    private static void EmitDisk(EmitContext context, IReadOnlyList<PlannedRoute> files)
    {
        SourceWriter writer = context.Writer;
        writer.Line("// A debug build: contents come from disk, so that an edit needs no build");
        writer.Line($"private readonly {EmitContext.Routing}DiskFiles _disk = new {EmitContext.Routing}DiskFiles({Literal.Text(context.Plan.Table.Project)},");
        writer.Indent();
        for (int i = 0; i < files.Count; i++)
        {
            StaticModel how = files[i].Model.Static!;
            string fields = string.Concat(files[i].Model.Fields.Select(field => $", ({Literal.Text(field.Name)}, {Literal.Text(field.Value)})"));
            writer.Line($"new {EmitContext.Routing}DiskFile({Literal.Text(how.File!.Path)}, {Literal.Text(how.ContentType!)}{fields}){(i < files.Count - 1 ? "," : ");")}");
        }

        writer.Outdent();
    }

    private static void EmitHeads(EmitContext context, IReadOnlyList<byte[]> bytes)
    {
        SourceWriter writer = context.Writer;
        string[] heads = bytes.Select(EmitContext.Latin1).ToArray();
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
            string[] pieces = heads.Length <= MostNamed ? heads : [all];
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
}
