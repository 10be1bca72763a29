using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>What emitted tables with <c>[Before]</c>, <c>[After]</c>, <c>[Around]</c> and <c>[Use]</c> are written against.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Steps
{
    /// <summary>The object of a member with <c>[Use]</c>.</summary>
    /// <param name="used">The object.</param>
    /// <param name="member">Where it was found: <c>App._origins</c>.</param>
    /// <exception cref="InvalidOperationException">There is no object.</exception>
    public static T Of<T>(T? used, string member) where T : class =>
        used ?? throw new InvalidOperationException(
            $"'{member}' is null, so there is nothing to use; give it an object before the app is served.");

    /// <summary>The response, once an <c>[After]</c> is done with it.</summary>
    public static async ValueTask<Response?> After(ValueTask pending, Response response)
    {
        await pending.ConfigureAwait(false);
        return response;
    }

    /// <summary>What an <c>[After]</c> returns, or the response if that is null.</summary>
    public static async ValueTask<Response?> After(ValueTask<Response?> pending, Response response) =>
        await pending.ConfigureAwait(false) ?? response;
}
