using Prebake.Shared;

namespace Prebake.Generators.Model;

/// <summary><see cref="File"/> and <see cref="Directory"/> are attributes whose files are not known yet; then they are <see cref="Static"/>.</summary>
internal enum RouteKind { Static, Redirect, File, Directory, Handler, Fetch, Error }

/// <summary>The class that the routes belong to.</summary>
/// <param name="FullName">With <c>global::</c>.</param>
/// <param name="Namespace">Empty for the global one.</param>
/// <param name="Declarations">From the outermost type to the class: <c>partial class App</c>.</param>
/// <param name="DisplayName">What messages call it.</param>
/// <param name="TableName">The name of the nested class, one that the user's class has no member of.</param>
/// <param name="CanEmit">False when no part can be added: the class is not partial, generic, static and so on.</param>
internal sealed record AppModel(
    string FullName, string Namespace, EquatableArray<string> Declarations, string DisplayName, string TableName, bool CanEmit)
{
    /// <summary>The name of the nested class of links, chosen like <see cref="TableName"/>.</summary>
    public string PathsName { get; init; } = "Paths";

    /// <summary>A path with a slash too many or too few is redirected.</summary>
    public bool RedirectsSlash { get; init; }

    /// <summary><see cref="RedirectsSlash"/> is what the class says itself, not what its assembly does.</summary>
    public bool SaysSlash { get; init; }

    /// <summary><see cref="StrictTransport"/> is what the class says itself.</summary>
    public bool SaysTransport { get; init; }

    /// <summary>ASCII letters of paths are compared without their case.</summary>
    public bool IgnoresCase { get; init; }

    /// <summary>What <c>[Header]</c> on the class says of every response below its prefix, 404 and 405 included.</summary>
    public EquatableArray<StaticField> Fields { get; init; } = EquatableArray<StaticField>.Empty;

    /// <summary>What <c>[Hsts]</c> says, as the value of its header; null for none.</summary>
    public string? StrictTransport { get; init; }

    /// <summary>The literal beginning of the class's prefix; empty for all paths.</summary>
    public string LiteralPrefix { get; init; } = "";

    /// <summary>Another class of the project mounts it, so its paths may begin behind a prefix.</summary>
    public bool IsMounted { get; init; }

    /// <summary>A public class of a library: other projects may mount it.</summary>
    public bool IsOffered { get; init; }

    /// <summary>A route that is neither guarded nor said to be open is a mistake.</summary>
    public bool IsGuarded { get; init; }
}

