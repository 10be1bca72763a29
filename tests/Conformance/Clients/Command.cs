using System.Diagnostics;

namespace Prebake.Conformance.Clients;

/// <summary>What a program said.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Runs another program to its end; minutes are for ever.</summary>
internal static class Command
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    public static Outcome Run(string path, params string[] arguments) => RunWith("", path, arguments);

    /// <summary>The same with something to read.</summary>
    public static Outcome RunWith(string input, string path, params string[] arguments)
    {
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // A proxy of the machine is none of the test's
        foreach (string name in (string[])["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]) start.Environment.Remove(name);

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has gone, having read enough
        }

        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{path} has not ended.");
        }

        return new Outcome(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }
}
