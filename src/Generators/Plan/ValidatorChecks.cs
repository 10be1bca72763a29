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
                problems.Add(TableProblem.At(Diagnostics.UnusedValidate, [validator.Key], validator.Label, table.App.DisplayName, Short(validator.Subject.Type)));

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

    private static string Short(string type) => type.Replace("global::", "");
}
