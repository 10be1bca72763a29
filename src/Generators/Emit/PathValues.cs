using Prebake.Generators.Model;

namespace Prebake.Generators.Emit;

/// <summary>The values of the path that a route reads first of all: only they can decline the request.</summary>
internal static class PathValues
{
    private static readonly MemberModel s_nobody = new(
        MemberKind.Method, "", true, EquatableArray<ParameterModel>.Empty,
        new ResultModel(ResultKind.Empty, Awaiting.None, "", false, false), false, null, null);

    /// <summary>The handler's and those of its guards and providers, each once. Spans are read later.</summary>
    public static IEnumerable<ParameterModel> Of(MemberModel? handler, ChainModel? chain)
    {
        IEnumerable<ParameterModel> all = handler?.Flat ?? [];
        if (chain is not null) all = all.Concat(chain.Gates.SelectMany(planned => planned.Gate.Member.Flat));
        return all
            .Where(parameter => parameter.Source == Source.Path && parameter.Value != ValueKind.CharSpan)
            .GroupBy(KeyOf)
            .Select(same => same.First());
    }

    /// <summary>Those that not every path has: in the table's own methods, not in a part's.</summary>
    public static ParameterModel[] DecliningOf(RouteModel route) =>
        route.Pattern is null
            ? []
            : [.. Of(route.Via is null ? route.Member : null, route.Chain).Where(parameter => parameter.Value != ValueKind.Text)];

    /// <summary>Reads them, to see whether they can be read.</summary>
    public static void EmitReading(EmitContext context, RouteModel route, IReadOnlyList<ParameterModel> values)
    {
        // A guard and the handler may read one text as two types, by the same name
        var names = new HashSet<string>();
        MemberModel member = s_nobody with { Parameters = values.Select(Named).ToEquatable() };
        BindingEmitter.EmitPath(context, route with { Member = member }, new HandlerLocals(member));

        ParameterModel Named(ParameterModel value)
        {
            string name = value.Name;
            while (!names.Add(name)) name += "_";
            return value with { Name = name };
        }
    }

    /// <summary>What makes two parameters the same value of the path.</summary>
    public static string KeyOf(ParameterModel parameter) => $"{parameter.Source} {parameter.WireName} {parameter.Type} {parameter.Value}";
}
