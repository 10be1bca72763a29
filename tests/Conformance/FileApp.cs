namespace Prebake.Conformance;

/// <summary>Files in the binary, and finished responses of the start-up that conditions and ranges are tried on.</summary>
[StaticDirectory("/files", "Files")]
[StaticFile("/one", "Files/numbers.txt", ContentType = "text/x-numbers")]
internal sealed partial class FileApp
{
    public const string Modified = "Sun, 06 Nov 1994 08:49:37 GMT";

    [Static("/dated"), Header("Last-Modified", Modified)] private const string Dated = "0123456789";
    [Static("/untagged", ETag = false), Header("Last-Modified", Modified)] private const string Untagged = "0123456789";
    [Static("/plain")] private const string Plain = "0123456789";
    [Static("/missing", Status = 404)] private const string Missing = "0123456789";
    [Static("/any", Methods = "GET, POST")] private const string Any = "0123456789";
    [Get("/handler")] private static string Handler() => "0123456789";
}
