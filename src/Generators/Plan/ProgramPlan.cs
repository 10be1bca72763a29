using System.Collections.Immutable;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>Decides which class the written <c>Main</c> serves, and says where <c>[Serve]</c> has no effect.</summary>
internal static class ProgramPlan
{
    /// <param name="serves">Every <c>[Serve]</c>.</param>
    /// <param name="apps">The classes that have a table.</param>
    /// <param name="isOld">Nothing can be written in this version of C#, which has been said.</param>
    /// <param name="entry">Whether the user wrote <c>Main</c>.</param>
    public static ProgramModel Of(ImmutableArray<ParsedServe> serves, EquatableArray<string> apps, bool isOld, EntryPoint entry)
    {
        var problems = new List<Problem>();
        ParsedServe[] fit = serves.Where(serve => serve.Model is not null).ToArray();
        foreach (ParsedServe serve in fit)
            if (!apps.Contains(serve.Model!.App) && !serve.Model.HasRoutes && !isOld)
                problems.Add(Say(Diagnostics.ServeWithoutRoutes.Id, serve.Place, [], serve.Model.DisplayName));

        if (entry == EntryPoint.Written)
            foreach (ParsedServe serve in fit.Where(serve => serve.OptionsPlace is not null))
                problems.Add(Say(Diagnostics.IgnoredOptions.Id, serve.OptionsPlace, [], serve.Model!.DisplayName));

        if (serves.Length == 0 || entry != EntryPoint.Missing) return ProgramModel.None with { Problems = problems.ToEquatable() };

        ParsedServe[] served = isOld ? [] : fit.Where(serve => apps.Contains(serve.Model!.App)).ToArray();
        if (served.Length > 1)
            problems.Add(Say(Diagnostics.TwoServe.Id, served[1].Place, served[0].Place is { } first ? [first] : [], served[0].Model!.DisplayName, served[1].Model!.DisplayName));

        // Of two the first: what is wrong has been said, and "no Main" on top would only confuse
        return new ProgramModel(served.FirstOrDefault()?.Model, NeedsMain: true, problems.ToEquatable());
    }

    private static Problem Say(string id, Place? place, Place[] others, params string[] arguments) => new(id, place, arguments.ToEquatable(), others.ToEquatable());
}
