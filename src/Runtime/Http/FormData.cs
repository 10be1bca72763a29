using System.Collections;
using System.Text;
using Prebake.Http;

namespace Prebake;

/// <summary>The fields of a submitted form: names may repeat, order is kept.</summary>
public sealed class FormData : IEnumerable<KeyValuePair<string, string>>
{
    // A form with more is somebody trying out hash tables
    private const int MaxFields = 1000;

    private readonly List<KeyValuePair<string, string>> _fields = [];
    private readonly List<FormFile> _files = [];

    private FormData() { }

    /// <summary>The first value of that name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, string> field in _fields)
                if (field.Key == name) return field.Value;
            return null;
        }
    }

    /// <summary>The files of a multipart form, in order. A file input that was left empty is a file without name and content.</summary>
    public IReadOnlyList<FormFile> Files => _files;

    /// <summary>The first file of that field, or null.</summary>
    public FormFile? File(string name) => _files.Find(file => file.Name == name);

    /// <summary>How many fields there are, files not counted.</summary>
    public int Count => _fields.Count;

    /// <summary>Whether the name occurs.</summary>
    public bool Contains(string name) => this[name] is not null;

    /// <summary>All values of that name, in order.</summary>
    public IReadOnlyList<string> GetAll(string name) => _fields.FindAll(field => field.Key == name).ConvertAll(field => field.Value);

    /// <summary>All fields in order.</summary>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Reads multipart/form-data (RFC 7578) into memory.</summary>
    internal static async ValueTask<FormData> ReadAsync(IAsyncEnumerable<FormPart> parts)
    {
        var form = new FormData();
        await foreach (FormPart part in parts.ConfigureAwait(false))
        {
            if (part.FileName is { } fileName) form._files.Add(new FormFile(part.Name, fileName, part.ContentType, await part.BytesAsync().ConfigureAwait(false)));
            else form._fields.Add(new(part.Name, await part.TextAsync().ConfigureAwait(false)));
        }

        return form;
    }

    /// <summary>Reads application/x-www-form-urlencoded (WHATWG URL section 5.1).</summary>
    internal static FormData ParseUrlEncoded(ReadOnlySpan<byte> body)
    {
        var form = new FormData();

        foreach (Range range in body.Split((byte)'&'))
        {
            ReadOnlySpan<byte> pair = body[range];
            if (pair.IsEmpty) continue;
            if (form._fields.Count == MaxFields)
                throw new HttpException(413, $"The form exceeds the server's limit of {MaxFields} fields.");

            int equals = pair.IndexOf((byte)'=');
            form._fields.Add(new(
                PercentEncoding.Decode(equals < 0 ? pair : pair[..equals], plusIsSpace: true),
                equals < 0 ? "" : PercentEncoding.Decode(pair[(equals + 1)..], plusIsSpace: true)));
        }

        return form;
    }
}
