using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Prebake.Http;

/// <summary>
/// What of a JSON body is not what its type needs, by path: every required property that is missing, and the first value of another
/// kind. Asked only when reading has failed.
/// </summary>
internal ref struct JsonFaults
{
    // 64: what a reader goes down to unless it is told otherwise
    private const int MostDepth = 64;

    private const string Missing = "is required";

    private readonly Errors _errors;
    private readonly string? _failedAt;
    private Utf8JsonReader _reader;
    private bool _isExplained;

    private JsonFaults(ReadOnlySpan<byte> json, JsonSerializerOptions options, string? failedAt)
    {
        _reader = new Utf8JsonReader(json, new JsonReaderOptions
        {
            AllowTrailingCommas = options.AllowTrailingCommas,
            CommentHandling = options.ReadCommentHandling == JsonCommentHandling.Disallow ? JsonCommentHandling.Disallow : JsonCommentHandling.Skip,
            MaxDepth = options.MaxDepth,
        });
        _errors = [];
        _failedAt = failedAt;
    }

    private static Errors NotJson => [new FieldError("$", "is not JSON")];

    /// <summary>At least one.</summary>
    /// <param name="json">The body.</param>
    /// <param name="type">What it should have been.</param>
    /// <param name="failure">Why it is not.</param>
    public static Errors Of(ReadOnlySpan<byte> json, JsonTypeInfo type, JsonException failure)
    {
        string? failedAt = failure.Path is { } path ? NameOf(path) : null;
        var faults = new JsonFaults(json, type.Options, failedAt);
        try
        {
            if (!faults._reader.Read()) return NotJson;

            faults.Walk(type, "", 0);
            // What stands behind it may not parse
            while (faults._reader.Read()) { }
        }
        catch (JsonException)
        {
            return NotJson;
        }

        if (!faults._isExplained) faults._errors.Add(failedAt ?? "$", "has an invalid value");
        return faults._errors;
    }

    /// <summary>A sentence about them: where the text goes wrong, or what it lacks, for which no place in it stands.</summary>
    public static string Describe(Errors faults, JsonException failure)
    {
        bool isIncomplete = faults.Count > 0 && faults.All(static fault => fault.Message == Missing);
        if (isIncomplete)
            return faults.Count == 1 ? $"The body has no '{faults[0].Name}', which is required." : "The body lacks properties that are required.";

        // What a JsonException says without the names of .NET types, which are none of the client's business
        return "The body is not the JSON that this route takes: "
            + (failure.Path is null ? "it does not parse." : $"at {failure.Path}, line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1}.");
    }

    /// <summary><c>items[2].title</c> of <c>$.items[2].title</c>; the body itself is <c>$</c>.</summary>
    private static string NameOf(string path) => path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path.Length > 1 ? path[1..] : path;

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;

    private static JsonTypeInfo? InfoOf(JsonSerializerOptions options, Type type) =>
        options.TryGetTypeInfo(type, out JsonTypeInfo? info) ? info : null;

    private void Walk(JsonTypeInfo? type, string path, int depth)
    {
        bool isKnown = type is not null && depth < MostDepth && !_errors.IsFull;
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject when isKnown && type!.Kind == JsonTypeInfoKind.Object: WalkObject(type, path, depth); break;
            case JsonTokenType.StartObject when isKnown && type!.Kind == JsonTypeInfoKind.Dictionary: WalkDictionary(type, path, depth); break;
            case JsonTokenType.StartArray when isKnown && type!.Kind == JsonTypeInfoKind.Enumerable: WalkArray(type, path, depth); break;
            default: _reader.Skip(); break;
        }
    }

    private void WalkObject(JsonTypeInfo type, string path, int depth)
    {
        IList<JsonPropertyInfo> properties = type.Properties;
        var seen = new bool[properties.Count];
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            int found = Find(properties, type.Options.PropertyNameCaseInsensitive);
            _reader.Read();
            if (found < 0)
            {
                _reader.Skip();
                continue;
            }

            seen[found] = true;
            bool isDeep = _reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            if (isDeep) Walk(InfoOf(type.Options, properties[found].PropertyType), Join(path, properties[found].Name), depth + 1);
        }

        for (int i = 0; i < seen.Length; i++)
        {
            if (seen[i] || !properties[i].IsRequired) continue;

            _errors.Add(Join(path, properties[i].Name), Missing);
            // System.Text.Json names the object that lacks something
            if (_failedAt == (path.Length == 0 ? "$" : path)) _isExplained = true;
        }
    }

    private void WalkDictionary(JsonTypeInfo type, string path, int depth)
    {
        JsonTypeInfo? inner = type.ElementType is { } element ? InfoOf(type.Options, element) : null;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = NameHere();
            _reader.Read();
            Walk(inner, Join(path, key), depth + 1);
        }
    }

    private void WalkArray(JsonTypeInfo type, string path, int depth)
    {
        JsonTypeInfo? inner = type.ElementType is { } element ? InfoOf(type.Options, element) : null;
        for (int i = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; i++)
        {
            bool isDeep = _reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
            if (isDeep) Walk(inner, $"{path}[{i}]", depth + 1);
        }
    }

    // Half a character is no text
    private readonly string NameHere()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }

    private readonly int Find(IList<JsonPropertyInfo> properties, bool ignoresCase)
    {
        string name = NameHere();
        for (int i = 0; i < properties.Count; i++)
            if (properties[i].Name == name) return i;
        for (int i = 0; i < properties.Count && ignoresCase; i++)
            if (properties[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return i;

        return -1;
    }
}
