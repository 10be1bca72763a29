namespace Prebake;

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Name">Its name in the path, the query, the headers, the cookies or a form; in a JSON body its path, such as <c>items[2].title</c>, and <c>$</c> for the body itself.</param>
/// <param name="Message">What is wrong, to stand behind the name: <c>has an invalid value</c>.</param>
public readonly record struct FieldError(string Name, string Message)
{
    /// <summary>Name and message as a sentence: <c>limit must be from 1 to 100</c>.</summary>
    public override string ToString() => Name == "$" ? "the body " + Message : Name + " " + Message;
}
