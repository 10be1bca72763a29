using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Messages;

// What would be accepted and ignored
internal static partial class Diagnostics
{
    public static readonly DiagnosticDescriptor SilentError = new("PB0220",
        "An [Error] method that sends nothing",
        "'{0}' returns '{1}', so the client would get 204, as if all were well; return a Response, or 'Response?' with "
            + "null to leave it to the next [Error]",
        "Results", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0220.md");

    public static readonly DiagnosticDescriptor BaseMember = new("PB0221",
        "What a base class says of routes does not count",
        "{0} of '{1}' does not count for the routes of '{2}', since it belongs to the class that declares it; {3}",
        "Routing", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0221.md");

    public static readonly DiagnosticDescriptor IdleRule = new("PB0222",
        "A rule that is never asked",
        "{0} is not asked: {1}",
        "Validation", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0222.md");

    public static readonly DiagnosticDescriptor BadOption = new("PB0223",
        "A value that an option does not take",
        "{0} does not take '{1}': {2}",
        "Options", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0223.md");
}
