using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>Whether each <c>[Validate]</c> method has a handler, and each handler what its methods ask for.</summary>
internal static class ValidatorChecks
{
    public static void Check(AppTable table, List<TableProblem> problems)
    {
        RouteModel[] own = table.Routes.Where(route => route.Via is null && route.Member is not null).ToArray();
        foreach (ValidatorModel validator in table.Validators)
        {
            RouteModel[] with = own.Where(route => route.Validators.Contains(validator)).ToArray();
            if (with.Length == 0 && !table.HasErrors)
                problems.Add(TableProblem.At(Diagnostics.UnusedValidate, [validator.Key], validator.Label, table.App.DisplayName, Wanted(validator.Subject, own)));

            foreach (RouteModel route in with)
                foreach (ValidatorParameter parameter in validator.Parameters)
                    if (parameter.Source == Source.Body && GatherPlan.ParameterOf(route.Member!, parameter) is null)
                        problems.Add(TableProblem.At(Diagnostics.ValidateParameter, [validator.Key, route.Key], validator.Label, Short(parameter.Type), parameter.Name, route.Label));
        }

        foreach (RouteModel route in own)
        {
            if (GatherPlan.AwaitedBy(route) is not { } awaited) continue;

            if (route.Socket is not null)
                problems.Add(TableProblem.At(Diagnostics.SocketAwaits, [route.Key], route.Label, awaited));
            else if (GatherPlan.SpanOf(route) is { } span)
                problems.Add(TableProblem.At(Diagnostics.AwaitedSpan, [route.Key + "|" + span.Name], route.Label, span.Name, awaited));
        }
    }

    /// <summary>Of a type that handlers have under other names the name is what is wrong.</summary>
    private static string Wanted(ValidatorParameter subject, RouteModel[] routes) =>
        routes.Any(route => route.Member!.Parameters.Any(parameter => (parameter.ListType ?? parameter.Type) == subject.Type))
            ? $"'{Short(subject.Type)} {subject.Name}'"
            : $"of type '{Short(subject.Type)}'";

    private static string Short(string type) => type.Replace("global::", "");
}
