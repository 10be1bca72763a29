using Prebake.Grammar;

namespace Prebake;

/// <summary>Sends <see cref="Request.Id"/> back with each response. For <see cref="UseAttribute"/>.</summary>
/// <example><code>
/// partial class App
/// {
///     [Use] readonly RequestIds _ids = new();
/// }
/// </code></example>
public sealed class RequestIds
{
    /// <summary>The header's name. Default <c>X-Request-Id</c>.</summary>
    /// <exception cref="ArgumentException">It is not a name of a header.</exception>
    public string Header
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            if (!Token.IsValid(System.Text.Encoding.UTF8.GetBytes(value)))
                throw new ArgumentException(
                    $"'{value}' is not a name of a header; use letters, digits and !#$%&'*+-.^_`|~ only.",
                    nameof(Header));
            field = value;
        }
    } = "X-Request-Id";

    /// <summary>Adds the id.</summary>
    [After]
    public void Add(Request request, Response response)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        response.Headers[Header] = request.Id;
    }
}
