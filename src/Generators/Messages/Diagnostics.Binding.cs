using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Messages;

internal static partial class Diagnostics
{
    // ---- parameters that stand for several, and what binds itself ----

    public static readonly DiagnosticDescriptor ParametersType = new("PB0200",
        "A type that cannot stand for several parameters",
        "The parameter '{0}' of type '{1}' cannot stand for several: {2}",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0200.md");

    public static readonly DiagnosticDescriptor BinderShape = new("PB0201",
        "A method that cannot bind its type",
        "'{0}' cannot bind '{1}': {2}",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0201.md");

    // ---- validation ----

    public static readonly DiagnosticDescriptor RuleType = new("PB0202",
        "An attribute that cannot check the value that it is on",
        "[{0}] on '{1}' cannot check a value of type '{2}': {3}",
        "Validation", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0202.md");

    public static readonly DiagnosticDescriptor RuleArgument = new("PB0203",
        "A rule that no value can follow, or that says nothing",
        "[{0}] on '{1}' {2}",
        "Validation", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0203.md");

    public static readonly DiagnosticDescriptor RequiredValue = new("PB0204",
        "[Required] on a value that is never missing",
        "[Required] on '{0}' says nothing: a value of type '{1}' is never null, and JSON without it gives the "
            + "default; write "
            + "'{1}?', or make the property 'required'",
        "Validation", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0204.md");

    public static readonly DiagnosticDescriptor CustomRule = new("PB0205",
        "An attribute that cannot be asked",
        "[{0}] on '{1}' cannot be asked: {2}",
        "Validation", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0205.md");

    public static readonly DiagnosticDescriptor ValidateMethod = new("PB0206",
        "A method that cannot validate",
        "'{0}' cannot be [Validate]: {1}",
        "Validation", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0206.md");

    public static readonly DiagnosticDescriptor UnusedValidate = new("PB0207",
        "A [Validate] method that is never called",
        "'{0}' is never called, since no handler of '{1}' has a parameter {2}; remove it, or move it to "
            + "the class "
            + "whose handlers have one",
        "Validation", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0207.md");

    public static readonly DiagnosticDescriptor ValidateParameter = new("PB0208",
        "A [Validate] method that asks for more than the handler has",
        "'{0}' asks for '{1} {2}', and the handler '{3}' has no such parameter; add it there, or remove it here",
        "Validation", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0208.md");

    public static readonly DiagnosticDescriptor AwaitedSpan = new("PB0209",
        "A span that would have to wait",
        "The handler '{0}' has the parameter '{1}' of a type that cannot wait while '{2}' is awaited; use 'string' "
            + "or 'byte[]'",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0209.md");

    public static readonly DiagnosticDescriptor SocketAwaits = new("PB0212",
        "A WebSocket that would wait for its parameters",
        "'{0}' would have to wait for '{1}' before it is called, and the method of a WebSocket is called at once; "
            + "await it in the method",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0212.md");

    // ---- results ----

    public static readonly DiagnosticDescriptor StatusValue = new("PB0210",
        "Not a status of success",
        "[Status({0})] on '{1}' is not from 200 to 299; for errors return a Response or throw an HttpException",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0210.md");

    public static readonly DiagnosticDescriptor StatusResult = new("PB0211",
        "A [Status] that is never sent",
        "[Status] on '{0}' is never sent, since {1}; remove it",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0211.md");
}
