namespace Prebake.Routing;

// What emitted code says around a handler: providers and guards, and the body that comes after them.
public abstract partial class Exchange
{
    /// <summary>The provider of a value that the route needs has returned null: 401 with <c>WWW-Authenticate</c>.</summary>
    public abstract void ReplyUnauthorized(string challenge);

    /// <summary>A guard has said no: 403.</summary>
    public abstract void ReplyForbidden();

    /// <summary>The value is disposed of when the response has gone; null is nothing to dispose of.</summary>
    public abstract void Own(object? value);

    /// <summary>
    /// Providers and guards have let the request through: true when its body was announced as longer than the route takes,
    /// and 413 has been replied.
    /// </summary>
    public abstract bool RefusesBody();

    /// <summary>The same in front of a part: its steps see the response, as they do where nobody guards it.</summary>
    /// <param name="part">The part's table.</param>
    public abstract bool RefusesBody(RouteTable part);

    /// <summary>The whole body is there, or there is none.</summary>
    public abstract bool HasWholeBody { get; }

    /// <summary>
    /// Waits for the whole body; then <see cref="Body"/> has it. From here on the request may outlive the read that
    /// brought it.
    /// </summary>
    public abstract ValueTask<ReadOnlyMemory<byte>> WaitForBody();

    /// <summary>The same in front of a step that encloses nothing that waits.</summary>
    /// <param name="route">The route.</param>
    /// <returns>The route, or <see cref="RouteTable.NoRoute"/> if the body was refused.</returns>
    public abstract ValueTask<int> WaitForBody(int route);

    /// <summary>A provider, a guard or the body has failed after something was awaited.</summary>
    public abstract void Fail(Exception error);

    /// <summary>What became of a call that other threads may have made: false when the handler declined on this one.</summary>
    public abstract bool Ended(bool ran);

    /// <summary>Whether a call that may still be going on has not declined. Does not touch the exchange.</summary>
    public static bool Began(Task<bool> call) => !call.IsCompletedSuccessfully || call.Result;
}
