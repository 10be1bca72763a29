using System.Globalization;

namespace Prebake.Lifetime;

/// <summary>Which port to listen on, and where that was said: the option, then <c>--port</c>, PREBAKE_PORT, PORT, 3000.</summary>
internal readonly record struct PortSetting(int Port, string Source)
{
    private const int Default = 3000;
    private const string Option = "ServeOptions.Port", RedirectOption = "ServeOptions.HttpsRedirect", ArgumentName = "--port", OwnVariable = "PREBAKE_PORT", CommonVariable = "PORT";

    /// <summary>The server was given the program's arguments.</summary>
    public bool ReadsArguments { get; private init; }

    /// <summary>Where another port can be given so that it counts: what stands in front of the source of this one, or the source itself.</summary>
    public string Advice => Source switch
    {
        Option or RedirectOption or ArgumentName => Source,
        _ when ReadsArguments => $"{ArgumentName}, {OwnVariable} or {Option}",
        _ => $"{OwnVariable} or {Option}",
    };

    /// <summary>The port of plain http, which one option alone says.</summary>
    public static PortSetting OfRedirect(int port) => new(port, RedirectOption);

    /// <param name="option"><see cref="ServeOptions.Port"/>.</param>
    /// <param name="args">Null when the server was not given any.</param>
    /// <param name="environment">The value of a variable.</param>
    /// <exception cref="ArgumentException">A value is not a port.</exception>
    public static PortSetting Find(int? option, string[]? args, Func<string, string?> environment) =>
        Find(option, args is null ? null : Argument(args), environment) with { ReadsArguments = args is not null };

    private static PortSetting Find(int? option, string? argument, Func<string, string?> environment)
    {
        if (option is { } port) return new(port, Option);
        if (argument is not null) return new(Parse(ArgumentName, argument), ArgumentName);
        if (environment(OwnVariable) is { } own) return new(Parse(OwnVariable, own), OwnVariable);
        if (environment(CommonVariable) is { } common) return new(Parse(CommonVariable, common), CommonVariable);
        return new(Default, "default");
    }

    // --port=4002 and --port 4002; the last one counts, as everywhere on the command line
    private static string? Argument(string[] args)
    {
        string? found = null;

        for (int i = 0; i < args.Length; i++)
        {
            if (args[i].StartsWith(ArgumentName + "=", StringComparison.Ordinal)) found = args[i][(ArgumentName.Length + 1)..];
            else if (args[i] == ArgumentName) found = i + 1 < args.Length ? args[++i] : "";
        }

        return found;
    }

    // A bad value is an error, not skipped: it was meant
    private static int Parse(string source, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535
            ? port
            : throw new ArgumentException(
                $"The value of {source} is not a port. It must be an integer >= 0 and <= 65535. Received '{value}'");
}
