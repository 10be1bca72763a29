namespace Prebake.Generators.Emit;

/// <summary>The line of <c>[Hsts]</c>, which the server adds where the connection is encrypted.</summary>
internal static class HstsEmitter
{
    public static void Emit(EmitContext context)
    {
        if (context.Plan.Table.App.StrictTransport is not { } value) return;

        string line = Literal.Text("Strict-Transport-Security: " + value + "\r\n");
        if (context.TextLiterals)
            context.Writer.Line(
                $"private readonly byte[] _strictTransport = global::System.Text.Encoding.Latin1.GetBytes({line});");

        string value8 = context.TextLiterals ? "_strictTransport" : line + "u8";
        context.Writer.Line($"public override {EmitContext.Bytes} StrictTransport => {value8};");
        context.Writer.Line();
    }
}
