using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Prebake.Routing;

/// <summary>A response that a handler has added headers to, with what the handler returned as its body. Null is 404.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FilledResponse
{
    /// <summary>204, unless the handler said another status.</summary>
    public static Response Empty(Response response)
    {
        if (!response.HasStatus) response.Status = 204;
        return response;
    }

    /// <summary>Text.</summary>
    public static Response? Text(Response response, string? text) =>
        text is null ? null : response.Fill(Encoding.UTF8.GetBytes(text), "text/plain;charset=utf-8");

    /// <summary>Text as UTF-8.</summary>
    public static Response Utf8(Response response, ReadOnlySpan<byte> text) => response.Fill(text.ToArray(), "text/plain;charset=utf-8");

    /// <summary>Bytes.</summary>
    public static Response? Bytes(Response response, byte[]? bytes) => bytes is null ? null : response.Fill(bytes, "application/octet-stream");

    /// <summary>JSON.</summary>
    public static Response? Json<T>(Response response, T? value, JsonTypeInfo<T> type) =>
        value is null ? null : response.Fill(JsonSerializer.SerializeToUtf8Bytes(value, type), "application/json;charset=utf-8");

    /// <summary>JSON, or another response as it is.</summary>
    public static Response? Either<T>(Response response, Response<T> result, JsonTypeInfo<T> type) => result.Other ?? Json(response, result.Value, type);

    /// <inheritdoc cref="Empty"/>
    public static async ValueTask<Response?> EmptyAsync(Response response, ValueTask pending)
    {
        await pending.ConfigureAwait(false);
        return Empty(response);
    }

    /// <inheritdoc cref="Empty"/>
    public static ValueTask<Response?> EmptyAsync(Response response, Task pending) => EmptyAsync(response, new ValueTask(pending));

    /// <inheritdoc cref="Text"/>
    public static async ValueTask<Response?> TextAsync(Response response, ValueTask<string?> pending) => Text(response, await pending.ConfigureAwait(false));

    /// <inheritdoc cref="Text"/>
    public static async ValueTask<Response?> TextAsync(Response response, Task<string?> pending) => Text(response, await pending.ConfigureAwait(false));

    /// <inheritdoc cref="Bytes"/>
    public static async ValueTask<Response?> BytesAsync(Response response, ValueTask<byte[]?> pending) => Bytes(response, await pending.ConfigureAwait(false));

    /// <inheritdoc cref="Bytes"/>
    public static async ValueTask<Response?> BytesAsync(Response response, Task<byte[]?> pending) => Bytes(response, await pending.ConfigureAwait(false));

    /// <inheritdoc cref="Json"/>
    public static async ValueTask<Response?> JsonAsync<T>(Response response, ValueTask<T> pending, JsonTypeInfo<T> type) =>
        Json(response, await pending.ConfigureAwait(false), type);

    /// <inheritdoc cref="Json"/>
    public static async ValueTask<Response?> JsonAsync<T>(Response response, Task<T> pending, JsonTypeInfo<T> type) =>
        Json(response, await pending.ConfigureAwait(false), type);

    /// <inheritdoc cref="Either"/>
    public static async ValueTask<Response?> EitherAsync<T>(Response response, ValueTask<Response<T>> pending, JsonTypeInfo<T> type) =>
        Either(response, await pending.ConfigureAwait(false), type);

    /// <inheritdoc cref="Either"/>
    public static async ValueTask<Response?> EitherAsync<T>(Response response, Task<Response<T>> pending, JsonTypeInfo<T> type) =>
        Either(response, await pending.ConfigureAwait(false), type);
}
