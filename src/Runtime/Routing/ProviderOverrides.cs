using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Prebake.Routing;

/// <summary>
/// What a test has put in the place of providers, by the type that they provide. Emitted code asks it before it calls a
/// provider; outside tests there is none.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ProviderOverrides
{
    private readonly ConcurrentDictionary<Type, object> _byType = new();

    internal ProviderOverrides() { }

    /// <summary>From the next request on.</summary>
    internal void Set<T>(Func<Request, T> provider) => _byType[typeof(T)] = provider;

    /// <summary>False: nothing stands in the place of this type's provider. What the test's method throws passes
    /// through.</summary>
    /// <param name="request">The request that needs the value.</param>
    /// <param name="value">What the provider's result is then.</param>
    /// <typeparam name="T">What the provider returns, or its task's result; without <c>?</c> on a reference
    /// type.</typeparam>
    public bool TryGet<T>(Request request, [MaybeNullWhen(false)] out T value)
    {
        if (!_byType.TryGetValue(typeof(T), out object? provider))
        {
            value = default;
            return false;
        }

        value = ((Func<Request, T>)provider)(request);
        return true;
    }
}
