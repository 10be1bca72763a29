using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Messages;

internal static partial class Diagnostics
{
    // ---- parts ----

    public static readonly DiagnosticDescriptor MountPrefix = new("PB0150",
        "The prefix of a mount is not literal",
        "The prefix '{0}' of a mount must be literal segments, and must not end in '/'; write '/users', for example",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0150.md");

    public static readonly DiagnosticDescriptor NotAPart = new("PB0151",
        "What is mounted has no routes",
        "'{0}' cannot be mounted: '{1}' {2}",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0151.md");

    public static readonly DiagnosticDescriptor MountCycle = new("PB0152",
        "Parts that mount each other",
        "'{0}' mounts '{1}', which in turn mounts '{2}', so its paths would never end; remove one of these mounts",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0152.md");

    public static readonly DiagnosticDescriptor NullPart = new("PB0153",
        "What is mounted is null",
        "'{0}' is null, so there is nothing to mount; give it an object, such as 'new()'",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0153.md");

    public static readonly DiagnosticDescriptor MountedTwice = new("PB0154",
        "One class mounted twice under one prefix",
        "'{0}' and '{1}' both mount '{2}' below '{3}', so each of its routes would be there twice; "
            + "change one of the prefixes",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0154.md");

    public static readonly DiagnosticDescriptor MountedCase = new("PB0155",
        "A part that compares paths otherwise",
        "'{0}' mounts '{1}', and only one of '{2}' and '{1}' has Routes(IgnoreCase = true); say the same on both, "
            + "or say it on the assembly",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0155.md");

    public static readonly DiagnosticDescriptor MountedSetting = new("PB0156",
        "A setting of a part that counts only where it is served itself",
        "'{0}' mounts '{1}', where {2} of '{1}' has no effect; say the same on '{3}', or on the assembly",
        "Routing", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0156.md");
}
