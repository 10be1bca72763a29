using System.ComponentModel;
using Prebake.Routing;

namespace Prebake;

/// <summary>
/// All routes of one app, finished at build time: a dispatcher, the bytes of the static responses and one call for each handler.
/// Emitted as a nested class by the generator. Immutable once <see cref="BakeAsync"/> has completed, and shared by all loops.
/// </summary>
/// <remarks>
/// Routes are numbered in the order in which they are tried: first those with a literal path (of these, the static ones first, so that
/// <c>route &lt; <see cref="StaticCount"/></c> says "static"), then patterns in the order literal, affixed, parameter, rest, compared
/// segment by segment. That order is total, so "the next route after number n" needs no other memory. The numbers of <c>[Fetch]</c>
/// come last and are never returned by <see cref="Find"/>.
/// </remarks>
public abstract class RouteTable
{
    /// <summary>Called by emitted code.</summary>
    /// <param name="staticCount">How many routes are static; they have the numbers 0 to <paramref name="staticCount"/> − 1.</param>
    /// <param name="fetchRoute">The number of the <c>[Fetch]</c> handler, or −1.</param>
    /// <param name="hasErrorHandler">Whether <see cref="RunError"/> is overridden.</param>
    protected RouteTable(int staticCount, int fetchRoute, bool hasErrorHandler)
    {
        StaticCount = staticCount;
        FetchRoute = fetchRoute;
        HasErrorHandler = hasErrorHandler;
    }

    /// <summary>How many routes are static.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public int StaticCount { get; }

    /// <summary>The number of the <c>[Fetch]</c> handler, or −1.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public int FetchRoute { get; }

    /// <summary>The app has an <c>[Error]</c> handler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public bool HasErrorHandler { get; }

    /// <summary>
    /// An <c>[Error]</c> method of the app or of a part takes <see cref="HttpException"/>: it gets what the server refuses
    /// with no more than a status, too. One that takes any exception alone is for what handlers throw.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual bool ShapesRefusals => false;

    /// <summary>A part has a <c>[Fetch]</c> handler, so the path decides which one is asked: <see cref="FetchOf"/>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public bool FetchesByPath { get; protected init; }

    /// <summary>
    /// How many bytes stand in a path before what this table's own handlers are to see: those of the prefix that the class is
    /// mounted under.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected int PathStart { get; private set; }

    /// <summary>Called once for the table of a part, by the table that mounts it, before any request.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual void MoveTo(int start) => PathStart = start;

    /// <summary>The number of the nearest <c>[Fetch]</c> handler for a canonical path, or −1.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual int FetchOf(ReadOnlySpan<byte> path) => FetchRoute;

    /// <summary>
    /// The first route with a number above <paramref name="after"/> that fits both method and path, or −1. HEAD finds the GET route
    /// of a pattern that has no HEAD route of its own. A pattern whose method does not fit is passed over.
    /// </summary>
    /// <param name="method">The request's method.</param>
    /// <param name="path">The canonical path: starts with <c>/</c>, no dot segments, no empty segments, needless escapes decoded,
    /// other escapes in upper case.</param>
    /// <param name="after">The route that declined the request, or −1.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract int Find(HttpMethod method, ReadOnlySpan<byte> path, int after = -1);

    /// <summary>
    /// The methods that some route answers for this path, HEAD included where GET is; empty when no route has the path.
    /// Asked only when <see cref="Find"/> found nothing.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract MethodSet MethodsOf(ReadOnlySpan<byte> path);

    /// <summary>A path that no route has is redirected to the one with a slash more or less, if a route has that.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual bool RedirectsTrailingSlash => false;

    /// <summary>A method that nobody here knows is <c>[Fetch]</c>'s, and not answered 501.</summary>
    internal virtual bool TakesUnknownMethods => false;

    /// <summary>The methods of all routes together, for <c>OPTIONS *</c>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract MethodSet AllMethods { get; }

    /// <summary>
    /// The value of <c>Allow</c> for a set of methods, such as <c>GET, HEAD, OPTIONS</c>: OPTIONS is always in it. Constants for the sets
    /// that occur; names of <see cref="HttpMethod"/> order, then the table's own.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public abstract ReadOnlySpan<byte> AllowOf(MethodSet methods);

    /// <summary>The number of a method that only this table knows, such as PURGE, or <see cref="HttpMethod.Unknown"/>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual HttpMethod MethodOf(ReadOnlySpan<byte> name) => HttpMethod.Unknown;