/// <summary>One line of a class's table, as one attribute asked for it. Compared by value to decide whether anything must be emitted again: keep every member equatable.</summary>
/// <param name="App">The class.</param>
/// <param name="Key">Finds the place in the source again, for diagnostics.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Label">What a message calls it: <c>App.User</c>.</param>
/// <param name="Pattern">Null for <c>[Fetch]</c> and <c>[Error]</c>.</param>
/// <param name="Methods">In upper case, without the HEAD that GET brings; <c>*</c> is every registered one.</param>
/// <param name="Member">Null for redirects.</param>
/// <param name="Static">Null for handlers.</param>
/// <param name="Fields">From <c>[Header]</c> and <c>[CacheControl]</c>.</param>
internal sealed record RouteModel(
    AppModel App, string Key, RouteKind Kind, string Label, PatternModel? Pattern, EquatableArray<string> Methods,
    MemberModel? Member, StaticModel? Static, EquatableArray<StaticField> Fields)
{
    /// <summary>What <c>[File]</c> or <c>[Directory]</c> serves from disk.</summary>
    public DiskModel? Disk { get; init; }

    /// <summary>What <c>[WebSocket]</c> says; null for other routes.</summary>
    public SocketModel? Socket { get; init; }

    /// <summary>How the route is reached when it is that of a part; null for the class's own.</summary>
    public ViaModel? Via { get; init; }

    /// <summary>What listings say of a route of another project; null for those of this one.</summary>
    public string? ForeignTier { get; init; }

    /// <summary>Of a route of another project what its links need: their name and their parameters. Null where that is the member.</summary>
    public MemberModel? Link { get; init; }

    /// <summary>What links are made of, if there are any.</summary>
    public MemberModel? Linked => Member ?? Link;

    /// <summary>Of <c>[Fetch]</c> and <c>[Error]</c> of a part: the prefix below which it is asked.</summary>
    public string Below { get; init; } = "";

    /// <summary>Of <c>[Error]</c>: how many classes its exception is below <c>Exception</c>. The deepest is asked first.</summary>
    public int ErrorDepth { get; init; }

    /// <summary>Of <c>[Error]</c>: the type of exception that it takes, with <c>global::</c>.</summary>
    public string ErrorType => Member?.Parameters.FirstOrDefault(parameter => parameter.Source == Source.Exception)?.Type ?? AnyError;

    public const string AnyError = "global::System.Exception";

    public const string Refusal = "global::Prebake.HttpException";

    /// <summary>A step around it waits, so the request may outlive the read that brought it.</summary>
    public bool IsEnclosedAsync { get; init; }

    /// <summary>How many of its fields, the last ones, are those of steps.</summary>
    public int FoldedFields { get; init; }

    /// <summary>What <c>[Guard]</c> on the member names, in its order.</summary>
    public EquatableArray<GateModel> Guards { get; init; } = EquatableArray<GateModel>.Empty;

    /// <summary><c>[Open]</c>: what guards the class, and what is above it, is not for this route.</summary>
    public bool IsOpen { get; init; }

    /// <summary>What runs in front of it in this table; null for nothing, and until the classes above are known.</summary>
    public ChainModel? Chain { get; init; }

    /// <summary>What listings say of guards and providers, those of the parts below included.</summary>
    public string Gates { get; init; } = "";

    /// <summary>A guard, or a provider with a challenge, is in front of it: in this table or in that of a part.</summary>
    public bool HasGuard { get; init; }

    /// <summary>With GET a body means nothing (RFC 9110 section 9.3.1).</summary>
    public bool MayHaveBody => Methods.Any(method => method is not ("GET" or "HEAD"));

    /// <summary>Before a body that is announced as too long is refused, guards and providers are asked.</summary>
    public bool RefusesBodyLate => MayHaveBody && (HasGuard && Chain is { Gates.Count: > 0 } || Via is { RefusesBodyLate: true });

    /// <summary>The readiness of <c>[Health]</c> on a class: there is no method to ask.</summary>
    public bool IsAlwaysReady { get; init; }

    /// <summary>The <c>[Validate]</c> methods that run in front of it.</summary>
    public EquatableArray<ValidatorModel> Validators { get; init; } = EquatableArray<ValidatorModel>.Empty;

    /// <summary>Behind a route's key: the place of the name of a file or folder.</summary>
    public const string FilePlace = "|file";

    /// <summary>Its handler takes the whole body.</summary>
    public bool BindsBody => Member is { } member
        ? member.Has(Source.Body)
        : Via is { BindsBody: true };

    public bool IsStatic => Kind is RouteKind.Static or RouteKind.Redirect or RouteKind.File or RouteKind.Directory;
}

/// <summary>Of <c>[File]</c> and <c>[Directory]</c>.</summary>
/// <param name="Redirects">The route is that of the folder without its slash.</param>
internal sealed record DiskModel(bool IsFolder, string Name, string? ContentType, bool Redirects = false)
{
    /// <summary>What is missing is not the answer: other routes are asked.</summary>
    public bool FallsThrough { get; init; }

    /// <summary>A folder's files that begin with a dot are served, too.</summary>
    public bool DotFiles { get; init; }

    /// <summary>The method that nobody has to write.</summary>
    public static MemberModel MemberOf(bool isFolder, double? idleTimeout) =>
        new(MemberKind.Method, isFolder ? "Directory" : "File", true, EquatableArray<ParameterModel>.Empty, s_response, false, null, idleTimeout);

    private static readonly ResultModel s_response = new(ResultKind.Response, Awaiting.None, "global::Prebake.Response", false, false);
}

internal enum MemberKind { Field, Property, Method }

/// <summary>The user's member behind a route.</summary>
internal sealed record MemberModel(
    MemberKind Kind, string Name, bool IsStatic, EquatableArray<ParameterModel> Parameters, ResultModel Result,
    bool Blocking, long? MaxBody, double? IdleTimeout)
{
    /// <summary>Seconds that <c>[Deadline]</c> gives; 0 for no limit, null where nobody says anything.</summary>
    public double? Deadline { get; init; }

    /// <summary>It is obsolete as an error: only what is obsolete itself may use it.</summary>
    public bool IsForbidden { get; init; }

    /// <summary>What <c>[Status]</c> says; 0 without it.</summary>
    public int Status { get; init; }

    /// <summary>The parameters, with those that one of them stands for in its place.</summary>
    public IEnumerable<ParameterModel> Flat => Has(Source.Several)
        ? Parameters.SelectMany(parameter => parameter.Source == Source.Several ? parameter.Members : (IEnumerable<ParameterModel>)[parameter])
        : Parameters;

    /// <summary>Whether a parameter has a source.</summary>
    public bool Has(Source source)
    {
        for (int i = 0; i < Parameters.Count; i++)
            if (Parameters[i].Source == source) return true;

        return false;
    }
}

