namespace Samples.Conduit.Model;

/// <summary>
/// Limits and messages that several types share. Some limits are the database's: an index takes no long keys.
/// </summary>
internal static class Rules
{
    public const int
        Name = 64, Mail = 254, LeastPassword = 8, MostPassword = 128,
        Title = 200, Tag = 64, Tags = 20, Text = 10_000, Body = 200_000;

    public const string
        Blank = "can't be blank",
        Short = "is too short (minimum is {1} characters)",
        Long = "is too long (maximum is {1})",
        NotMail = "is not an e-mail address";

    public static string Trimmed(string? text) => text?.Trim() ?? "";
}
