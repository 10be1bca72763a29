using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>The tables of the parts of a class, and what is decided by the prefix alone: <c>[Fetch]</c> of parts.</summary>
internal static class MountEmitter
{
    private const string Table = "global::Prebake.RouteTable";

    /// <summary>The field with the table of a part.</summary>
    public static string FieldOf(ViaModel via) => "_part" + Literal.Number(via.Mount);

    /// <summary>The same for those of its routes that need what the route needs from above.</summary>
    public static string FieldOf(EmitContext context, ViaModel via) =>
        FieldOf(via) + "With" + Literal.Number(Array.IndexOf(NeedsOf(context, via.Mount), ChainModel.Handed(via.Needs)));

    /// <summary>What routes of a part need from above, each combination once.</summary>
    private static string[] NeedsOf(EmitContext context, int mount) => context.Plan.Handlers
        .Select(route => route.Model.Via)
        .Where(via => via is not null && via.Mount == mount && via.Needs.Count > 0)
        .Select(via => ChainModel.Handed(via!.Needs))
        .Distinct()
        .OrderBy(handed => handed, StringComparer.Ordinal)
        .ToArray();

    /// <summary>The fields, in front of the constructor.</summary>
    public static void EmitFields(EmitContext context)
    {
        EquatableArray<MountModel> mounts = context.Plan.Table.Mounts;
        if (mounts.Count == 0) return;

        context.Writer.Line("// The tables of the parts: they have the calls and the responses, this one finds");
        for (int i = 0; i < mounts.Count; i++)
            context.Writer.Line($"private readonly {Table} _part{i}; // {Literal.Comment((mounts[i].Prefix?.Text ?? "/") + ", " + mounts[i].Label)}");
        for (int i = 0; i < mounts.Count; i++)
        {
            string[] needs = NeedsOf(context, i);
            for (int number = 0; number < needs.Length; number++)
                context.Writer.Line($"private readonly {EmitContext.Routing}IRunWith<{needs[number]}> _part{i}With{number};");
        }

        context.Writer.Line();
    }

    /// <summary>The constructor of a class with parts.</summary>
    public static void EmitConstructor(EmitContext context, string header)
    {
        SourceWriter writer = context.Writer;
        EquatableArray<MountModel> mounts = context.Plan.Table.Mounts;
        if (mounts.Any(mount => mount.IsForbidden) || context.Plan.Steps.Used.Any(used => used.IsForbidden)) writer.Line(HandlerEmitter.MayUseForbidden);
        writer.Open(header);
        writer.Line("_app = app;");
        if (context.Plan.PartFetches.Count > 0) writer.Line("FetchesByPath = true;");
        StepEmitter.EmitConstruction(context);
        for (int i = 0; i < mounts.Count; i++)
        {
            MountModel mount = mounts[i];
            string member = (mount.IsStatic ? context.App.FullName : "app") + "." + mount.Name.Escaped();
            writer.Line($"_part{i} = {EmitContext.Routing}MountedTable.Of<{mount.Part}>({member}, {Literal.Text(mount.Label)}, {Literal.Number(mount.Literal.Length)});");
            string[] needs = NeedsOf(context, i);
            for (int number = 0; number < needs.Length; number++)
                writer.Line($"_part{i}With{number} = ({EmitContext.Routing}IRunWith<{needs[number]}>)_part{i};");
        }

        writer.Close();
        writer.Line();
    }

    /// <summary>What belongs to no single route.</summary>
    public static void Emit(EmitContext context)
    {
        SourceWriter writer = context.Writer;
        EquatableArray<MountModel> mounts = context.Plan.Table.Mounts;
        if (mounts.Count == 0) return;

        if (context.App.IsMounted || context.App.IsOffered)
        {
            writer.Open("public override void MoveTo(int start)");
            writer.Line("base.MoveTo(start);");
            for (int i = 0; i < mounts.Count; i++) writer.Line($"_part{i}.MoveTo(start + {Literal.Number(mounts[i].Literal.Length)});");
            writer.Close();
            writer.Line();
        }

        if (context.Plan.PartFetches.Count == 0) return;

        writer.Open($"public override int FetchOf({EmitContext.Bytes} path)");
        foreach (PlannedRoute fetch in context.Plan.PartFetches)
            writer.Line($"if ({IsBelow(context, "path", fetch.Model.Below)}) return {Literal.Number(fetch.Number)};");
        writer.Line($"return {Literal.Number(context.Plan.Fetch?.Number ?? -1)};");
        writer.Close();
        writer.Line();
    }

    public static string IsBelow(EmitContext context, string path, string prefix) =>
        prefix.Length == 0 ? "true" : $"{EmitContext.Routing}Bind.IsBelow({path}, {Literal.Text(prefix)}, {(context.App.IgnoresCase ? "true" : "false")})";
}
