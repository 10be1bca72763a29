namespace Prebake.Generators.Tests;

/// <summary>What System.Text.Json's generator would add to a context, written by hand: the two generators never see each other's output.</summary>
internal static class Json
{
    public static string Half(string context, params (string Type, string Property)[] types) => Half(context, "", types);

    /// <param name="context">Its name.</param>
    /// <param name="options">Properties of its <c>JsonSerializerOptions</c>, as <c>[JsonSourceGenerationOptions]</c> says them.</param>
    /// <param name="types">What it knows.</param>
    public static string Half(string context, string options, params (string Type, string Property)[] types) => $$"""
        partial class {{context}}() : System.Text.Json.Serialization.JsonSerializerContext(null)
        {
            public static {{context}} Default { get; } = new();
            protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
            private static readonly System.Text.Json.JsonSerializerOptions s_options = new() { TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(), {{options}} };
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => s_options.GetTypeInfo(type);
            {{string.Join("\n    ", types.Select(type => $"public System.Text.Json.Serialization.Metadata.JsonTypeInfo<{type.Type}> {type.Property} => (System.Text.Json.Serialization.Metadata.JsonTypeInfo<{type.Type}>)s_options.GetTypeInfo(typeof({type.Type}));"))}}
        }
        """;
}
