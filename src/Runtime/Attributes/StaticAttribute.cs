using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// A response that is finished before the first request. A value that the compiler can see (a literal, a constant, a property that
/// returns one) becomes bytes in the binary; any other is evaluated once, before the server listens, and again on <c>ReloadAsync</c>.
/// </summary>
/// <remarks>Goes on fields, properties and methods without parameters. Answers GET and HEAD, <c>If-None-Match</c> included.</remarks>
/// <example><code>
/// partial class App
/// {
///     [Static("/health")]   const string Health = "All good!";                          // constant
///     [Static("/time")]     static string Time() => DateTime.UtcNow.ToString("O");      // once, at the start
///     [Static("/gone", Status = 410)] const string Gone = "It was here.";
/// }
/// </code></example>
/// <param name="path">The path, without parameters; starts with <c>/</c>.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Method, AllowMultiple = true)]
public sealed class StaticAttribute([StringSyntax("Route")] string path) : Attribute
{
    /// <summary>The path as written.</summary>
    public string Path { get; } = path;

    /// <summary>200 to 599; 200 unless set.</summary>
    public int Status { get; set; } = 200;

    /// <summary>The media type. Default: by the extension of the path, or else by the type of the value.</summary>
    public string? ContentType { get; set; }

    /// <summary>False leaves the entity tag out, so that no request is answered 304.</summary>
    public bool ETag { get; set; } = true;

    /// <summary>True makes it an error when the value is not a constant.</summary>
    public bool Constant { get; set; }

    /// <summary>The methods, separated by commas; <c>*</c> is every registered one. GET and HEAD unless set.</summary>
    public string? Methods { get; set; }
}
