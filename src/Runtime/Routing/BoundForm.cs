using System.ComponentModel;
using System.Text;
using Prebake.Http;

namespace Prebake.Routing;

/// <summary>A form whose fields and files are parameters of a handler.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class BoundForm : IDisposable
{
    // A form with more is somebody trying out how much memory there is
    private const int MostParts = 1000;

    private readonly List<KeyValuePair<string, string>> _fields = [];
    private readonly List<(UploadedFile File, SpooledContent Content)> _files = [];

    private BoundForm() { }

    /// <summary>Reads the body of a request to its end. Files are gone when the request is over.</summary>
    /// <exception cref="HttpException">415: not a form. 400: malformed. 413: too long.</exception>
    public static async Task<BoundForm> ReadAsync(Request request)
    {
        var form = new BoundForm();
        if (!request.IsMultipart)
        {
            foreach (KeyValuePair<string, string> field in await request.FormAsync().ConfigureAwait(false)) form._fields.Add(field);
            return form;
        }

        // Files are written from here on, which is not the loop's business
        await Task.Yield();
        request.DisposeAtEnd(form);
        await foreach (FormPart part in request.PartsAsync().ConfigureAwait(false))
        {
            if (form._fields.Count + form._files.Count == MostParts)
                throw new HttpException(413, $"The form exceeds the server's limit of {MostParts} fields.");

            if (part.FileName is null) form._fields.Add(new(part.Name, await part.TextAsync().ConfigureAwait(false)));
            else await form.AddAsync(part).ConfigureAwait(false);
        }

        return form;
    }

    /// <summary>The first value of a name, as bytes of UTF-8.</summary>
    public static bool TryField(BoundForm form, string name, out ReadOnlySpan<byte> value)
    {
        int at = 0;
        return form.TryNext(ref at, name, out value);
    }

    /// <summary>The next value of a name.</summary>
    /// <param name="at">0 at first; afterwards where to look on.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">The value.</param>
    public bool TryNext(scoped ref int at, string name, out ReadOnlySpan<byte> value)
    {
        while (at < _fields.Count)
        {
            KeyValuePair<string, string> field = _fields[at++];
            if (field.Key != name) continue;

            value = Encoding.UTF8.GetBytes(field.Value);
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The first file of a name; null where there is none, or a file input was left empty.</summary>
    public UploadedFile? File(string name)
    {
        foreach ((UploadedFile file, _) in _files)
            if (file.Name == name) return file;

        return null;
    }

    /// <summary>All files of a name, in order.</summary>
    public List<UploadedFile> Files(string name)
    {
        var files = new List<UploadedFile>();
        foreach ((UploadedFile file, _) in _files)
            if (file.Name == name) files.Add(file);

        return files;
    }

    /// <summary>A check box: <c>on</c> where it is checked, and nothing where it is not.</summary>
    public static bool TryParseCheckBox(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.SequenceEqual("on"u8);
        return value || Bind.TryParse(text, out value);
    }

    /// <summary>The request is over.</summary>
    public void Dispose()
    {
        foreach ((_, SpooledContent content) in _files) content.Dispose();
    }

    private async Task AddAsync(FormPart part)
    {
        var content = new SpooledContent();
        var file = new UploadedFile(part, content);
        // In front of the content: what fails on the way is given back, too
        _files.Add((file, content));
        await content.FillAsync(part).ConfigureAwait(false);
        // What a browser sends for an input that was left empty
        if (content.Length == 0 && file.FileName.Length == 0) _files.RemoveAt(_files.Count - 1);
    }
}
