using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// A redirect that is finished before the first request. The build warns when the target is a path of this app that has
/// no route.
/// </summary>
/// <example><code>
/// [Redirect("/old-link", "/new-link", 301)]
/// partial class App
/// {
///     [Static("/new-link")] const string New = "Here now.";
/// }
/// </code></example>
/// <param name="from">The path, without parameters; starts with <c>/</c>.</param>
/// <param name="to">The value of <c>Location</c>, sent as written.</param>
/// <param name="status">301, 302, 303, 307 or 308.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class RedirectAttribute([StringSyntax("Route")] string from, string to, int status = 302) : Attribute
{
    /// <summary>The path as written.</summary>
    public string From { get; } = from;

    /// <summary>The target.</summary>
    public string To { get; } = to;

    /// <summary>The status.</summary>
    public int Status { get; } = status;

    /// <summary>The methods, separated by commas; <c>*</c> is every registered one. GET and HEAD unless set.</summary>
    public string? Methods { get; set; }
}
