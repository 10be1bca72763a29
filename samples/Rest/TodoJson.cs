using System.Text.Json.Serialization;

namespace Samples.Rest;

/// <summary>The types that travel as JSON. A handler whose type is missing here does not compile.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Todo))]
[JsonSerializable(typeof(NewTodo))]
[JsonSerializable(typeof(TodoPage))]
internal sealed partial class TodoJson : JsonSerializerContext;
