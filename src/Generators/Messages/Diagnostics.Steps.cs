using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Messages;

internal static partial class Diagnostics
{
    // ---- around handlers ----

    public static readonly DiagnosticDescriptor BadStep = new("PB0180",
        "A method that cannot stand around handlers",
        "'{0}' cannot be [{1}]: {2}",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0180.md");

    public static readonly DiagnosticDescriptor NothingToUse = new("PB0181",
        "An object that cannot be used",
        "'{0}' cannot be [Use]: '{1}' {2}",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0181.md");

    public static readonly DiagnosticDescriptor StepsInSeveralParts = new("PB0182",
        "What stands around handlers in several parts of a class",
        "'{0}' and '{1}' are in different parts of a class, so nothing says which of them is outermost; "
            + "declare them in one part",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0182.md");

    public static readonly DiagnosticDescriptor SyncAround = new("PB0184",
        "A synchronous [Around] above something that waits",
        "'{0}' returns no task, but '{1}' below it waits; make it async, return a task, and await 'next.RunAsync()'",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0184.md");

    public static readonly DiagnosticDescriptor StepsWithoutConstants = new("PB0185",
        "Constant responses go without what stands around handlers",
        "'{0}' is not called for '{1}', whose response is constant; make that a handler, "
            + "or say Constants = false if it is meant",
        "Routing", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0185.md");

    public static readonly DiagnosticDescriptor NotAnOrigin = new("PB0187",
        "Not an origin of pages",
        "'{0}' is not an origin: {1}",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0187.md");

    public static readonly DiagnosticDescriptor CredentialsForAll = new("PB0188",
        "Credentials for every page",
        "Credentials cannot go to every page; list the origins that may use them instead of '*'",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0188.md");

    public static readonly DiagnosticDescriptor ContentPolicy = new("PB0189",
        "A content policy that does not say what it seems to say",
        "The content security policy is not what it seems: {0}",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0189.md");

    public static readonly DiagnosticDescriptor SecurityHeader = new("PB0190",
        "Not a value of this security header",
        "'{0}' is not a value of {1}; use one of {2}, or null to leave it out",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0190.md");
}
