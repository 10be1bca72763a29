using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>What the emitters of one file share.</summary>
internal sealed class EmitContext(RoutePlan plan, EmitOptions options, SourceWriter writer)
{
    public const string Routing = "global::Prebake.Routing.";
    public const string Bytes = "global::System.ReadOnlySpan<byte>";

    public RoutePlan Plan { get; } = plan;

    public SourceWriter Writer { get; } = writer;

    public bool TextLiterals => options.TextLiterals;

    public AppModel App => Plan.Table.App;

    /// <summary>The path as this class's own routes know it: without the prefix that a mount puts in front.</summary>
    public string Path => App.IsMounted || App.IsOffered ? "exchange.Path.Slice(PathStart)" : "exchange.Path";

    /// <summary>A literal that is compared with bytes: UTF-8 data, or text where methods are to stay reloadable.</summary>
    public string Bytes8(string text) => Literal.Text(TextLiterals ? text : WholeCharacters(text)) + (TextLiterals ? "" : "u8");

    // Half a character has no bytes; nothing that is sent is equal to it
    private static string WholeCharacters(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>The bytes of a head as text.</summary>
    public static string Latin1(byte[] bytes) => new(bytes.Select(b => (char)b).ToArray());

    /// <summary>The metadata of a type: <c>global::App.AppJson.Default.Todo</c>.</summary>
    public string JsonInfo(string type)
    {
        JsonTypeModel found = JsonTypes.Find(Plan.Table, type)!;
        return found.Context + ".Default." + found.Property;
    }
}
