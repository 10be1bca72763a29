using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Prebake.Http;

/// <summary>Where <c>Response.Json</c> and <c>request.JsonAsync</c> find what the app's <c>JsonSerializerContext</c> knows of a type.</summary>
internal static class JsonMetadata
{
    // One for each context of an app that has been started, the newest first. Replaced and never changed, so it is read
    // without the lock; servers that start at the same time add to it in turn.
    private static readonly Lock s_adding = new();
    private static JsonSerializerOptions[] s_known = [];

    /// <summary>Called when a server starts or is reloaded.</summary>
    public static void Add(IJsonTypeInfoResolver resolver)
    {
        // The first is asked first
        if (resolver is IList<IJsonTypeInfoResolver> several)
            for (int i = several.Count - 1; i >= 0; i--) Add(several[i]);
        else OptionsOf(resolver);
    }

    /// <param name="first">The context to be asked first, or null.</param>
    public static JsonTypeInfo<T> Of<T>(IJsonTypeInfoResolver? first = null)
    {
        if (first is not null && FindIn<T>(first) is { } own) return own;

        foreach (JsonSerializerOptions options in Volatile.Read(ref s_known))
            if (Find<T>(options) is { } found) return found;

        string name = typeof(T).Name;
        throw new InvalidOperationException($"There is no JSON metadata for {name}. Add it to the app's context: " +
            $"[JsonSerializable(typeof({name}))] partial class AppJson : JsonSerializerContext; or pass a "
                + $"JsonTypeInfo<{name}>.");
    }

    // A project's contexts come combined, anew each time, and without their options: each is asked by itself
    private static JsonTypeInfo<T>? FindIn<T>(IJsonTypeInfoResolver resolver)
    {
        if (resolver is not IList<IJsonTypeInfoResolver> several) return Find<T>(OptionsOf(resolver));

        for (int i = 0; i < several.Count; i++)
            if (FindIn<T>(several[i]) is { } found) return found;

        return null;
    }

    private static JsonTypeInfo<T>? Find<T>(JsonSerializerOptions options) => options.TryGetTypeInfo(typeof(T), out JsonTypeInfo? type) ? type as JsonTypeInfo<T> : null;

    // A context comes with the options that its attributes say
    private static JsonSerializerOptions OptionsOf(IJsonTypeInfoResolver resolver)
    {
        if (Known(resolver) is { } known) return known;

        lock (s_adding)
        {
            if (Known(resolver) is { } meanwhile) return meanwhile;

            JsonSerializerOptions options = resolver is System.Text.Json.Serialization.JsonSerializerContext context
                ? context.Options
                : new JsonSerializerOptions { TypeInfoResolver = resolver };
            Volatile.Write(ref s_known, [options, .. s_known]);
            return options;
        }
    }

    private static JsonSerializerOptions? Known(IJsonTypeInfoResolver resolver)
    {
        foreach (JsonSerializerOptions options in Volatile.Read(ref s_known))
            if (options.TypeInfoResolver == resolver) return options;

        return null;
    }
}
