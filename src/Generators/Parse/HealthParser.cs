using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Health]</c> on a class: a constant for liveness, and a handler that nobody has to write for readiness.</summary>
internal static class HealthParser
{
    public const string DefaultReady = "/readyz";

    private static readonly ResultModel s_ready = new(ResultKind.Readiness, Awaiting.None, "bool", false, true);

    public static Parsed ParseLive(Annotated context) => ClassAttributeParser.Parse(context, "live", (host, attribute, key, problems) =>
    {
        EquatableArray<StaticField> fields = host.Fields.Where(field => !field.Is("Cache-Control")).Concat([new StaticField("Cache-Control", "no-store")]).ToEquatable();
        return RouteParser.ParsePattern(host, attribute, exact: true, problems, attribute.Named("Live", "/healthz"), attribute.NamedLocation("Live")) is { } pattern
            ? new RouteModel(host.App, key, RouteKind.Static, context.TargetSymbol.Name + " [Health]", pattern, MethodNames.Split(null), null,
                new StaticModel(200, MediaType.Text, false, "healthy", true, null), fields)
            {
                IsOpen = true,
            }
            : null;
    });

    public static Parsed ParseReady(Annotated context) => ClassAttributeParser.Parse(context, "ready", (host, attribute, key, problems) =>
    {
        // A method that knows more answers in its place
        if (((INamedTypeSymbol)context.TargetSymbol).GetMembers().Any(member => member is IMethodSymbol && member.Find(KnownNames.Health) is not null)) return null;

        var member = new MemberModel(MemberKind.Method, "Ready", true, EquatableArray<ParameterModel>.Empty, s_ready, false, null, null);
        return RouteParser.ParsePattern(host, attribute, exact: true, problems, attribute.Text(0) ?? DefaultReady) is { } pattern
            ? new RouteModel(host.App, key, RouteKind.Handler, context.TargetSymbol.Name + " [Health]", pattern, new[] { "GET" }.ToEquatable(), member, null, host.Fields.ToEquatable())
            {
                IsAlwaysReady = true,
                IsOpen = true,
            }
            : null;
    });

    /// <summary>The result of a method with the attribute: <c>bool</c>, or a task of it.</summary>
    public static ResultModel? ParseResult(ITypeSymbol type)
    {
        Awaiting awaiting = Awaiting.None;
        if (type is INamedTypeSymbol { TypeArguments: [{ } inner] } && type.PlainName() is "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask")
        {
            awaiting = type.Name == "Task" ? Awaiting.Task : Awaiting.ValueTask;
            type = ((INamedTypeSymbol)type).TypeArguments[0];
        }

        return type.SpecialType == SpecialType.System_Boolean ? s_ready with { Awaiting = awaiting } : null;
    }
}
