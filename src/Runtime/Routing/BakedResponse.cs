using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Prebake.Routing;

/// <summary>
/// A static response that was evaluated at the start: laid out once, in one array on the pinned heap, so that the loops may hand it to
/// the kernel as it is. Emitted tables make and keep them.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class BakedResponse
{
    // What an emitted table pins is sent from where it lies, to clients that may read it when the table is gone
    private static readonly ConcurrentDictionary<(string Head, string Body), byte[]> s_pinned = new();

    private readonly byte[] _bytes;
    private readonly byte[] _entityTag;
    private readonly StaticLayout _layout;

    private BakedResponse(StaticLayout layout)
    {
        _layout = layout;
        _entityTag = Encoding.Latin1.GetBytes(layout.EntityTag);
        _bytes = GC.AllocateUninitializedArray<byte>(layout.Head.Length + layout.Body.Length + layout.NotModified.Length, pinned: true);
        layout.Head.CopyTo(_bytes, 0);
        layout.Body.CopyTo(_bytes, layout.Head.Length);
        layout.NotModified.CopyTo(_bytes, layout.Head.Length + layout.Body.Length);
    }

    /// <summary>The finished response.</summary>
    public StaticBlock Block
    {
        get
        {
            int length = _layout.Head.Length + _layout.Body.Length;
            return new StaticBlock(_bytes.AsSpan(0, length), _layout.Head.Length, _layout.DateOffset,
                _entityTag, _bytes.AsSpan(length), _layout.NotModifiedDateOffset)
            {
                Status = _layout.Status,
                ClosesConnection = _layout.ClosesConnection,
                Owner = _bytes,
            };
        }
    }

    /// <summary>Lays out text.</summary>
    /// <param name="member">Whose value it is; named when there is none.</param>
    /// <param name="text">The body.</param>
    /// <param name="status">200 to 599.</param>
    /// <param name="contentType">The media type.</param>
    /// <param name="entityTag">Whether the body gets an entity tag.</param>
    /// <param name="fields">The fields that attributes give.</param>
    public static BakedResponse OfText(string member, string? text, int status, string contentType, bool entityTag, params (string Name, string Value)[] fields) =>
        Lay(member, Encoding.UTF8.GetBytes(text ?? EmptyOr(member, status)), status, contentType, entityTag, fields);

    /// <summary>Lays out bytes.</summary>
    /// <inheritdoc cref="OfText"/>
    public static BakedResponse OfBytes(string member, ReadOnlySpan<byte> bytes, int status, string contentType, bool entityTag, params (string Name, string Value)[] fields) =>
        Lay(member, bytes.ToArray(), status, contentType, entityTag, fields);

    /// <summary>Lays out an array.</summary>
    /// <inheritdoc cref="OfText"/>
    public static BakedResponse OfBytes(string member, byte[]? bytes, int status, string contentType, bool entityTag, params (string Name, string Value)[] fields) =>
        Lay(member, (byte[])(bytes ?? Encoding.UTF8.GetBytes(EmptyOr(member, status))).Clone(), status, contentType, entityTag, fields);

    /// <summary>Lays out a value as JSON.</summary>
    /// <inheritdoc cref="OfText"/>
    public static BakedResponse OfJson<T>(string member, T? value, JsonTypeInfo<T> type, int status, string contentType, bool entityTag, params (string Name, string Value)[] fields) =>
        Lay(member, value is null ? throw Nothing(member) : JsonSerializer.SerializeToUtf8Bytes(value, type), status, contentType, entityTag, fields);

    /// <summary>Lays out a response; its own status, fields and entity tag count, and the attribute's where it has none.</summary>
    /// <inheritdoc cref="OfText"/>
    public static BakedResponse OfResponse(string member, Response? response, int status, string? contentType, bool entityTag, params (string Name, string Value)[] fields) =>
        Lay(member, ResponseParts.Of(member, response ?? throw Nothing(member)), status, contentType, entityTag, fields);

    /// <summary>
    /// Text of an emitted table as bytes that do not move: debug builds hold constants as strings. They live as long as the process, and
    /// the same text gives the same bytes: a table that is made anew takes over those of the one before.
    /// </summary>
    public static byte[] Pin(string text) => PinParts("", text);

    /// <summary>A head, which is Latin-1, and a body, which is UTF-8, as bytes that do not move; the same for the same text.</summary>
    public static byte[] PinParts(string head, string body) =>
        s_pinned.GetOrAdd((head, body), static parts =>
        {
            (string head, string body) = parts;
            byte[] bytes = GC.AllocateUninitializedArray<byte>(head.Length + Encoding.UTF8.GetByteCount(body), pinned: true);
            Encoding.Latin1.GetBytes(head, bytes);
            Encoding.UTF8.GetBytes(body, bytes.AsSpan(head.Length));
            return bytes;
        });

    /// <summary>One of many constants that lie in one block of data.</summary>
    /// <param name="data">Responses and 304 heads.</param>
    /// <param name="row">Start, length, length of the head, date, tag, length of the tag, length of the 304 head, its date, status, closes.</param>
    public static StaticBlock BlockIn(ReadOnlySpan<byte> data, ReadOnlySpan<int> row)
    {
        ReadOnlySpan<byte> response = data.Slice(row[0], row[1]);
        return new StaticBlock(response, row[2], row[3], response.Slice(row[4], row[5]), data.Slice(row[0] + row[1], row[6]), row[7])
        {
            Status = row[8],
            ClosesConnection = row[9] != 0,
        };
    }

    /// <summary>Lays out what a <see cref="Response"/> consists of; its own fields come behind those of the attributes.</summary>
    internal static BakedResponse Lay(string member, byte[] body, int status, string? contentType, bool entityTag, IReadOnlyList<(string Name, string Value)> fields)
    {
        var checkedFields = new List<StaticField>(fields.Count);
        foreach ((string name, string value) in fields)
        {
            if (FieldSyntax.IsFraming(name))
                throw new InvalidOperationException($"{member} sets '{name}', which is set by the server; remove it.");
            if (!FieldSyntax.IsToken(name) || !FieldSyntax.IsValue(value))
                throw new InvalidOperationException(
                    $"{member} sets the header '{name}' to a value that cannot be sent; remove control characters and "
                        + "outer spaces.");
            checkedFields.Add(new StaticField(name, value));
        }

        if (status is < 200 or > 599)
            throw new InvalidOperationException(
                $"{member} has the status {status}, which is not one of a response; use 200 to 599.");
        if (Bodiless.Is(status) && body.Length > 0)
            throw new InvalidOperationException(
                $"{member} has a body, and a response with status {status} cannot have one; remove it.");

        return new BakedResponse(StaticLayout.Of(status, contentType, checkedFields, body, entityTag));
    }

    private static BakedResponse Lay(string member, ResponseParts parts, int status, string? contentType, bool entityTag, (string Name, string Value)[] fields)
    {
        // What the member says about itself beats what its attributes say
        var merged = fields.Where(field => !parts.Fields.Any(own => own.Name.Equals(field.Name, StringComparison.OrdinalIgnoreCase))).Concat(parts.Fields).ToList();
        return Lay(member, parts.Body, parts.Status == 0 ? status : parts.Status, parts.ContentType ?? contentType, entityTag, merged);
    }

    // Nothing is what a 204 consists of; elsewhere it is a mistake
    private static string EmptyOr(string member, int status) => Bodiless.Is(status) ? "" : throw Nothing(member);

    private static InvalidOperationException Nothing(string member) => new(
        $"{member} is [Static] and returned null; return a value.");
}
