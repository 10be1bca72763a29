using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Prebake.Publish;

/// <summary>The first screen of the README, as it stands: what somebody with a clone types gives what it says.</summary>
[Collection("dotnet")]
public sealed partial class FirstScreenTests
{
    private static string Readme => File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ReplaceLineEndings("\n");

    [Fact]
    public void Its_program_is_the_first_sample() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "samples", "First", "server.cs")).ReplaceLineEndings("\n"), Program().Match(Readme).Groups[1].Value);

    [Fact]
    public async Task Its_commands_serve_it()
    {
        string[] commands = Commands().Match(Readme).Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('#')[0].Trim()).ToArray();
        Assert.Equal(2, commands.Length);
        Assert.All(commands, command => Assert.StartsWith("dotnet ", command, StringComparison.Ordinal));

        using (Process pack = Process.Start(Command(commands[0], redirect: true))!)
        {
            string output = await pack.StandardOutput.ReadToEndAsync();
            await pack.WaitForExitAsync();
            Assert.True(pack.ExitCode == 0, output);
        }

        using var server = new RunningServer(Command(commands[1] + " -- --port=0"));
        Assert.StartsWith("Listening on http://localhost:", server.FirstLine, StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Url.Port}/") };
        Assert.Contains("<h1>It works</h1>", await http.GetStringAsync("/"));
        Assert.Equal("All good!", await http.GetStringAsync("/health"));
        Assert.Equal("User 7", await http.GetStringAsync("/users/7"));
        HttpResponseMessage missing = await http.GetAsync("/nowhere");
        Assert.Equal((System.Net.HttpStatusCode.NotFound, "Nothing at /nowhere"), (missing.StatusCode, await missing.Content.ReadAsStringAsync()));
    }

    [Fact]
    public void Each_sample_has_its_line()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "samples", "README.md"));
        string[] samples = Directory.GetDirectories(Path.Combine(Repository.Root, "samples")).Select(folder => Path.GetFileName(folder)).Where(name => name is not ("bin" or "obj")).ToArray();
        Assert.NotEmpty(samples);
        Assert.All(samples, sample => Assert.Contains($"| [{sample}]({sample}) | ", page));
        Assert.All(samples, sample => Assert.Contains($"`{sample}`", Readme));
    }

    private static ProcessStartInfo Command(string command, bool redirect = false) => new("dotnet", command.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])
    {
        WorkingDirectory = Repository.Root,
        RedirectStandardOutput = redirect,
        Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" },
    };

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)] private static partial Regex Program();

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)] private static partial Regex Commands();
}
