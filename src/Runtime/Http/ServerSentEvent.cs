using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prebake.Http;

namespace Prebake;

/// <summary>
/// One event of a <c>text/event-stream</c> (WHATWG HTML section 9.2). It does not change, and is encoded once: the same event may be sent to
/// any number of clients.
/// </summary>
/// <example><code>
/// [Get("/clock")]
/// async IAsyncEnumerable&lt;ServerSentEvent&gt; Clock([EnumeratorCancellation] CancellationToken aborted)
/// {
///     while (true)
///     {
///         yield return new ServerSentEvent(DateTime.UtcNow.ToString("O")) { Event = "tick" };
///         await Task.Delay(1000, aborted);
///     }
/// }
/// </code></example>
public sealed class ServerSentEvent
{
    private byte[]? _frame;

    /// <summary>An event without data, which clients do not dispatch: for <see cref="Retry"/>, <see cref="Id"/> or <see cref="Comment"/> alone.</summary>
    public ServerSentEvent() { }

    /// <summary>An event with text; each line of it becomes a <c>data</c> line, and the client joins them again.</summary>
    public ServerSentEvent(string data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Data = data;
    }

    /// <summary>The text, or null.</summary>
    public string? Data { get; }

    /// <summary>The event's type, which <c>addEventListener</c> names; null for <c>message</c>.</summary>
    /// <exception cref="ArgumentException">It contains a line break.</exception>
    public string? Event { get; init => field = OneLine(value, nameof(Event)); }

    /// <summary>What the client sends back as <c>Last-Event-ID</c> when it connects again (<see cref="Request.LastEventId"/>); null leaves the last one.</summary>
    /// <exception cref="ArgumentException">
    /// It contains a control character, which clients ignore or could not send back in a header.
    /// </exception>
    public string? Id
    {
        get;
        init => field = IsSendable(value)
            ? value
            : throw new ArgumentException(
                "The id of a ServerSentEvent contains a control character, which clients cannot send back; encode it.",
                nameof(Id));
    }

    /// <summary>How long the client waits before it connects again, in whole milliseconds; null leaves it as it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public TimeSpan? Retry
    {
        get;
        init => field = value is { Ticks: < 0 }
            ? throw new ArgumentOutOfRangeException(
                nameof(Retry),
                $"The value of \"ServerSentEvent.Retry\" is out of range. It must be >= 0. Received {value}")
            : value;
    }

    /// <summary>A comment, which clients ignore, for people who look at the stream.</summary>
    public string? Comment { get; init; }

    /// <summary>An event whose data is JSON, with the metadata of the app's <c>JsonSerializerContext</c>.</summary>
    /// <exception cref="InvalidOperationException">No context of a started app knows <typeparamref name="T"/>.</exception>
    public static ServerSentEvent Json<T>(T value, string? eventType = null, string? id = null) => Json(value, JsonMetadata.Of<T>(), eventType, id);

    /// <summary>An event whose data is JSON, with metadata that you pass.</summary>
    public static ServerSentEvent Json<T>(T value, JsonTypeInfo<T> type, string? eventType = null, string? id = null) =>
        new(JsonSerializer.Serialize(value, type)) { Event = eventType, Id = id };

    /// <summary>An event with text and nothing else.</summary>
    public static implicit operator ServerSentEvent(string data) => new(data);

    /// <summary>Its bytes on the wire, with the empty line that ends it.</summary>
    internal byte[] Frame => _frame ??= Encode();

    private byte[] Encode()
    {
        var writer = new ArrayBufferWriter<byte>(64 + (Data?.Length ?? 0));
        if (Comment is not null) WriteLines(writer, ": "u8, Comment);
        if (Retry is { } retry) WriteLines(writer, "retry: "u8, ((long)retry.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        if (Event is not null) WriteLines(writer, "event: "u8, Event);
        if (Id is not null) WriteLines(writer, "id: "u8, Id);
        if (Data is not null) WriteLines(writer, "data: "u8, Data);
        writer.Write("\n"u8);
        return writer.WrittenSpan.ToArray();
    }

    private static void WriteLines(ArrayBufferWriter<byte> writer, ReadOnlySpan<byte> name, ReadOnlySpan<char> text)
    {
        while (true)
        {
            int end = text.IndexOfAny('\r', '\n');
            writer.Write(name);
            Encoding.UTF8.GetBytes(end < 0 ? text : text[..end], writer);
            writer.Write("\n"u8);
            if (end < 0) return;

            text = text[(end + (text[end..] is ['\r', '\n', ..] ? 2 : 1))..];
        }
    }

    // It comes back as the value of Last-Event-ID (RFC 9110 section 5.5)
    private static bool IsSendable(string? id)
    {
        foreach (char c in id ?? "")
            if (c is < ' ' or '\x7f') return false;

        return true;
    }

    private static string? OneLine(string? value, string name) => value is null || value.AsSpan().IndexOfAny('\r', '\n') < 0
        ? value
        : throw new ArgumentException($"\"ServerSentEvent.{name}\" contains a line break; remove it.", name);
}
