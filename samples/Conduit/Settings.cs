using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Samples.Conduit;

/// <summary>
/// What can be set, and by which environment variable. The port is <c>--port</c> or <c>PORT</c>, as in every app.
/// </summary>
internal sealed record Settings
{
    /// <summary>CONDUIT_DATABASE: where the database is, in Npgsql's words.</summary>
    public string Database { get; init; } = "Host=localhost;Database=conduit";

    /// <summary>
    /// CONDUIT_KEY: what tokens are signed with. Without one it is made up, and all tokens end with the process.
    /// </summary>
    public byte[] TokenKey { get; init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>
    /// CONDUIT_ORIGINS, with spaces between them: origins of pages that may use the API.
    /// Tokens travel in a header and not in a cookie, so all may by default.
    /// </summary>
    public string[] Origins { get; init; } = ["*"];

    /// <summary>CONDUIT_LOGINS_PER_MINUTE: registrations and logins of one client.</summary>
    public int LoginsPerMinute { get; init; } = 30;

    /// <summary>CONDUIT_PASSWORD_ROUNDS: PBKDF2 for a new password; OWASP asks for 600,000 of SHA-256.</summary>
    public int PasswordRounds { get; init; } = 600_000;

    /// <exception cref="FormatException">A variable has a value that is not allowed.</exception>
    public static Settings FromEnvironment()
    {
        var settings = new Settings();
        return settings with
        {
            Database = Variable("CONDUIT_DATABASE") ?? settings.Database,
            TokenKey = Variable("CONDUIT_KEY") is { } key ? Key(key) : settings.TokenKey,
            Origins = Variable("CONDUIT_ORIGINS")?.Split(' ') ?? settings.Origins,
            LoginsPerMinute = Number("CONDUIT_LOGINS_PER_MINUTE", settings.LoginsPerMinute),
            PasswordRounds = Number("CONDUIT_PASSWORD_ROUNDS", settings.PasswordRounds),
        };
    }

    // RFC 7518 section 3.2: a key of HS256 has at least as many bits as its hash
    private static byte[] Key(string text) =>
        Encoding.UTF8.GetBytes(text) is { Length: >= 32 } key
            ? key
            : throw new FormatException(
                "CONDUIT_KEY is too short; give it at least 32 bytes, such as `openssl rand -hex 32` prints.");

    private static int Number(string name, int otherwise) =>
        Variable(name) is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number
        : throw new FormatException($"{name} is '{text}'; give it a number above 0.");

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
