using Prebake.Lifetime;

namespace Prebake.Tests.Lifetime;

/// <summary>Option, --port, PREBAKE_PORT, PORT, 3000; a bad value is an error, not skipped.</summary>
public sealed class PortSettingTests
{
    [Theory]
    [InlineData(null, "", "", "", 3000, "default")]
    [InlineData(null, "", "", "4002", 4002, "PORT")]
    [InlineData(null, "", "4003", "4002", 4003, "PREBAKE_PORT")]
    [InlineData(null, "--port=4004", "4003", "4002", 4004, "--port")]
    [InlineData(null, "--port 4005", "", "", 4005, "--port")]
    [InlineData(null, "--port=1 --port=2", "", "", 2, "--port")]
    [InlineData(null, "x --verbose", "", "", 3000, "default")]
    [InlineData(8080, "--port=4004", "4003", "4002", 8080, "ServeOptions.Port")]
    [InlineData(null, "--port=0", "", "", 0, "--port")]
    [InlineData(null, "--port=65535", "", "", 65535, "--port")]
    public void The_first_source_that_says_something_wins(int? option, string args, string own, string common, int port, string source)
    {
        PortSetting found = Find(option, args, own, common);
        Assert.Equal((port, source), (found.Port, found.Source));
    }

    [Theory]
    [InlineData(null, "", "", "--port, PREBAKE_PORT or ServeOptions.Port")]
    [InlineData(null, "", "80", "--port, PREBAKE_PORT or ServeOptions.Port")]
    [InlineData(null, "--port=1", "80", "--port")]
    [InlineData(null, null, "", "PREBAKE_PORT or ServeOptions.Port")]
    [InlineData(null, null, "80", "PREBAKE_PORT or ServeOptions.Port")]
    [InlineData(8080, "--port=1", "", "ServeOptions.Port")]
    [InlineData(8080, null, "", "ServeOptions.Port")]
    public void Only_what_would_count_is_advised(int? option, string? args, string own, string advice)
    {
        PortSetting found = Find(option, args, own, "");
        Assert.Equal(advice, found.Advice);

        // And it does: what the advice names first beats what chose this port
        if (advice.StartsWith("--port", StringComparison.Ordinal)) Assert.Equal(4242, Find(option, args + " --port=4242", own, "").Port);
        if (advice.StartsWith("PREBAKE", StringComparison.Ordinal)) Assert.Equal(4242, Find(option, args, "4242", "").Port);
    }

    [Theory]
    [InlineData("--port=65536", "", "", "--port")]
    [InlineData("--port=-1", "", "", "--port")]
    [InlineData("--port=+80", "", "", "--port")]
    [InlineData("--port=", "", "", "--port")]
    [InlineData("--port", "", "", "--port")]
    [InlineData("--port=80x", "", "", "--port")]
    [InlineData("", "x", "80", "PREBAKE_PORT")]
    [InlineData("", "", "99999", "PORT")]
    public void A_value_that_is_not_a_port_is_an_error_that_names_it(string args, string own, string common, string source) =>
        Assert.Contains($"The value of {source} is not a port", Assert.Throws<ArgumentException>(() => Find(null, args, own, common)).Message);

    private static PortSetting Find(int? option, string? args, string own, string common) =>
        PortSetting.Find(option, args?.Split(' ', StringSplitOptions.RemoveEmptyEntries), name => name switch
        {
            "PREBAKE_PORT" when own.Length > 0 => own,
            "PORT" when common.Length > 0 => common,
            _ => null,
        });
}
