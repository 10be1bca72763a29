using System.Globalization;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads the properties of <c>[WebSocket]</c> and checks what of them can be wrong.</summary>
internal static class SocketOptionParser
{
    // 24 days, as for all times of a server
    private const int LongestLifetime = 24 * 24 * 60 * 60;

    // What uWebSockets and Bun take, too
    private const int LongestIdleTimeout = 960;

    // Name, default, least, most and what messages say of the range
    private static readonly (string Name, int Default, int Least, int Most, string Range)[] s_numbers =
    [
        ("MaxPayloadLength", 16 << 20, 1, int.MaxValue, "1 or more bytes"),
        ("BackpressureLimit", 16 << 20, 1, int.MaxValue, "1 or more bytes"),
        ("IdleTimeout", 120, 0, LongestIdleTimeout, "1 to 960 seconds, or 0 for no limit"),
        ("MaxLifetime", 0, 0, LongestLifetime, "1 to 2073600 seconds (24 days), or 0 for no limit"),
    ];

    private static readonly (string Name, bool Default)[] s_switches =
        [("CloseOnBackpressureLimit", false), ("SendPings", true), ("PublishToSelf", false)];

    private static readonly string[] s_enums = ["Compress", "Decompress"];

    /// <summary>What differs from the defaults.</summary>
    public static EquatableArray<SocketOption> Parse(AttributeData attribute, List<Problem> problems)
    {
        var options = new List<SocketOption>();
        foreach ((string name, int standard, int least, int most, string range) in s_numbers)
        {
            int value = attribute.Named(name, standard);
            if (value < least || value > most)
                problems.Add(Problem.At(
                    Diagnostics.SocketOption, attribute.NamedLocation(name), name, Literal.Number(value), range));
            else if (value != standard) options.Add(new SocketOption(name, Literal.Number(value)));
        }

        foreach ((string name, bool standard) in s_switches)
            if (attribute.Named(name, standard) is var value && value != standard)
                options.Add(new SocketOption(name, Literal.Constant(value)));

        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
            if (argument.Value is { Kind: TypedConstantKind.Enum } given && Array.IndexOf(s_enums, argument.Key) >= 0)
                AddEnum(attribute, argument.Key, given, options, problems);

        AddTexts(attribute, "Origins", Diagnostics.SocketOrigin, (_, text) => OriginReason(text), options, problems);
        AddTexts(attribute, "Protocols", Diagnostics.SocketProtocol, ProtocolReason, options, problems);
        return options.ToEquatable();
    }

    private static void AddEnum(
        AttributeData attribute, string name, TypedConstant given, List<SocketOption> options, List<Problem> problems)
    {
        IFieldSymbol? member = given.Type!.GetMembers().OfType<IFieldSymbol>()
            .FirstOrDefault(field => field.HasConstantValue && Equals(field.ConstantValue, given.Value));
        if (member is null)
            problems.Add(Problem.At(
                Diagnostics.SocketOption, attribute.NamedLocation(name), name, Literal.Constant(given.Value),
                "a name of Deflate, such as Deflate.Shared"));
        else if (!Equals(given.Value, 0))
            options.Add(new SocketOption(name, given.Type.FullName() + "." + member.Name));
    }

    /// <param name="attribute">The attribute.</param>
    /// <param name="name">Of a property that is an array of strings.</param>
    /// <param name="descriptor">What is said of an element that is wrong.</param>
    /// <param name="reasonAgainst">Given those before it and the element: what is wrong with it, or null.</param>
    /// <param name="options">Where to.</param>
    /// <param name="problems">What is wrong.</param>
    private static void AddTexts(
        AttributeData attribute, string name, DiagnosticDescriptor descriptor,
        Func<IReadOnlyList<string>, string, string?> reasonAgainst, List<SocketOption> options, List<Problem> problems)
    {
        TypedConstant given = attribute.NamedArguments.FirstOrDefault(argument => argument.Key == name).Value;
        if (given.Kind != TypedConstantKind.Array || given.IsNull || given.Values.IsEmpty) return;

        var texts = new List<string>();
        foreach (TypedConstant item in given.Values)
        {
            // The compiler has said that it is no constant
            if (item.Kind == TypedConstantKind.Error) return;

            string text = item.Value as string ?? "";
            if (reasonAgainst(texts, text) is { } reason)
                problems.Add(Problem.At(descriptor, attribute.ElementLocation(name, texts.Count), text, reason));
            texts.Add(text);
        }

        options.Add(new SocketOption(name, "new string[] { " + string.Join(", ", texts.Select(Literal.Text)) + " }"));
    }

    private static string? ProtocolReason(IReadOnlyList<string> before, string text) =>
        !FieldSyntax.IsToken(text) ? "is not a subprotocol; use letters, digits and !#$%&'*+-.^_`|~ only"
        : before.Contains(text) ? "is listed twice; remove one of the two"
        : null;

    /// <summary>
    /// Why a browser never sends this as the origin of a page (RFC 6454 section 6.2), or null. It is compared as bytes, so
    /// it must be written as it is sent.
    /// </summary>
    private static string? OriginReason(string text)
    {
        if (text == "*") return null;
        if (text == "null") return "sandboxed pages of anybody have it; list the origins that you know";

        int colon = text.IndexOf("://", StringComparison.Ordinal);
        if (colon <= 0) return "it has no scheme; write for example 'https://a.example', or '*' for every page";

        string scheme = text.Substring(0, colon), rest = text.Substring(colon + 3);
        if (!IsScheme(scheme)) return "its scheme must be in small letters, such as 'https'";
        if (scheme == "ws") return "it is that of a page, so its scheme is 'http'";
        if (scheme == "wss") return "it is that of a page, so its scheme is 'https'";

        int end = rest.IndexOfAny(['/', '?', '#']);
        if (end >= 0) return $"it ends with the host or the port; write '{scheme}://{rest.Substring(0, end)}'";
        if (rest.IndexOf('@') >= 0) return "it has no user; remove what is before the '@'";
        if (rest.IndexOf('*') >= 0)
            return "a part of it cannot be '*'; list each origin, or write '*' alone for every page";

        int portColon = rest.LastIndexOf(':') is var at && at > rest.LastIndexOf(']') ? at : -1;
        string host = portColon < 0 ? rest : rest.Substring(0, portColon);
        if (host.Any(c => c is >= 'A' and <= 'Z')) return "its host must be in small letters";
        if (!IsHost(host))
            return "its host must be a name in ASCII (xn--… for others) or an address, without spaces";
        if (portColon < 0) return null;

        string port = rest.Substring(portColon + 1);
        bool isPort = port.Length is > 0 and <= 5 && port.All(c => c is >= '0' and <= '9') && port[0] != '0'
            && int.Parse(port, CultureInfo.InvariantCulture) <= 65535;
        if (!isPort) return "its port must be 1 to 65535";

        return (scheme, port) is ("http", "80") or ("https", "443")
            ? $"the scheme's own port is left out; write '{scheme}://{host}'"
            : null;
    }

    private static bool IsScheme(string text) =>
        text[0] is >= 'a' and <= 'z' && text.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '+' or '-' or '.');

    private static bool IsHost(string host)
    {
        if (host.StartsWith("[", StringComparison.Ordinal))
            return host.EndsWith("]", StringComparison.Ordinal) && host.Length > 4
                && host.Substring(1, host.Length - 2).All(c => c is >= '0' and <= '9' or >= 'a' and <= 'f' or ':' or '.');

        return host.Length > 0 && host.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-' or '.' or '_');
    }
}
