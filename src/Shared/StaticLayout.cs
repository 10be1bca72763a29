using System.Text;

namespace Prebake.Shared;

/// <summary>One field line of a static response.</summary>
internal readonly record struct StaticField(string Name, string Value)
{
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

/// <summary>
/// The bytes of one static response and of its 304 head, with the places of their holes. Made by the generator for constants and by
/// the server for what is evaluated at the start, from this one source, so that the two tiers cannot differ on the wire.
/// </summary>
internal sealed class StaticLayout
{
    /// <summary>29 bytes wide, like every date; overwritten when the response is sent.</summary>
    public const string DateHole = "Thu, 01 Jan 1970 00:00:00 GMT";

    /// <summary>How long the status line of a 200 is: behind it, its field lines begin.</summary>
    public const int OkLineLength = 17;

    /// <summary>How much stands behind the last field line of the route's own: <c>Content-Length</c>, and the empty line.</summary>
    public static int EndLength(int bodyLength)
    {
        int digits = 1;
        for (int rest = bodyLength; rest >= 10; rest /= 10) digits++;
        return "Content-Length: \r\n\r\n".Length + digits;
    }

    private StaticLayout(int status, byte[] head, byte[] body, int dateOffset, string entityTag, int entityTagOffset, byte[] notModified, int notModifiedDateOffset, bool closes)
    {
        Status = status;
        Head = head;
        Body = body;
        DateOffset = dateOffset;
        EntityTag = entityTag;
        EntityTagOffset = entityTagOffset;
        NotModified = notModified;
        NotModifiedDateOffset = notModifiedDateOffset;
        ClosesConnection = closes;
    }

    public int Status { get; }

    /// <summary>Status line to the empty line.</summary>
    public byte[] Head { get; }

    public byte[] Body { get; }

    /// <summary>Where the date is in <see cref="Head"/>, or −1 when the route brings its own, which then stays as it is.</summary>
    public int DateOffset { get; }

    /// <summary>With quotes, or empty.</summary>
    public string EntityTag { get; }

    public int EntityTagOffset { get; }

    /// <summary>The 304 head, or empty.</summary>
    public byte[] NotModified { get; }

    public int NotModifiedDateOffset { get; }

    public bool ClosesConnection { get; }

    /// <summary>Lays out a response. Statuses, names and values have been checked.</summary>
    /// <param name="status">200 to 599.</param>
    /// <param name="contentType">Ignored for an empty body and when <paramref name="fields"/> has one.</param>
    /// <param name="fields">The route's own fields, in the order in which they are sent.</param>
    /// <param name="body">The body; empty for 204 and 304.</param>
    /// <param name="tag">Whether a body gets an entity tag.</param>
    public static StaticLayout Of(int status, string? contentType, IReadOnlyList<StaticField> fields, byte[] body, bool tag) =>
        Lay(status, contentType, fields, body, body.Length, tag && body.Length > 0 && status != 304 ? TagOf(XxHash64.Hash(body).ToString("x16", System.Globalization.CultureInfo.InvariantCulture)) : "");

    /// <summary>Lays out the 200 of a file, whose bytes lie elsewhere.</summary>
    /// <param name="contentType">Of the file.</param>
    /// <param name="fields">The route's own fields, in the order in which they are sent.</param>
    /// <param name="length">How long the file is.</param>
    /// <param name="hash">The hash of its bytes: 16 hexadecimal digits.</param>
    /// <param name="coding">The name of its content coding, or empty.</param>
    public static StaticLayout OfFile(string contentType, IReadOnlyList<StaticField> fields, int length, string hash, string coding) =>
        Lay(200, contentType, coding.Length == 0 ? fields : [new StaticField("Content-Encoding", coding), .. fields], [], length, length > 0 ? TagOf(hash) : "");

    private static StaticLayout Lay(int status, string? contentType, IReadOnlyList<StaticField> fields, byte[] body, int length, string tag)
    {
        string? ownType = Find(fields, "Content-Type");
        string? ownTag = Find(fields, "ETag");
        string? ownDate = Find(fields, "Date");

        string type = ownType ?? (length > 0 ? contentType ?? "" : "");
        string entityTag = ownTag ?? tag;

        var head = new FieldBuilder(status);
        if (type.Length > 0) head.Add("Content-Type", type);
        foreach (StaticField field in fields)
            if (!field.Is("Content-Type") && !field.Is("ETag") && !field.Is("Date")) head.Add(field.Name, field.Value);
        int tagOffset = entityTag.Length > 0 ? head.Add("ETag", entityTag) : 0;
        int dateOffset = head.Add("Date", ownDate ?? DateHole);
        if (!Bodiless.Is(status)) head.Add("Content-Length", length.ToString(System.Globalization.CultureInfo.InvariantCulture));

        // Only a stored 200 answers 304. RFC 9110 section 15.4.5 lists what a 304 repeats.
        byte[] notModified = [];
        int notModifiedDate = 0;
        if (status == 200 && (entityTag.Length > 0 || Find(fields, "Last-Modified") is not null))
        {
            var short304 = new FieldBuilder(304);
            if (type.Length > 0) short304.Add("Content-Type", type);
            foreach (StaticField field in fields)
                if (field.Is("Cache-Control") || field.Is("Content-Location") || field.Is("Expires") || field.Is("Vary") || field.Is("Last-Modified"))
                    short304.Add(field.Name, field.Value);
            if (entityTag.Length > 0) short304.Add("ETag", entityTag);
            notModifiedDate = short304.Add("Date", ownDate ?? DateHole);
            notModified = short304.ToBytes();
        }

        return new StaticLayout(status, head.ToBytes(), body, ownDate is null ? dateOffset : -1, entityTag, tagOffset,
            notModified, ownDate is null ? notModifiedDate : -1, Closes(fields));
    }

    private static string TagOf(string hash) => "\"" + hash + "\"";

    private static string? Find(IReadOnlyList<StaticField> fields, string name)
    {
        // The last one wins, so that a member's field replaces its class's
        for (int i = fields.Count - 1; i >= 0; i--)
            if (fields[i].Is(name)) return fields[i].Value;

        return null;
    }

    private static bool Closes(IReadOnlyList<StaticField> fields)
    {
        foreach (StaticField field in fields)
            if (field.Is("Connection") && field.Value.IndexOf("close", StringComparison.OrdinalIgnoreCase) >= 0) return true;

        return false;
    }

    private sealed class FieldBuilder
    {
        private readonly StringBuilder _text = new();

        public FieldBuilder(int status) =>
            _text.Append("HTTP/1.1 ").Append(status.ToString(System.Globalization.CultureInfo.InvariantCulture))
                .Append(' ').Append(StatusPhrase.Of(status)).Append("\r\n");

        /// <returns>Where the value starts: heads are Latin-1, so characters are bytes.</returns>
        public int Add(string name, string value)
        {
            _text.Append(name).Append(": ");
            int at = _text.Length;
            _text.Append(value).Append("\r\n");
            return at;
        }

        public byte[] ToBytes()
        {
            _text.Append("\r\n");
            var bytes = new byte[_text.Length];
            for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)_text[i];
            return bytes;
        }
    }
}
