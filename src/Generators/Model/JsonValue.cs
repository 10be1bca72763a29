namespace Prebake.Generators.Model;

/// <summary>A JSON value whose names still wait for the naming policy of the context that would have serialised it.</summary>
internal abstract record JsonValue;

/// <summary>A number, true, false, null, or text that needs no escapes with its quotes.</summary>
internal sealed record JsonToken(string Text) : JsonValue
{
    public static readonly JsonToken Null = new("null");
}

/// <summary>A string, not escaped yet.</summary>
internal sealed record JsonString(string Text) : JsonValue;

/// <summary>An array.</summary>
internal sealed record JsonList(EquatableArray<JsonValue> Items) : JsonValue;

/// <summary>An object.</summary>
internal sealed record JsonObject(EquatableArray<JsonMember> Members) : JsonValue;

/// <summary>A member of an object.</summary>
/// <param name="Name">The property's, or that of its [JsonPropertyName].</param>
/// <param name="IsFixed">The name is final: no policy changes it.</param>
/// <param name="KeepsNull">[JsonIgnore(Condition = Never)]: written also where the context leaves null out.</param>
/// <param name="Value">The value.</param>
internal sealed record JsonMember(string Name, bool IsFixed, bool KeepsNull, JsonValue Value);
