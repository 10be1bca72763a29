using System.ComponentModel;
using System.Text.Json.Serialization.Metadata;

namespace Prebake.Routing;

/// <summary>
/// One request and its answer as emitted code sees them: what a handler may ask for, and one method for each kind of result.
/// Each protocol derives its own. Pooled: nothing of it may be kept once a reply has been given.
/// </summary>
/// <remarks>
/// Exactly one <c>Reply…</c> is called for a request. Before a handler has awaited anything, a reply is written at once into the loop's
/// output; afterwards it is kept and posted back to the connection's loop.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract partial class Exchange
{
    // Only this assembly derives from it.
    private protected Exchange() { }

    /// <summary>User code is given something that names it, so that it must serve no other request.</summary>
    internal virtual void HandOut() { }

    /// <summary>How many are to see the response on its way out.</summary>
    internal virtual int Depth => 0;

    /// <summary>The request, made on first use.</summary>
    public abstract Request Request { get; }

    /// <summary>The server.</summary>
    public abstract Server Server { get; }

    /// <summary>What a test has put in the place of providers; null outside tests.</summary>
    public virtual ProviderOverrides? Overrides => null;

    /// <summary>Fires when the peer leaves before the answer; made on first use.</summary>
    public abstract CancellationToken Aborted { get; }

    /// <summary>The canonical path; what is left of percent-escapes is to be decoded by <c>Bind</c>.</summary>
    public abstract ReadOnlySpan<byte> Path { get; }

    /// <summary>What stands behind the <c>?</c>, undecoded; empty without one.</summary>
    public abstract ReadOnlySpan<byte> Query { get; }

    /// <summary>The whole body, for routes with <see cref="RouteTraits.BuffersBody"/>.</summary>
    public abstract ReadOnlySpan<byte> Body { get; }

    /// <summary>The first field of that name, trimmed, or false. Names compare without case.</summary>
    public abstract bool TryGetField(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value);

    /// <summary>
    /// Reads the body as JSON. On a wrong content type (415) or text that does not parse (400) it replies by itself and returns false;
    /// an empty body counts as <c>null</c>.
    /// </summary>
    public abstract bool TryReadJson<T>(JsonTypeInfo<T> type, out T? value);

    /// <summary>
    /// Reads the body as JSON and gathers what is wrong with it. On a wrong content type it replies by itself (415) and returns
    /// false.
    /// </summary>
    /// <param name="type">The metadata.</param>
    /// <param name="isRequired">An empty body, or <c>null</c>, is an error.</param>
    /// <param name="value">The value; null or default when there is an error.</param>
    /// <param name="errors">What is wrong with the request so far.</param>
    public abstract bool TryReadJson<T>(JsonTypeInfo<T> type, bool isRequired, out T? value, ref Errors? errors);

    /// <summary>A parameter of the path does not parse: another route may fit, and if none does it is 400.</summary>
    /// <returns>False, for the caller to return.</returns>
    public abstract bool Decline(string name);

    /// <summary>A parameter of the query, a header or a cookie is missing or does not parse: 400 that names it.</summary>
    public abstract void ReplyBadParameter(string name);

    /// <summary>A body was required and there is none: 400.</summary>
    public abstract void ReplyMissingBody();

    /// <summary>What is wrong with the request: 400 if something could not be read, else 422.</summary>
    public abstract void ReplyInvalid(Errors errors);

    /// <summary>The status of the response when what is replied does not say one: <c>[Status]</c>.</summary>
    public abstract void SetStatus(int status);

    /// <summary>From here on this is another thread's: what is replied is kept and posted back.</summary>
    public abstract void Detach();

    /// <summary>The task gives the reply; what it throws is the reply, too. Only after <see cref="Detach"/>.</summary>
    public abstract void EndWith(Task pending);

    /// <summary>200 with <c>text/plain;charset=utf-8</c>; null is 404.</summary>
    public abstract void Reply(string? text);

    /// <summary>200 with UTF-8 bytes as <c>text/plain;charset=utf-8</c>, copied at once.</summary>
    public abstract void ReplyUtf8(ReadOnlySpan<byte> text);

    /// <summary>200 with <c>application/octet-stream</c>; null is 404.</summary>
    public abstract void Reply(byte[]? bytes);

    /// <summary>The user's response; null is 404 (in an <c>[Error]</c> handler it declines).</summary>
    public abstract void Reply(Response? response);

    /// <summary>A file; when it is missing, the routes behind this one are asked, and <c>[Fetch]</c> at last.</summary>
    public abstract void ReplyOrNext(Response? file);

    /// <summary>200 with <c>application/json;charset=utf-8</c>; null is 404.</summary>
    public abstract void ReplyJson<T>(T? value, JsonTypeInfo<T> type);

    /// <summary>204.</summary>
    public abstract void ReplyEmpty();

    /// <summary>404, for nullable value types that are null.</summary>
    public abstract void ReplyNotFound();

    /// <inheritdoc cref="Reply(string?)"/>
    public abstract void ReplyWhenDone(ValueTask<string?> pending);

    /// <inheritdoc cref="Reply(byte[])"/>
    public abstract void ReplyWhenDone(ValueTask<byte[]?> pending);

    /// <inheritdoc cref="Reply(Response?)"/>
    public abstract void ReplyWhenDone(ValueTask<Response?> pending);

    /// <summary>
    /// What an <c>[Around]</c> answers. What it has gone on to and not waited for is waited for, since nobody else may reply then.
    /// </summary>
    public abstract void ReplyWhenDone(ValueTask<Response?> pending, Next next);

    // ---- what stands around handlers --------------------------------------------------------------------------------

    /// <summary>A table's steps begin. False when they have begun before, and another route is tried.</summary>
    public abstract bool TryEnter(RouteTable table);

    /// <summary>What a class above has given to a table is put by while that table's steps are called.</summary>
    public abstract void GiveTo(RouteTable table, object? given);

    /// <summary>What was put by for a table.</summary>
    public abstract object? GivenTo(RouteTable table);

    /// <summary>Every response from here on goes to <see cref="RouteTable.Leave"/> of that table first.</summary>
    public abstract void Enclose(RouteTable table, int place);

    /// <summary>A step is about to wait: from here on the request may be at work on any thread.</summary>
    public abstract void Suspend();

    /// <summary>Waits for what a chain of steps comes to.</summary>
    /// <returns>What <see cref="RouteTable.Run"/> is to return.</returns>
    public abstract bool RunWhenDone(ValueTask<bool> pending);

    /// <summary>A refusal: to the <c>[Error]</c> method that takes it, or as a problem.</summary>
    public abstract void Refuse(HttpException refusal);

    /// <summary>The answer to what no route has, or what was refused before a handler could be called.</summary>
    public abstract void ReplyUnrouted();

    /// <summary>What <see cref="Next.Run"/> does.</summary>
    public abstract Response RunInside(RouteTable table, int route, int place);

    /// <summary>What <see cref="Next.RunAsync"/> does.</summary>
    public abstract ValueTask<Response> RunInsideAsync(RouteTable table, int route, int place);

    /// <summary>204 once the task has completed.</summary>
    public abstract void ReplyEmptyWhenDone(ValueTask pending);

    /// <inheritdoc cref="ReplyJson"/>
    public abstract void ReplyJsonWhenDone<T>(ValueTask<T?> pending, JsonTypeInfo<T> type);

    /// <summary>A value as JSON, or another response.</summary>
    public void ReplyEither<T>(Response<T> result, JsonTypeInfo<T> type)
    {
        if (result.Other is { } other) Reply(other);
        else ReplyJson(result.Value, type);
    }

    /// <inheritdoc cref="ReplyEither"/>
    public abstract void ReplyEitherWhenDone<T>(ValueTask<Response<T>> pending, JsonTypeInfo<T> type);
}
