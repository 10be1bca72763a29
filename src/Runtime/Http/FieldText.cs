using System.Text;

namespace Prebake.Http;

/// <summary>
/// Values of headers that are not ASCII. A value is bytes, and a string of Latin-1 characters stands for them; some
/// senders mean UTF-8.
/// </summary>
internal static class FieldText
{
    /// <summary>What the bytes say as UTF-8; if they are not UTF-8, as Latin-1.</summary>
    public static string Utf8OrLatin1(string value)
    {
        if (Ascii.IsValid(value)) return value;

        byte[] bytes = Encoding.Latin1.GetBytes(value);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : value;
    }

    /// <summary>The characters that stand for the UTF-8 bytes of a text.</summary>
    public static string AsUtf8Bytes(string text) =>
        Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
