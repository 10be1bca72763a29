using System.Globalization;

namespace Prebake.Lifetime;

/// <summary>Which port to listen on, and where that was said: the option, then <c>--port</c>, PREBAKE_PORT, PORT, 3000.</summary>
internal readonly record struct PortSetting(int Port, string Source)
{
    private const int Default = 3000;

    public static PortSetting Find(int? option, string[] args, Func<string, string?> environment)
    {
        if (option is { } port) return new(port, "ServeOptions.Port");
        if (Argument(args) is { } argument) return new(Parse("--port", argument), "--port");
        if (environment("PREBAKE_PORT") is { } own) return new(Parse("PREBAKE_PORT", own), "PREBAKE_PORT");
        if (environment("PORT") is { } common) return new(Parse("PORT", common), "PORT");
        return new(Default, "default");
    }

    // --port=4002 and --port 4002; the last one counts, as everywhere on the command line
    private static string? Argument(string[] args)
    {
        string? found = null;

        for (int i = 0; i < args.Length; i++)
        {
            if (args[i].StartsWith("--port=", StringComparison.Ordinal)) found = args[i]["--port=".Length..];
            else if (args[i] == "--port") found = i + 1 < args.Length ? args[++i] : "";
        }

        return found;
    }

    // A bad value is an error, not skipped (row A64): it was meant
    private static int Parse(string source, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535
            ? port
            : throw new ArgumentException($"The value of {source} is no port. It must be an integer >= 0 and <= 65535. Received '{value}'");
}
