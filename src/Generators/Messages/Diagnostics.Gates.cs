using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Messages;

internal static partial class Diagnostics
{
    // ---- providers and guards ----

    public static readonly DiagnosticDescriptor MissingProvider = new("PB0163",
        "Nobody provides a type",
        "{0} needs '{1}', and {2}",
        "Providers", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0163.md");

    public static readonly DiagnosticDescriptor ProviderCycle = new("PB0164",
        "Providers that need each other",
        "'{0}' needs what it provides itself: {1}; remove one of these parameters",
        "Providers", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0164.md");

    public static readonly DiagnosticDescriptor TwoProviders = new("PB0165",
        "Two providers of one type",
        "Both '{0}' and '{1}' provide '{2}', and a class has one provider of a type; remove one of them, or let it "
            + "return a type of its own",
        "Providers", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0165.md");

    public static readonly DiagnosticDescriptor GateBody = new("PB0166",
        "A provider or guard that asks for the body",
        "The parameter '{0}' of '{1}' would be the body, and {2} runs before the body is read; ask for it in the "
            + "handler",
        "Providers", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0166.md");

    public static readonly DiagnosticDescriptor NoChallenge = new("PB0167",
        "What happens without a provided value is not said",
        "{0} needs '{1}', and '{2}' can return null; write '{1}?' to get null then, or say with "
            + "[Provide(Challenge = \"Bearer\")] that the request is refused with 401",
        "Providers", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0167.md");

    public static readonly DiagnosticDescriptor ProviderResult = new("PB0168",
        "A type that cannot be provided",
        "'{0}' returns '{1}', which cannot be provided: {2}",
        "Providers", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0168.md");

    public static readonly DiagnosticDescriptor GuardResult = new("PB0169",
        "A guard says yes or no",
        "'{0}' returns '{1}'; a guard returns bool, or a Response? that is null to go on, or a task of one of these",
        "Guards", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0169.md");

    public static readonly DiagnosticDescriptor GuardName = new("PB0170",
        "A guard that is not there",
        "[Guard] names '{0}', and '{1}' {2}",
        "Guards", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0170.md");

    public static readonly DiagnosticDescriptor Unguarded = new("PB0171",
        "A route is open by oversight",
        "'{0}' is neither guarded nor said to be open, and '{1}' is guarded; {2}",
        "Guards", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0171.md");

    public static readonly DiagnosticDescriptor CaptiveValue = new("PB0172",
        "A value of one request is kept for all",
        "'{0}' keeps an object of type '{1}' for as long as the app lives, and '{2}' provides one for each request; "
            + "take it as a parameter where it is needed",
        "Providers", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0172.md");

    public static readonly DiagnosticDescriptor GuardedConstant = new("PB0173",
        "Finished bytes behind a guard",
        "'{0}' is finished bytes that no guard sees, and {1}; {2}",
        "Guards", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0173.md");

    public static readonly DiagnosticDescriptor IdleGate = new("PB0174",
        "A guard or provider without effect",
        "{0} has no effect: {1}",
        "Guards", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0174.md");
}
