namespace Prebake;

/// <summary>
/// Binds a parameter to a field of a form, application/x-www-form-urlencoded or multipart/form-data: a value, a list of values, or a
/// type that stands for several, one for each parameter of its constructor and each property that can be set. Files are parameters of
/// type <see cref="UploadedFile"/>, with or without it.
/// </summary>
/// <remarks>
/// A name of a member begins with a small letter in the form. An empty field is a missing value, unless it is text; a <c>bool</c> is a
/// check box. The handler is called when the whole body has been read.
/// </remarks>
/// <example><code>
/// record SignUp([EmailAddress] string Mail, [MinLength(12)] string Password, bool News);
///
/// partial class App
/// {
///     [Post("/sign-up")] string SignUp([Form] SignUp form, UploadedFile? avatar) => form.Mail;
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class FormAttribute : Attribute
{
    /// <summary>Binds to the parameter's own name.</summary>
    public FormAttribute() { }

    /// <summary>Binds to another name.</summary>
    /// <param name="name">The name of the field.</param>
    public FormAttribute(string name) => Name = name;

    /// <summary>The name of the field; null is the parameter's own.</summary>
    public string? Name { get; }
}
