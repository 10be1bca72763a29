using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>
/// Writes the file that takes the place of <c>Send</c> and <c>Publish</c> where the message is a constant: its whole
/// frame is data of the binary, so that nothing is encoded, measured or framed when it is sent, and what is published is
/// one object for ever.
/// </summary>
internal static class FrameEmitter
{
    private const string Intercepts = "global::System.Runtime.CompilerServices.InterceptsLocation";
    private const string Handler = "global::Prebake.WebSocketHandler", Server = "global::Prebake.Server";
    private const string Status = "global::Prebake.SendStatus", Message = "global::Prebake.Routing.ConstantMessage";

    public static EmittedText Emit(IReadOnlyList<PlannedFrame> frames)
    {
        var writer = new SourceWriter();
        writer.Line(TableEmitter.Header);
        writer.Line($$"""
            namespace System.Runtime.CompilerServices
            {
                // The compiler knows it by its name; this one is this file's own
                [global::System.AttributeUsage(global::System.AttributeTargets.Method, AllowMultiple = true)]
                file sealed class InterceptsLocationAttribute : global::System.Attribute
                {
                    public InterceptsLocationAttribute(int version, string data) { }
                }
            }

            """);
        writer.Open("namespace " + KnownNames.GeneratedNamespace);
        writer.Line("// Messages that are constants, with the heads of their frames (RFC 6455 section 5.2)");
        writer.Line(TableEmitter.GeneratedCode);
        writer.Line("[global::System.Diagnostics.DebuggerStepThrough]");
        writer.Open("file static class ConstantFrames");
        for (int i = 0; i < frames.Count; i++) EmitOne(writer, frames[i], i);
        writer.Close();
        writer.Close();
        return writer.ToText();
    }

    private static void EmitOne(SourceWriter writer, PlannedFrame frame, int number)
    {
        if (number > 0) writer.Line();
        string index = Literal.Number(number);
        foreach (ConstantSend call in frame.Calls)
        {
            writer.Comment(call.Display);
            writer.Line($"[{Intercepts}({Literal.Number(call.Version)}, {Literal.Text(call.Place)})]");
        }

        string parameters = frame.Shape switch
        {
            SendShape.Text => "string text, bool compress",
            SendShape.Bytes => EmitContext.Bytes + " data, bool compress",
            _ => EmitContext.Bytes + " data, global::Prebake.MessageKind kind, bool compress",
        };
        if (frame.Way == SendWay.Send)
        {
            writer.Line($"public static {Status} Send{index}(this {Handler} handler, {parameters}) => "
                + $"handler.SendFrame(Frame{index});");
        }
        else
        {
            string publisher = frame.Way == SendWay.PublishOfServer ? Server : Handler;
            string all = $"this {publisher} publisher, string topic, {parameters}";
            writer.Line($"public static {Status} Publish{index}({all}) => "
                + $"publisher.PublishConstant(topic, Message{index});");
            writer.Line();
            string compress = frame.Compresses ? "true" : "false";
            writer.Line($"private static readonly {Message} Message{index} = new {Message}(Frame{index}, {compress});");
        }

        writer.Line();

        // Not a UTF-8 literal, since the first byte of a frame begins no character
        bool isLong = frame.Payload.Length > MostShown;
        writer.Comment(Literal.Text(isLong ? frame.Payload.Substring(0, MostShown) : frame.Payload) + (isLong ? " …" : ""));
        writer.Open($"private static {EmitContext.Bytes} Frame{index} => new byte[]");
        for (int at = 0; at < frame.Bytes.Length; at += PerLine)
            writer.Line(string.Join(", ", frame.Bytes.Skip(at).Take(PerLine).Select(b => Literal.Number(b))) + ",");
        writer.Close("};");
    }

    // What fits a line of a screen
    private const int PerLine = 24, MostShown = 80;
}