    /// <summary>The finished response of a route below <see cref="StaticCount"/>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual StaticBlock GetStatic(int route) => default;

    /// <summary>
    /// A compressed variant of the route's body, with a head of its own, 0 to <see cref="StaticBlock.VariantCount"/> − 1, smallest first.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual StaticBlock GetVariant(int route, int variant) => default;

    /// <summary>What the dispatcher must know before it runs a handler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual RouteTraits TraitsOf(int route) => RouteTraits.None;

    /// <summary>Limits of this route that differ from the server's.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual RouteLimits LimitsOf(int route) => default;

    /// <summary>
    /// The header lines that <c>[Header]</c> and <c>[CacheControl]</c> give a handler, each ended by CRLF.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual ReadOnlySpan<byte> FieldsOf(int route) => default;

    /// <summary>
    /// The header lines that <c>[Header]</c> on the class gives to every path below its prefix, each ended by CRLF: for
    /// responses that are no route's, such as 404 and 405.
    /// </summary>
    /// <param name="path">The canonical path.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual ReadOnlySpan<byte> ClassFieldsOf(ReadOnlySpan<byte> path) => default;

    /// <summary>
    /// The line of <c>[Hsts]</c>, ended by CRLF, for every response over TLS; empty, the default, for none.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual ReadOnlySpan<byte> StrictTransport => default;

    /// <summary>The route as written, with its prefix: <c>/users/{id}</c>. For the error page and metrics.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual string PatternOf(int route) => "";

    /// <summary>
    /// Binds the parameters of a handler, calls it and gives its result to <paramref name="exchange"/> by exactly one of the
    /// <c>Reply</c> methods. What a handler throws passes through.
    /// </summary>
    /// <returns>False, with nothing replied, when a path parameter does not parse: the dispatcher then asks for the next route
    /// and answers 400 if there is none.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual bool Run(Exchange exchange, int route) => false;

    /// <summary>Steps stand around some routes: <c>[Before]</c> and the like, of the class or of its parts.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public bool Encloses { get; protected init; }

    /// <summary>
    /// In place of a route's number, for <see cref="Run"/> of a table that <see cref="Encloses"/>: no route has the request, or it was refused before a
    /// handler could be called. The steps are called, and then <see cref="Exchange.ReplyUnrouted"/>.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public const int NoRoute = -1;

    /// <summary>Whether the parameters of a route's path parse; if not, <see cref="Exchange.Decline"/> has been called.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual bool Takes(Exchange exchange, int route) => true;

    /// <summary><see cref="Run"/> from one of the steps on, for <see cref="Next"/>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual bool RunFrom(Exchange exchange, int route, int place) => false;

    /// <summary>Gives a response to the <c>[After]</c> at a place, and what comes of it back to <paramref name="exchange"/>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual void Leave(Exchange exchange, Response response, int place) { }

    /// <summary>
    /// Gives an exception to an <c>[Error]</c> method that takes its type, the nearest class's first, and the method's
    /// result to <paramref name="exchange"/>.
    /// </summary>
    /// <param name="exchange">The request.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="declined">How many methods have been asked already and returned null: they are passed over.</param>
    /// <returns>False, with nothing replied, when no other method takes it.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual bool RunError(Exchange exchange, Exception error, ref int declined) => false;

    /// <summary>
    /// Evaluates the static routes that are not constants. Called once, before the server listens or the table is swapped in;
    /// what a member throws passes through.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual ValueTask BakeAsync() => default;

    /// <summary>
    /// A type that a class above this one must provide and the route that needs it, when there is such a route: then the
    /// class can be mounted, and not be served by itself.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual (string Type, string Route)? NeedsFromAbove => null;

    /// <summary>The routes as text, one line each in the order tried: method, pattern, handler, tier.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual string Describe() => "";

    /// <summary>The generated code that calls a handler, in debug builds: for the error page.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual string ArmOf(int route) => "";

    /// <summary>
    /// The JSON metadata of the app: the <c>JsonSerializerContext</c> that the generator found, for <c>Response.Json</c> and
    /// <c>request.JsonAsync</c>. Emitted only where there is one, so that an app without JSON does not carry it.
    /// </summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public virtual System.Text.Json.Serialization.Metadata.IJsonTypeInfoResolver? Json => null;
}
