using System.Collections;

namespace Prebake;

/// <summary>
/// What is wrong with a request, field by field. A <c>[Validate]</c> method asks for it as a parameter and adds what it finds; if
/// there is anything in it then, the handler is not called and the response is 422 with all of it.
/// </summary>
/// <remarks>Of one request up to 100 are kept; further ones are left out.</remarks>
/// <example><code>
/// partial class Articles(Store store)
/// {
///     [Post("/")] Article Create(NewArticle article) => store.Add(article);
///
///     [Validate] void Unique(NewArticle article, Errors errors)
///     {
///         if (store.Has(article.Title)) errors.Add(nameof(article.Title), "has already been taken");
///     }
/// }
/// </code></example>
public sealed class Errors : IReadOnlyList<FieldError>
{
    // 100: more than anybody reads. A body of a megabyte can have more mistakes than that
    internal const int Most = 100;

    private readonly List<FieldError> _errors = [];
    private int _faults;
    private string? _fault;

    /// <summary>How many there are.</summary>
    public int Count => _errors.Count;

    /// <summary>One of them, in the order in which they were found.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public FieldError this[int index] => _errors[index];

    /// <summary>Says that something is wrong with a field.</summary>
    /// <param name="name">
    /// As the client knows it: <c>items[2].title</c>. In a <c>[Validate]</c> method the name of a property of the validated type
    /// does, too, as in <c>nameof(article.Title)</c>: it becomes the name that the property has in JSON.
    /// </param>
    /// <param name="message">What is wrong, to stand behind the name: <c>has already been taken</c>.</param>
    public void Add(string name, string message)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(message);
        if (_errors.Count < Most) _errors.Add(new FieldError(name, message));
    }

    internal void Add(FieldError error)
    {
        if (_errors.Count < Most) _errors.Add(error);
    }

    /// <inheritdoc/>
    public IEnumerator<FieldError> GetEnumerator() => _errors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _errors.GetEnumerator();

    /// <summary>No further ones are kept.</summary>
    internal bool IsFull => _errors.Count >= Most;

    /// <summary>A part of the request could not be read, so it is 400 and not 422.</summary>
    internal bool IsMalformed => _faults > 0;

    /// <summary>A sentence about all of it.</summary>
    internal string Detail =>
        _faults == 1 && _errors.Count <= 1 ? _fault!
        : IsMalformed ? "Parts of the request are missing or have invalid values."
        : "The request has invalid values.";

    /// <summary>Something could not be read.</summary>
    /// <param name="detail">A sentence, if there is nothing else to say.</param>
    internal void Fault(string detail)
    {
        _fault ??= detail;
        _faults++;
    }

    /// <summary>Gives those from a place on other names.</summary>
    internal void Rename(int from, Func<string, string> rename)
    {
        for (int i = from; i < _errors.Count; i++) _errors[i] = _errors[i] with { Name = rename(_errors[i].Name) };
    }
}