/// <summary>What of a static response is known.</summary>
/// <param name="Body">The bytes as text when the value folded; null for the start-up tier.</param>
/// <param name="MustBeConstant"><c>Constant = true</c>.</param>
/// <param name="Target">Of a redirect; of <c>[StaticFile]</c> and <c>[StaticDirectory]</c> the name of the file or folder.</param>
internal sealed record StaticModel(int Status, string? ContentType, bool EntityTag, string? Body, bool MustBeConstant, string? Target)
{
    /// <summary>Of <c>[StaticDirectory]</c>: files that begin with a dot are routes, too.</summary>
    public bool DotFiles { get; init; }

    /// <summary>Where the body is when it is that of a file.</summary>
    public FileModel? File { get; init; }

    /// <summary>The value when it folded and will be JSON: <see cref="Body"/> follows when the context that writes it is known.</summary>
    public JsonValue? Json { get; init; }

    /// <summary>The type whose metadata writes <see cref="Json"/>, with <c>global::</c>.</summary>
    public string? JsonType { get; init; }

    /// <summary><see cref="Json"/> is written by <c>Response.Json</c>, which looks for the metadata when the program runs.</summary>
    public bool FindsMetadata { get; init; }

    /// <summary>Why <see cref="Json"/> did not become <see cref="Body"/>.</summary>
    public string? Doubt { get; init; }
}

/// <summary>
/// Pieces, events and lines of JSON are asynchronous sequences. Readiness is the answer of a probe, a socket the handler of a
/// connection. <see cref="Either"/> is a value or another response, <see cref="Refusal"/> the exception that a
/// <c>[Before]</c> returns.
/// </summary>
internal enum ResultKind { Empty, Text, Utf8, Bytes, Response, Json, Pieces, Events, JsonLines, Readiness, Socket, Either, Refusal }

internal enum Awaiting { None, Task, ValueTask }

/// <summary>What a handler gives back.</summary>
/// <param name="Type">The type with <c>global::</c>, without task and nullability; only used for JSON; of a sequence that of its elements.</param>
/// <param name="NullableValue">A <c>Nullable&lt;T&gt;</c>: null is 404.</param>
internal sealed record ResultModel(ResultKind Kind, Awaiting Awaiting, string Type, bool NullableValue, bool IsValueType)
{
    /// <summary>The type that no context can name, because it is private or local to its file; null if there is none.</summary>
    public string? Hidden { get; init; }
}

/// <summary>
/// <see cref="Several"/> is a parameter that stands for several, <see cref="Custom"/> one whose type binds itself,
/// <see cref="Errors"/> only for <c>[Validate]</c>; <see cref="Form"/> is a field of a form, <see cref="File"/> a file.
/// </summary>
internal enum Source { Path, Query, Field, Cookie, Body, Request, Server, Aborted, Exception, Several, Custom, Errors, Response, Provided, Form, File, Next }

internal enum ValueKind { Text, CharSpan, ByteSpan, Bytes, Parsable, Primitive, Enum, Json }

