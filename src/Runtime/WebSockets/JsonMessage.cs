using System.Text.Json;
using Prebake.Http;
using Prebake.Serving;

namespace Prebake.WebSockets;

/// <summary>A value as JSON text, in a buffer that its thread keeps for the next one.</summary>
internal readonly ref struct JsonMessage : IDisposable
{
    // Above it a buffer is dropped after its message: one large message must not stay in memory for ever
    private const int LargestKeptBuffer = 1 << 20;

    [ThreadStatic] private static JsonBuffer? t_kept;

    private readonly JsonBuffer _buffer;

    private JsonMessage(JsonBuffer buffer) => _buffer = buffer;

    /// <summary>Until it is disposed of.</summary>
    public ReadOnlySpan<byte> Text => _buffer.Bytes.WrittenSpan;

    public static JsonMessage Of<T>(T value)
    {
        // Taken out while it is in use, since a getter or a converter may send, too
        JsonBuffer buffer = t_kept ?? new JsonBuffer();
        t_kept = null;
        buffer.Reset();
        JsonSerializer.Serialize(buffer.Writer, value, JsonMetadata.Of<T>());
        buffer.Writer.Flush();
        return new JsonMessage(buffer);
    }

    public void Dispose()
    {
        if (_buffer.Bytes.Capacity <= LargestKeptBuffer) t_kept = _buffer;
    }
}
