using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Messages;

/// <summary>Everything the generator can say. Ids are literal, so that release tracking sees them, and are never used again.</summary>
internal static partial class Diagnostics
{
    // ---- the class ----

    public static readonly DiagnosticDescriptor NotPartial = new("PB0001",
        "The class of a route is not partial",
        "'{0}' has routes, so it must be partial: write 'partial class {0}'",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0001.md");

    public static readonly DiagnosticDescriptor GenericHost = new("PB0002",
        "The class of a route is generic",
        "'{0}' has routes, so neither it nor a type around it may be generic; move the routes to a class without "
            + "type parameters",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0002.md");

    public static readonly DiagnosticDescriptor HostKind = new("PB0003",
        "Routes need a class that can be instantiated",
        "'{0}' is {1}; routes need a partial class that can be instantiated",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0003.md");

    public static readonly DiagnosticDescriptor InternalError = new("PB0004",
        "The generator failed",
        "Prebake failed at '{0}' ({1}: {2}); this is a fault in Prebake: please report it at "
            + "https://github.com/prebake/prebake/issues with the code of '{0}'",
        "Generator", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0004.md");

    public static readonly DiagnosticDescriptor OldLanguage = new("PB0005",
        "The version of C# is too old",
        "'{0}' has routes, and the code for them needs C# {1} or later, but this project uses C# {2}; remove "
            + "<LangVersion> from the project and target net10.0 or later",
        "Generator", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0005.md");

    // ---- patterns ----

    public static readonly DiagnosticDescriptor PathWithoutSlash = new("PB0010",
        "A path must start with '/'",
        "The path '{0}' must start with '/'",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0010.md");

    public static readonly DiagnosticDescriptor PathCharacter = new("PB0011",
        "A character that a path cannot contain",
        "The path '{0}' contains {1}, so it would never match; {2}",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0011.md");

    public static readonly DiagnosticDescriptor ColonParameter = new("PB0012",
        "A parameter in another router's notation",
        "'{0}' in '{1}' would be matched letter by letter; a parameter is written '{{{2}}}'",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0012.md");

    public static readonly DiagnosticDescriptor StarWildcard = new("PB0013",
        "A wildcard in another router's notation",
        "'*' in '{0}' would be matched as a star; the rest of a path is written '{{*rest}}', as the last segment",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0013.md");

    public static readonly DiagnosticDescriptor UnbalancedBrace = new("PB0014",
        "Braces do not match",
        "The braces of '{0}' do not match; a parameter is written '{{name}}'",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0014.md");

    public static readonly DiagnosticDescriptor DuplicateParameter = new("PB0015",
        "A parameter occurs twice in a pattern",
        "'{0}' occurs twice in '{1}'; give each parameter a name of its own",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0015.md");

    public static readonly DiagnosticDescriptor ParameterName = new("PB0016",
        "A parameter's name is not an identifier",
        "'{0}' in '{1}' is not the name of a parameter: names are identifiers, and the type is that of the method's "
            + "parameter",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0016.md");

    public static readonly DiagnosticDescriptor RestNotLast = new("PB0017",
        "The rest of a path must be its last segment",
        "'{{*{0}}}' in '{1}' must be the whole last segment",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0017.md");

    public static readonly DiagnosticDescriptor AdjacentParameters = new("PB0018",
        "Two parameters with nothing between them",
        "'{0}' has two parameters with nothing between them, so it is not clear where the first one ends; put a "
            + "literal between them",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0018.md");

    public static readonly DiagnosticDescriptor NonCanonicalSegment = new("PB0019",
        "A segment that a canonical path never has",
        "The path '{0}' has {1}; requests are matched in canonical form, so it would never match; remove it",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0019.md");

    public static readonly DiagnosticDescriptor StaticWithParameters = new("PB0020",
        "A static path with parameters",
        "'{0}' has parameters, and a static response belongs to a single path; use [Get] on a method",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0020.md");

    public static readonly DiagnosticDescriptor BadPrefix = new("PB0021",
        "A prefix that cannot begin a path",
        "The prefix '{0}' must start with '/', must not end in one, and must not contain '{{*rest}}'",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0021.md");

    public static readonly DiagnosticDescriptor PrefixOfAssembly = new("PB0022",
        "A prefix for the whole assembly",
        "The prefix '{0}' of [assembly: Routes] would apply to every path of the assembly; put it on the classes "
            + "that need it",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0022.md");

    public static readonly DiagnosticDescriptor TooManySegments = new("PB0023",
        "A path with too many segments",
        "The path '{0}' has {1} segments; use up to {2}, or take the rest of the path with '{{*rest}}'",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0023.md");

    public static readonly DiagnosticDescriptor MisplacedRoute = new("PB0024",
        "A route that cannot be called",
        "[{0}] is on {1}, where nothing calls it; put it on {2}",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0024.md");

    public static readonly DiagnosticDescriptor ParameterNotation = new("PB0025",
        "A parameter in another router's notation of its options",
        "'{0}' in '{1}' is not understood; {2}",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0025.md");

    // ---- parameters of handlers ----

    public static readonly DiagnosticDescriptor UnboundParameter = new("PB0030",
        "A parameter of the pattern is missing from the method",
        "'{{{0}}}' in '{1}' has no parameter of that name in '{2}'; {3}",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0030.md");

    public static readonly DiagnosticDescriptor ParameterType = new("PB0031",
        "A parameter cannot be bound",
        "The parameter '{0}' of type '{1}' cannot be bound: {2}",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0031.md");

    public static readonly DiagnosticDescriptor SeveralBodies = new("PB0032",
        "Two parameters ask for the body",
        "Both '{0}' and '{1}' ask for the body, and a request has only one; combine them in one type",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0032.md");

    public static readonly DiagnosticDescriptor BodyOnGet = new("PB0033",
        "A body with a method that does not have one",
        "The parameter '{0}' of type '{1}' would be the body, and {2} requests do not have one; use [Post], [Put], "
            + "[Patch] or [Delete]{3}",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0033.md");

    public static readonly DiagnosticDescriptor ParameterModifier = new("PB0034",
        "A parameter is passed by reference",
        "The parameter '{0}' is '{1}', and a handler's parameters are passed by value; remove '{1}'",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0034.md");

    public static readonly DiagnosticDescriptor GenericHandler = new("PB0035",
        "A handler is generic",
        "'{0}' is generic, and a route cannot supply type arguments; use concrete types",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0035.md");

    public static readonly DiagnosticDescriptor TwoSources = new("PB0037",
        "A parameter with two sources",
        "The parameter '{0}' is in the path '{1}' and has [{2}] as well; remove the attribute, or rename one of the "
            + "two",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0037.md");

    public static readonly DiagnosticDescriptor UncallableHandler = new("PB0038",
        "A handler whose call C# refuses or leaves out",
        "'{0}' {1}",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0038.md");

    public static readonly DiagnosticDescriptor TwoAttributes = new("PB0039",
        "A parameter with two attributes for its source",
        "The parameter '{0}' has [{1}] and [{2}], and its value comes from one of them; remove the other",
        "Binding", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0039.md");

    // ---- the table ----

    public static readonly DiagnosticDescriptor DuplicateRoute = new("PB0040",
        "Two routes for the same requests",
        "'{0} {1}' of '{2}' and '{3} {4}' of '{5}' answer the same requests; change a segment or remove one of them",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0040.md");

    public static readonly DiagnosticDescriptor UnreachableFetch = new("PB0041",
        "A [Fetch] that is never called",
        "'{0}' is never called, since '{1}' matches every request; remove one of them, or give '{1}' fewer methods",
        "Routing", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0041.md");

    public static readonly DiagnosticDescriptor TwoFetch = new("PB0042",
        "Two [Fetch] handlers",
        "Both '{0}' and '{1}' are [Fetch], and an app can have only one; remove one of them",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0042.md");

    public static readonly DiagnosticDescriptor TwoError = new("PB0043",
        "Two [Error] handlers for one exception",
        "Both '{0}' and '{1}' are [Error] for '{2}', and a class can have only one for each type of exception; "
            + "remove one of them, or give it another type",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0043.md");

    public static readonly DiagnosticDescriptor DanglingRedirect = new("PB0044",
        "A redirect to nowhere",
        "'{0}' redirects to '{1}', which is not a route of '{2}'; correct the target, or add the route",
        "Routing", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0044.md");

    public static readonly DiagnosticDescriptor RedirectLoop = new("PB0045",
        "Redirects in a circle",
        "'{0}' redirects to '{1}', which leads back to '{0}'; change one of the targets",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0045.md");

    public static readonly DiagnosticDescriptor BadMethod = new("PB0046",
        "Not a method",
        "'{0}' is not a method: methods are tokens in upper case, such as GET or PURGE",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0046.md");

    public static readonly DiagnosticDescriptor TooManyMethods = new("PB0047",
        "Too many methods",
        "'{0}' has {1} custom methods, and an app can have up to {2}; use fewer",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0047.md");

    public static readonly DiagnosticDescriptor NoMethods = new("PB0048",
        "A [Route] without a method",
        "[Route] on '{0}' does not name a method of HTTP; "
            + "write for example [Route(\"{1}\", \"GET\")], or \"*\" for every method",
        "Routing", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0048.md");

    // ---- results ----

    public static readonly DiagnosticDescriptor ReturnType = new("PB0050",
        "A handler's result cannot be sent",
        "'{0}' returns '{1}', which cannot be sent{2}; return Response, string, ReadOnlySpan<byte>, byte[], a type "
            + "of a JsonSerializerContext, nothing, or a task of these",
        "Results", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0050.md");

    public static readonly DiagnosticDescriptor StreamNotSupported = new("PB0051",
        "A stream is not a result by itself",
        "'{0}' returns '{1}', and it is not clear how to send it; return Response.Stream(…), or an "
            + "IAsyncEnumerable<T> without a task around it",
        "Results", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0051.md");

    public static readonly DiagnosticDescriptor HealthResult = new("PB0053",
        "Readiness is a bool",
        "'{0}' returns '{1}'; a method with [Health] says whether the app is ready: return bool, Task<bool> or "
            + "ValueTask<bool>",
        "Results", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0053.md");

    public static readonly DiagnosticDescriptor MissingJsonType = new("PB0052",
        "A type has no JSON metadata",
        "'{0}' {1} '{2}' as JSON, and no JsonSerializerContext has that type; add [JsonSerializable(typeof({2}))] to "
            + "{3}",
        "Results", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0052.md");

    public static readonly DiagnosticDescriptor HiddenJsonType = new("PB0054",
        "A private type cannot be JSON",
        "'{0}' {1} '{2}' as JSON, but '{3}' is private, so no JsonSerializerContext can name it; make '{3}' internal "
            + "or public",
        "Results", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0054.md");

    public static readonly DiagnosticDescriptor UnusableContext = new("PB0055",
        "A JsonSerializerContext cannot be used",
        "'{0}' {1} '{2}' as JSON, and '{3}' has that type but {4}",
        "Results", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0055.md");

    public static readonly DiagnosticDescriptor AsyncVoid = new("PB0056",
        "A handler is async void",
        "'{0}' is 'async void', so the server cannot wait for it, and an exception in it ends the process; return Task",
        "Results", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0056.md");

    public static readonly DiagnosticDescriptor MissingJsonCall = new("PB0057",
        "A call has no JSON metadata",
        "'{0}' needs metadata for '{1}', and no JsonSerializerContext has that type; add "
            + "[JsonSerializable(typeof({1}))] to {2}{3}",
        "Results", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0057.md");

    public static readonly DiagnosticDescriptor UnfitJsonCall = new("PB0058",
        "A call with a type that cannot be JSON",
        "'{0}' cannot write or read '{1}' as JSON: {2}",
        "Results", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0058.md");

    // ---- static responses ----

    public static readonly DiagnosticDescriptor StaticParameters = new("PB0060",
        "A static response with parameters",
        "'{0}' is [Static], so it is evaluated before there is a request and cannot have parameters; use [Get]",
        "Static", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0060.md");

    public static readonly DiagnosticDescriptor StaticStream = new("PB0061",
        "A static response that streams",
        "'{0}' is [Static] and returns '{1}', but a static response must be in memory first; return 'await "
            + "Response.BufferAsync(…)'",
        "Static", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0061.md");

    public static readonly DiagnosticDescriptor NotConstant = new("PB0062",
        "A static response is not a constant",
        "'{0}' has Constant = true, but its value is known only when the program runs: {1}; make it a literal or a "
            + "constant, or remove Constant",
        "Static", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0062.md");

    public static readonly DiagnosticDescriptor BadStatus = new("PB0063",
        "Not a status",
        "{0} is not a status of a response: use 200 to 599",
        "Static", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0063.md");

    public static readonly DiagnosticDescriptor BodyWithoutBody = new("PB0064",
        "A body with a status that does not allow one",
        "'{0}' has a body, and a response with status {1} cannot have one; use another status or an empty string",
        "Static", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0064.md");

    public static readonly DiagnosticDescriptor BytesWithoutType = new("PB0065",
        "Bytes without a content type",
        "'{0}' is bytes without a content type; add ContentType = \"…\" or an extension to the path",
        "Static", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0065.md");

    public static readonly DiagnosticDescriptor RedirectStatus = new("PB0066",
        "Not a status of a redirect",
        "{0} does not redirect; use 301, 302, 303, 307 or 308",
        "Static", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0066.md");

    public static readonly DiagnosticDescriptor MissingFile = new("PB0067",
        "A file is missing",
        "There is no {0} '{1}' in the project's folder; create it there, or correct the name",
        "Static", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0067.md");

    public static readonly DiagnosticDescriptor UnknownFile = new("PB0068",
        "A file that the build did not look for",
        "The build did not look for '{0}'; {1}",
        "Static", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0068.md");

    public static readonly DiagnosticDescriptor EmptyFolder = new("PB0069",
        "A folder without files",
        "The folder '{0}' has no files that can be served, so this attribute adds no route; add files to it, or "
            + "remove the attribute",
        "Static", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0069.md");

    // What the editor shows beside a static response: neither is a mistake

    public static readonly DiagnosticDescriptor ConstantTier = new("PB0160",
        "A static response is a constant",
        "'{0}' is a constant: its whole response is bytes in the binary",
        "Static", DiagnosticSeverity.Info, true, helpLinkUri: Help + "PB0160.md");

    public static readonly DiagnosticDescriptor StartTier = new("PB0161",
        "A static response is evaluated at the start",
        "'{0}' is evaluated once, before the server listens: {1}",
        "Static", DiagnosticSeverity.Info, true, helpLinkUri: Help + "PB0161.md");

    public static readonly DiagnosticDescriptor BaseRoutes = new("PB0162",
        "Routes of a base class are not served",
        "'{0}' serves its own routes only; those of its base class '{1}' belong to '{1}'",
        "Routing", DiagnosticSeverity.Info, true, helpLinkUri: Help + "PB0162.md");

    // ---- fields ----

    public static readonly DiagnosticDescriptor FieldName = new("PB0070",
        "Not the name of a header",
        "'{0}' is not the name of a header; use letters, digits and !#$%&'*+-.^_`|~ only",
        "Fields", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0070.md");

    public static readonly DiagnosticDescriptor FieldValue = new("PB0071",
        "Not the value of a header",
        "The value of '{0}' contains a character that cannot be sent, or starts or ends with a space; remove it",
        "Fields", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0071.md");

    public static readonly DiagnosticDescriptor FramingField = new("PB0072",
        "A header that the server sets",
        "'{0}' is set by the server; remove it",
        "Fields", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0072.md");

    public static readonly DiagnosticDescriptor StaticCookie = new("PB0073",
        "A cookie that everybody gets",
        "'{0}' is static, so every client gets the same Set-Cookie; set the cookie in a handler instead",
        "Fields", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0073.md");

    public static readonly DiagnosticDescriptor FieldWithoutValue = new("PB0074",
        "A header without a value",
        "[Header(\"{0}\")] on a member needs a value as its second argument; with one argument it binds a parameter",
        "Fields", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0074.md");

    public static readonly DiagnosticDescriptor EmptyTarget = new("PB0075",
        "A redirect without a target",
        "[Redirect] on '{0}' says nothing about where to go; write a path such as \"/home\" or a whole URL",
        "Fields", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0075.md");

    // ---- options ----

    public static readonly DiagnosticDescriptor BadPort = new("PB0080",
        "Not a port",
        "{0} is not a port: use {1} to 65535",
        "Options", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0080.md");

    public static readonly DiagnosticDescriptor TwoServe = new("PB0081",
        "Two [Serve] classes",
        "Both '{0}' and '{1}' are [Serve], and a program has one Main; write it by hand with Serve.Run",
        "Options", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0081.md");

    public static readonly DiagnosticDescriptor BadLimit = new("PB0082",
        "Not a limit",
        "{0} is not a limit: use {1}",
        "Options", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0082.md");

    public static readonly DiagnosticDescriptor HostnameAndUnix = new("PB0083",
        "Two places to listen on",
        "Hostname and Unix are both set, and a server listens on one of them; remove the other",
        "Options", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0083.md");

    public static readonly DiagnosticDescriptor UnfitForMain = new("PB0084",
        "[Serve] cannot make an object of the class",
        "'{0}' {1}, so [Serve] cannot make an object of it; remove [Serve] and call Serve.Run(app, …) in a Main of "
            + "your own",
        "Options", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0084.md");

    public static readonly DiagnosticDescriptor ServeWithoutRoutes = new("PB0085",
        "[Serve] on a class without routes",
        "'{0}' has [Serve] but no routes; add a method with [Get] or [Fetch], or remove [Serve]",
        "Options", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0085.md");

    public static readonly DiagnosticDescriptor IgnoredOptions = new("PB0086",
        "The options of [Serve] have no effect",
        "The options of [Serve] on '{0}' have no effect, since the program has a Main of its own; pass them to "
            + "Serve.Run as ServeOptions, or remove that Main",
        "Options", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0086.md");

    // ---- analyzers ----

    public static readonly DiagnosticDescriptor BlockingCall = new("PB0090",
        "A handler that waits on its loop",
        "'{0}' waits in '{1}' on the thread that serves all other connections; {2}",
        "Handlers", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0090.md");

    public static readonly DiagnosticDescriptor ComparedPath = new("PB0091",
        "A path that is compared by hand",
        "'{0}' is compared by hand; a method with [Get(\"{0}\")] is found without comparing and answers 405, HEAD "
            + "and OPTIONS by itself",
        "Handlers", DiagnosticSeverity.Info, true, helpLinkUri: Help + "PB0091.md");

    public static readonly DiagnosticDescriptor UnservedApp = new("PB0092",
        "Nothing serves a class with routes",
        "'{0}' has routes, but nothing in this program serves it, so they are answered 404; pass it to Serve, or "
            + "move its routes to a class that is served",
        "Handlers", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0092.md",
        customTags: [WellKnownDiagnosticTags.CompilationEnd]);

    public static readonly DiagnosticDescriptor AnalyzerFailed = new("PB0093",
        "A check failed",
        "A check of Prebake failed at '{0}' ({1}: {2}); this is a fault in Prebake: please report it at "
            + "https://github.com/prebake/prebake/issues",
        "Generator", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0093.md");

    public static readonly DiagnosticDescriptor IdleAttribute = new("PB0094",
        "An attribute without effect",
        "[{0}] on {1} has no effect, since {2}",
        "Handlers", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0094.md");

    public static readonly DiagnosticDescriptor IgnoredArguments = new("PB0095",
        "The program's arguments are not read",
        "'{0}' is not given 'args', so '--port' and '--routes' have no effect; write '{1}'",
        "Options", DiagnosticSeverity.Info, true, helpLinkUri: Help + "PB0095.md");

    public static readonly DiagnosticDescriptor HstsDays = new("PB0130",
        "Not a number of days",
        "{0} is not a number of days that browsers can remember [Hsts]; it must be 0 or more",
        "Tls", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0130.md");

    public static readonly DiagnosticDescriptor HstsPreload = new("PB0131",
        "[Hsts] that browsers do not preload",
        "The preload list of browsers takes only hosts with IncludeSubDomains and at least 365 days; add both, or "
            + "remove Preload",
        "Tls", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0131.md");

    public static readonly DiagnosticDescriptor PathAsPem = new("PB0132",
        "Another form of certificate than the method takes",
        "TlsOptions.{0} takes {1}, and this is {2}; use TlsOptions.{3}",
        "Tls", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0132.md");

    public static readonly DiagnosticDescriptor PassphraseInSource = new("PB0133",
        "A passphrase in source code",
        "The passphrase of a private key is written in the source, where everybody who sees the code can read it; "
            + "read it from the environment or from a file",
        "Tls", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0133.md");

    public static readonly DiagnosticDescriptor HalfOfPair = new("PB0134",
        "Half a pair of certificate and key",
        "A certificate and its key go together, and the {0} is missing; give both",
        "Tls", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0134.md");

    public static readonly DiagnosticDescriptor SameServerName = new("PB0135",
        "Two certificates with the same name",
        "Another certificate of this server has the ServerName \"{0}\", and a name has one certificate; change or "
            + "remove one of them",
        "Tls", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0135.md");

    public static readonly DiagnosticDescriptor NoServerName = new("PB0136",
        "A certificate that no client gets",
        "Only the first certificate of a server can do without a ServerName, and the server does not start with this "
            + "one; add its ServerName",
        "Tls", DiagnosticSeverity.Error, true, helpLinkUri: Help + "PB0136.md");

    public static readonly DiagnosticDescriptor KeyInSource = new("PB0137",
        "A private key in source code",
        "A private key is written in the source, where everybody who sees the code can read it; use "
            + "TlsOptions.FromPemFiles, or read it from the environment",
        "Tls", DiagnosticSeverity.Warning, true, helpLinkUri: Help + "PB0137.md");

    // Light bulbs for what the generator says: hidden, so that nothing is said twice
    public static readonly DiagnosticDescriptor FixPartial = new(
        "PB1001",
        "Make it partial",
        "The class can be made partial", "Fixes", DiagnosticSeverity.Hidden, true, helpLinkUri: Help + "PB0001.md");
    public static readonly DiagnosticDescriptor FixPattern = new(
        "PB1012",
        "Rewrite the pattern",
        "The pattern can be rewritten", "Fixes", DiagnosticSeverity.Hidden, true, helpLinkUri: Help + "PB0012.md");
    public static readonly DiagnosticDescriptor FixParameter = new(
        "PB1030",
        "Add the parameter",
        "The parameter can be added", "Fixes", DiagnosticSeverity.Hidden, true, helpLinkUri: Help + "PB0030.md");
    public static readonly DiagnosticDescriptor FixJson = new(
        "PB1052",
        "Add the JSON metadata",
        "The type can be added to a JsonSerializerContext",
        "Fixes", DiagnosticSeverity.Hidden, true, helpLinkUri: Help + "PB0052.md");

    public static readonly DiagnosticDescriptor FixAsyncVoid = new(
        "PB1056", "Return Task",
        "The handler can return Task", "Fixes", DiagnosticSeverity.Hidden, true, helpLinkUri: Help + "PB0056.md");

    private const string Help = "https://github.com/prebake/prebake/blob/main/docs/diagnostics/";

    private static Dictionary<string, DiagnosticDescriptor>? s_byId;

    /// <summary>Every descriptor; found by reflection once, so that a new one cannot be forgotten here.</summary>
    public static IReadOnlyDictionary<string, DiagnosticDescriptor> All => s_byId ??= typeof(Diagnostics)
        .GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static)
        .Where(info => info.FieldType == typeof(DiagnosticDescriptor))
        .Select(info => (DiagnosticDescriptor)info.GetValue(null)!)
        .ToDictionary(descriptor => descriptor.Id);

    public static DiagnosticDescriptor ById(string id) => All[id];
}