/// <summary>One parameter of a handler.</summary>
/// <param name="Name">In C#, without an <c>@</c>.</param>
/// <param name="WireName">In the pattern, the query or the head.</param>
/// <param name="Type">With <c>global::</c>, without nullability.</param>
/// <param name="Optional">Absence is not an error.</param>
/// <param name="Nullable">The type can hold null.</param>
/// <param name="Default">A C# expression, or null.</param>
/// <param name="EnumNames">Only for enums.</param>
internal sealed record ParameterModel(
    string Name, string WireName, Source Source, ValueKind Value, string Type, bool Optional, bool Nullable, string? Default,
    EquatableArray<string> EnumNames, bool IsValueType)
{
    /// <summary>The type cannot be named by the rest of the assembly, so links do without it.</summary>
    public bool IsHidden { get; init; }

    /// <summary>The type that no context can name, because it is private or local to its file; null if there is none.</summary>
    public string? Hidden { get; init; }

    /// <summary>The type, or a member of the enum, is obsolete as an error.</summary>
    public bool IsForbidden { get; init; }

    /// <summary>It is passed with <c>in</c>, which can be all that tells an overload from another.</summary>
    public bool IsIn { get; init; }

    /// <summary>
    /// No attribute says where it comes from: the path of the route and a provider of its type count before the source
    /// that is here.
    /// </summary>
    public bool IsImplicit { get; init; }

    /// <summary>Why it cannot be bound if nobody provides its type; null if it can.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>An enum with <c>[Flags]</c>: several names between commas are one value.</summary>
    public bool IsFlags { get; init; }

    /// <summary>The type of the list that it is one value of; null when there is one value.</summary>
    public string? ListType { get; init; }

    /// <summary>The list is an array.</summary>
    public bool IsArray { get; init; }

    /// <summary>What it stands for when its source is <see cref="Source.Several"/>.</summary>
    public EquatableArray<ParameterModel> Members { get; init; } = EquatableArray<ParameterModel>.Empty;

    /// <summary>Of a member: the property that is set, by what; null for a parameter of the constructor.</summary>
    public MemberAssignment? Assignment { get; init; }

    /// <summary>It comes from a form, itself or what it stands for.</summary>
    public bool IsOfForm => Source is Source.Form or Source.File || Members.Count > 0 && Members.Any(member => member.IsOfForm);

    /// <summary>Of <see cref="Source.Custom"/>: what is called.</summary>
    public BinderModel? Binder { get; init; }

    /// <summary>What is demanded of it; null for nothing.</summary>
    public CheckModel? Check { get; init; }

    /// <summary>Of credentials in a header: their scheme. Those of another one are as good as none.</summary>
    public string? Scheme => Source != Source.Field || ListType is not null ? null : Type switch
    {
        "global::Prebake.Bearer" => "Bearer",
        "global::Prebake.Basic" => "Basic",
        _ => null,
    };

    /// <summary>What a provider asks for in place of credentials that are missing; null for what their scheme needs.</summary>
    public string? Challenge { get; init; }

    /// <summary>With what a request is refused that has none (RFC 6750 section 3, RFC 7617 section 2).</summary>
    public string ChallengeOfScheme => Challenge ?? (Scheme == "Basic" ? "Basic realm=\"app\", charset=\"UTF-8\"" : "Bearer");
}

/// <summary>How a member of a <c>[Parameters]</c> type gets its value when it is no parameter of the constructor.</summary>
/// <param name="Property">The property.</param>
/// <param name="WhenGiven">It keeps what the type gives it unless the request has a value.</param>
internal sealed record MemberAssignment(string Property, bool WhenGiven);

/// <summary>A static method of a type that reads it from a request.</summary>
internal sealed record BinderModel(string Method, Awaiting Awaiting);

/// <summary>A type that one of the project's <c>JsonSerializerContext</c> classes can serialise.</summary>
/// <param name="Style">How the context writes.</param>
internal sealed record JsonTypeModel(string Type, string Context, string Property, JsonStyle Style)
{
    /// <summary>Why emitted code cannot use the context, as the end of a sentence that begins with its name; null if it can.</summary>
    public string? Unusable { get; init; }

    /// <summary>The context is that of another project.</summary>
    public bool IsReferenced { get; init; }
}

/// <summary>The options of a context that decide which bytes are written.</summary>
/// <param name="CamelCase">Names start with a lower-case letter.</param>
/// <param name="LeavesNull">Members that are null are left out.</param>
/// <param name="Doubt">An option that is not understood here, or null.</param>
internal sealed record JsonStyle(bool CamelCase, bool LeavesNull, string? Doubt)
{
    /// <summary>The number of the <c>JsonKnownNamingPolicy</c>.</summary>
    public int Policy { get; init; }
}

/// <summary><c>[Serve]</c>.</summary>
/// <param name="App">The class, with <c>global::</c>.</param>
/// <param name="DisplayName">What messages call it.</param>
/// <param name="Options">The initialiser of the options.</param>
internal sealed record ServeModel(string App, string DisplayName, EquatableArray<string> Options)
{
    /// <summary>The class has routes, whether it can have a table or not.</summary>
    public bool HasRoutes { get; init; }
}

/// <summary>Whether the program has a <c>Main</c>; a library, or a program without <c>[Serve]</c>, is not asked.</summary>
internal enum EntryPoint { NotWanted, Missing, Written }

/// <summary>The <c>Main</c> that is written for <c>[Serve]</c>.</summary>
/// <param name="Serve">Null when there is nothing that can be served: then what is written stands in for it, so that a mistake gives its message alone.</param>
/// <param name="NeedsMain">Whether it is written at all.</param>
/// <param name="Problems">What only all of the program's attributes together show.</param>
internal sealed record ProgramModel(ServeModel? Serve, bool NeedsMain, EquatableArray<Problem> Problems)
{
    public static readonly ProgramModel None = new(null, false, EquatableArray<Problem>.Empty);
}
