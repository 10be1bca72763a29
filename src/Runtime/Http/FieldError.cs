namespace Prebake;

/// <summary>What is wrong with one parameter of a request.</summary>
/// <param name="Name">The parameter's name in the path, the query, the headers or the cookies.</param>
/// <param name="Message">What is wrong, to stand behind the name: <c>has an invalid value</c>.</param>
public readonly record struct FieldError(string Name, string Message);
