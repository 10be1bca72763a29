using System.Runtime.CompilerServices;
using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>
/// The method that calls one handler, as text. It follows from the route and a few settings alone; a route that an edit has left as it is stays the same
/// object, and so its text need not be written again.
/// </summary>
internal sealed class HandlerCode
{
    private static readonly ConditionalWeakTable<RouteModel, HandlerCode> s_written = new();

    private readonly AppModel _app;
    private readonly string _name;
    private readonly EquatableArray<JsonTypeModel> _json;

    private HandlerCode(EmitContext context, PlannedRoute route, string name)
    {
        _app = context.App;
        _name = name;
        _json = context.Plan.Table.Json;
        TextLiterals = context.TextLiterals;
        Text = context.Writer.Write(() => HandlerEmitter.EmitCall(context, route, name));
        Arm = TextLiterals ? Literal.Text(Unindented(Text)) : "";
    }

    /// <summary>With its indentation.</summary>
    public string Text { get; }

    /// <summary>The same as a literal, for the error page of debug builds.</summary>
    public string Arm { get; }

    private bool TextLiterals { get; }

    /// <summary>Writes the method of a route.</summary>
    public static HandlerCode Emit(EmitContext context, PlannedRoute route)
    {
        string name = context.Plan.CallNames.Of(route);
        if (s_written.TryGetValue(route.Model, out HandlerCode? written) && written.IsFor(context, name))
        {
            context.Writer.Append(written.Text);
            return written;
        }

        var code = new HandlerCode(context, route, name);
        // The text of a folder, or of a WebSocket, has the number of its route or of its options in it
        if (route.Model is { Disk: not null } or { Socket: not null } or { Via: not null }) return code;

        s_written.Remove(route.Model);
        s_written.GetValue(route.Model, _ => code);
        return code;
    }

    private bool IsFor(EmitContext context, string name) =>
        _name == name && TextLiterals == context.TextLiterals && _app.Equals(context.App) && _json.Equals(context.Plan.Table.Json);

    private static string Unindented(string code)
    {
        string[] lines = code.TrimEnd().Replace("global::", "").Split('\n');
        int depth = lines[0].Length - lines[0].TrimStart().Length;
        return string.Join("\n", lines.Select(line => line.Length > depth ? line.Substring(depth) : ""));
    }
}
