using System.Text;

namespace Prebake.Routing;

public static partial class Bind
{
    private static readonly string[] s_registered = ["", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

    /// <summary><c>Allow</c> for a set that is no single path's: several patterns fit the path, each with its own methods.</summary>
    /// <param name="methods">The set.</param>
    /// <param name="custom">The table's own methods.</param>
    public static ReadOnlySpan<byte> Allow(MethodSet methods, params ReadOnlySpan<string> custom)
    {
        var names = new List<string>();
        for (int i = 1; i < s_registered.Length; i++)
            if (methods.Contains((HttpMethod)i) || i == (int)HttpMethod.Options) names.Add(s_registered[i]);
        for (int i = 0; i < custom.Length; i++)
            if (methods.Contains((HttpMethod)((int)HttpMethod.FirstCustom + i))) names.Add(custom[i]);

        return Encoding.ASCII.GetBytes(string.Join(", ", names));
    }
}
