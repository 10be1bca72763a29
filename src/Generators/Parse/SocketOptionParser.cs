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

        AddTexts(attribute, "Origins", Diagnostics.SocketOrigin, (_, text) => OriginSyntax.ReasonAgainst(text), options, problems);
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
}
